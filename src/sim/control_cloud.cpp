#include "sim/control_cloud.h"

#include "base/error.h"
#include "base/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <map>

namespace lifeboat::sim {

namespace {

using Json = nlohmann::json;

template <class Change>
void change(AndroidPhone& phone, Change what) {
    phone.device().state().with([&](DeviceState& s) { what(s); });
}

Json sync_master(AndroidPhone& phone, Words& words) {
    const bool on = words.on_or_off();
    change(phone, [&](DeviceState& s) { s.cloud.master_sync = on; });
    return done();
}

void set_state(SyncAdapter& adapter, const std::string& state, TimePoint now) {
    adapter.enabled = state != "off";
    adapter.pending = state == "pending";
    adapter.failed = {};
    adapter.failure.clear();
    adapter.backoff_seconds = 0;
    if (state == "ok") adapter.succeeded = now;
    if (state == "never") adapter.succeeded = {};
    if (state == "old") adapter.succeeded = now - std::chrono::hours(24 * 40);
    if (state != "failed") return;
    adapter.failed = now;
    adapter.failure = "authentication error";
    adapter.backoff_seconds = 1800;
}

// "sync com.android.contacts failed": of every account that has it, or of one type.
Json sync(AndroidPhone& phone, Words& words) {
    const std::string authority = words.next("the authority");
    const std::string state =
        words.one_of("the state", {"ok", "off", "failed", "pending", "never", "old"});
    const std::string type = words.next_or("");
    const TimePoint now = phone.device().clock().now();
    uint64_t changed = 0;
    change(phone, [&](DeviceState& s) {
        for (SyncAdapter& adapter : s.cloud.adapters) {
            const bool meant =
                adapter.authority == authority && (type.empty() || adapter.account.type == type);
            if (!meant) continue;
            set_state(adapter, state, now);
            ++changed;
        }
    });
    if (changed == 0) throw Misuse(fmt::format("no account syncs {}", authority));
    return done({{"changed", changed}});
}

Json accounts(AndroidPhone& phone, Words& words) {
    const std::string word = words.one_of("the change", {"add", "remove", "none"});
    if (word == "none") {
        change(phone, [](DeviceState& s) {
            s.accounts.clear();
            s.cloud.adapters.clear();
            s.cloud.backup.has_account = false;
        });
        return done();
    }
    const std::string type = words.next("the type");
    const std::string name = words.next("the name");
    if (word == "add") {
        change(phone, [&](DeviceState& s) { s.accounts.push_back({name, type}); });
        return done();
    }
    size_t removed = 0;
    change(phone, [&](DeviceState& s) {
        removed = std::erase_if(s.accounts,
                                [&](const Account& a) { return a.name == name && a.type == type; });
        std::erase_if(s.cloud.adapters, [&](const SyncAdapter& adapter) {
            return adapter.account.name == name && adapter.account.type == type;
        });
    });
    if (removed == 0) throw Misuse(fmt::format("nobody is signed in as {}", printable(name)));
    return done();
}

Json google_backup(AndroidPhone& phone, Words& words) {
    const std::string state =
        words.one_of("the state", {"on", "off", "no-account", "never", "old", "not-activated"});
    const TimePoint now = phone.device().clock().now();
    change(phone, [&](DeviceState& s) {
        GoogleBackup& backup = s.cloud.backup;
        backup.activated = state != "not-activated";
        backup.enabled = state != "off";
        backup.has_account = state != "no-account";
        if (state == "never") backup.last_pass = {};
        if (state == "old") backup.last_pass = now - std::chrono::hours(24 * 12);
        if (state == "on") backup.last_pass = now;
    });
    return done();
}

// "backup-result com.example.bank Size quota exceeded"
Json backup_result(AndroidPhone& phone, Words& words) {
    const std::string package = words.next("the package");
    std::string result = words.next("the result");
    while (words.any()) result += " " + words.next("");
    change(phone, [&](DeviceState& s) { s.cloud.backup.results[package] = result; });
    return done();
}

Json find_my(AndroidPhone& phone, Words& words) {
    const bool on = words.on_or_off();
    change(phone, [&](DeviceState& s) { s.cloud.find_my_admin = on; });
    return done();
}

Json activity(AndroidPhone& phone, Words& words) {
    const std::string what = words.one_of("the activity", {"call", "camera", "microphone"});
    const bool on = words.on_or_off();
    change(phone, [&](DeviceState& s) {
        if (what == "call") s.activity.call = on;
        if (what == "camera") s.activity.camera = on;
        if (what == "microphone") s.activity.microphone = on;
    });
    return done();
}

Json cloud(AndroidPhone& phone, Words&) {
    const CloudState state = phone.device().snapshot().cloud;
    return done({{"master_sync", state.master_sync},
                 {"backup_enabled", state.backup.enabled},
                 {"backups_asked", state.backup.asked}});
}

}  // namespace

CloudCommand cloud_command(std::string_view name) {
    static const std::map<std::string_view, CloudCommand> table{
        {"sync-master", sync_master},     {"sync", sync},
        {"accounts", accounts},           {"google-backup", google_backup},
        {"backup-result", backup_result}, {"find-my", find_my},
        {"activity", activity},           {"cloud", cloud}};
    const auto found = table.find(name);
    return found == table.end() ? nullptr : found->second;
}

std::string_view cloud_control_help() {
    return R"(  sync AUTHORITY ok|off|failed|pending|never|old [ACCOUNT TYPE]
  sync-master on|off                    accounts add|remove TYPE NAME | none
  google-backup on|off|no-account|never|old|not-activated
  backup-result PACKAGE TEXT            find-my on|off
  activity call|camera|microphone on|off
  cloud
)";
}

}  // namespace lifeboat::sim
