#include "sim/android/cloud.h"

#include <chrono>

namespace lifeboat::sim {

namespace {

using std::chrono::hours;
using std::chrono::minutes;

// The longest is cut by dumpsys to its last 50 characters.
constexpr const char* long_authority =
    "com.google.android.apps.fitness.sync.FitnessContentProvider.history";

void add(std::vector<SyncAdapter>& all, const Account& account, std::string authority,
         TimePoint succeeded) {
    all.push_back({.account = account, .authority = std::move(authority), .succeeded = succeeded});
}

void add_google(std::vector<SyncAdapter>& all, const Account& account, TimePoint now) {
    add(all, account, "com.android.calendar", now - minutes(41));
    add(all, account, "com.android.contacts", now - hours(5));
    add(all, account, "com.google.android.apps.docs", now - hours(2));
    add(all, account, long_authority, now - hours(20));
    add(all, account, "gmail-ls", now - minutes(9));
    // Installed, and of no use for this account.
    all.push_back({.account = account,
                   .authority = "com.google.android.apps.books",
                   .syncable = 0,
                   .enabled = false});
}

}  // namespace

std::vector<Account> make_accounts(const Personality& who) {
    std::vector<Account> all;
    if (who.has_google) all.push_back({"ada@example.com", "com.google"});
    if (who.maker == "samsung") all.push_back({"ada@example.com", "com.osp.app.signin"});
    if (who.maker == "Xiaomi") all.push_back({"6100042", "com.xiaomi"});
    all.push_back({"WhatsApp", "com.whatsapp"});
    return all;
}

CloudState make_cloud(const Personality& who, const std::vector<Account>& accounts, TimePoint now) {
    CloudState cloud;
    for (const Account& account : accounts) {
        if (account.type == "com.google") add_google(cloud.adapters, account, now);
        if (account.type == "com.osp.app.signin") {
            add(cloud.adapters, account, "com.android.calendar", now - hours(3));
            add(cloud.adapters, account, "com.samsung.android.scloud.backup", now - hours(30));
        }
        if (account.type == "com.xiaomi") {
            add(cloud.adapters, account, "com.android.contacts", now - hours(7));
            add(cloud.adapters, account, "sms", now - hours(7));
        }
        if (account.type == "com.whatsapp") {
            add(cloud.adapters, account, "com.android.contacts", now - hours(1));
        }
    }
    cloud.backup.enabled = who.has_google;
    cloud.backup.has_account = who.has_google;
    if (who.has_google) cloud.backup.last_pass = now - hours(9);
    // Newer Google services are no device administrator any more.
    cloud.find_my_admin = who.has_google && who.os.sdk < 33;
    return cloud;
}

}  // namespace lifeboat::sim
