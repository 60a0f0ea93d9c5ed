// What a phone does with clouds behind its person's back: account sync, Google's backup, Find My
// Device. Tests set it; dumpsys and bmgr tell it.
#pragma once

#include "base/time.h"
#include "sim/android/personality.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace lifeboat::sim {

struct Account {
    std::string name{};
    std::string type{};
};

// One kind of data that one account syncs: a block of the table of `dumpsys content`.
struct SyncAdapter {
    Account account{};
    std::string authority{};
    int syncable = 1;
    bool enabled = true;
    bool pending = false;
    TimePoint succeeded{};  // the epoch: never
    TimePoint failed{};     // the epoch: not since it last succeeded
    std::string failure{};
    int64_t backoff_seconds = 0;
};

struct GoogleBackup {
    bool activated = true;  // off on phones whose maker took the backup service out
    bool enabled = true;
    bool has_account = true;
    TimePoint last_pass{};                         // the epoch: none since the phone started
    std::map<std::string, TimePoint> last_full{};  // by package
    // What `bmgr backupnow` says of a package, where it is not "Success": "Size quota exceeded", or
    // "NO_DATA" for one that has nothing to store and is called a success all the same.
    std::map<std::string, std::string> results{};
    uint64_t asked = 0;  // runs of backupnow
};

struct CloudState {
    bool master_sync = true;
    std::vector<SyncAdapter> adapters{};
    GoogleBackup backup{};
    bool find_my_admin = false;
};

// Accounts of a phone that its person has used for a while.
std::vector<Account> make_accounts(const Personality& who);
CloudState make_cloud(const Personality& who, const std::vector<Account>& accounts, TimePoint now);

}  // namespace lifeboat::sim
