// What the phone says of clouds, updates and activity, read from the texts of simulated phones of
// every make, and from texts with a trap.
#include "base/text.h"
#include "phone/android/accounts.h"
#include "phone/android/activity.h"
#include "phone/android/backup_run.h"
#include "phone/android/find_my.h"
#include "phone/android/google_backup.h"
#include "phone/android/lock_state.h"
#include "phone/android/pending_update.h"
#include "phone/android/storage_level.h"
#include "phone/android/sync_state.h"
#include "sim/android/dumpsys.h"
#include "sim/android/shell.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

namespace lifeboat::phone::android {
namespace {

constexpr int64_t now_seconds = 1750000000;

class Make {
public:
    explicit Make(std::string_view personality)
        : device_(sim::personality(personality), "SIM1", {{{"/storage/emulated/0", folder_}}, {}},
                  clock_) {}
    ~Make() { std::filesystem::remove_all(folder_); }
    Make(const Make&) = delete;
    Make& operator=(const Make&) = delete;

    std::string told(std::string_view service) { return *sim::dumpsys(device_, service); }
    SyncState sync() { return parse_sync_state(told("content"), now_seconds); }
    std::string shell(std::string_view command, std::string* errors = nullptr) {
        std::string out;
        sim::ShellIo io;
        io.in = [](MutableByteView) { return size_t{0}; };
        io.out = [&](std::string_view text) { out += text; };
        io.err = [&](std::string_view text) {
            if (errors != nullptr) *errors += text;
        };
        sim::run_shell(device_, command, io);
        return out;
    }
    template <class Change>
    void change(Change what) {
        device_.state().with([&](sim::DeviceState& s) { what(s); });
    }
    sim::Device& device() { return device_; }
    TimePoint now() const { return clock_.now(); }

private:
    static std::string new_folder() {
        std::string path = testing::TempDir() + "cloud_text_XXXXXX";
        EXPECT_NE(::mkdtemp(path.data()), nullptr);
        return path;
    }
    std::string folder_ = new_folder();
    sys::ManualClock clock_{TimePoint{std::chrono::seconds(now_seconds)}};
    sim::Device device_;
};

const SyncAuthority* find(const SyncState& state, std::string_view authority,
                          std::string_view type) {
    for (const SyncAuthority& one : *state.authorities.value) {
        if (one.authority == authority && one.account_type == type) return &one;
    }
    return nullptr;
}

TEST(SyncTable, OfEveryMake) {
    for (const std::string& name : sim::personality_names()) {
        Make make(name);
        const SyncState state = make.sync();
        EXPECT_EQ(state.master.value, true) << name;
        EXPECT_EQ(state.pending.value, 0u) << name;
        ASSERT_TRUE(state.authorities.value) << name << state.authorities.why_unknown;
        const auto expected = make.device().snapshot().cloud.adapters;
        ASSERT_EQ(state.authorities.value->size(), expected.size()) << name;
        for (const sim::SyncAdapter& one : expected) {
            const auto authority = one.authority.size() > 50
                                       ? one.authority.substr(one.authority.size() - 50)
                                       : one.authority;
            const SyncAuthority* found = find(state, authority, one.account.type);
            ASSERT_NE(found, nullptr) << name << " " << authority;
            EXPECT_EQ(found->account, one.account.name);
            EXPECT_EQ(found->enabled, one.enabled);
            EXPECT_EQ(found->syncable, one.syncable > 0);
            EXPECT_EQ(found->ever_succeeded, one.succeeded != TimePoint{}) << name << authority;
            if (!found->ever_succeeded) continue;
            // The wall clock has whole seconds, and every phone's zone is seen.
            EXPECT_EQ(found->succeeded_at, std::chrono::floor<std::chrono::seconds>(one.succeeded))
                << name << " " << authority;
        }
    }
}

TEST(SyncTable, EveryState) {
    Make make("a13");
    make.change([&](sim::DeviceState& s) {
        s.cloud.master_sync = false;
        for (sim::SyncAdapter& one : s.cloud.adapters) {
            if (one.account.type != "com.google") continue;
            if (one.authority == "com.android.calendar") {
                one.failed = make.now() - std::chrono::minutes(3);
                one.failure = "authentication error";
                one.backoff_seconds = 1800;
            }
            if (one.authority == "com.android.contacts") one.enabled = false;
            if (one.authority == "gmail-ls") one.pending = true;
            if (one.authority == "com.google.android.apps.docs") one.succeeded = {};
            // Cut off by the phone to its last 50 characters, in one list and not in the other.
            if (one.authority.ends_with(".history")) one.pending = true;
        }
    });
    const SyncState state = make.sync();
    EXPECT_EQ(state.master.value, false);
    EXPECT_EQ(state.pending.value, 2u);
    ASSERT_TRUE(state.authorities.value);
    const SyncAuthority* calendar = find(state, "com.android.calendar", "com.google");
    ASSERT_NE(calendar, nullptr);
    EXPECT_EQ(state_word(*calendar), "failed");
    EXPECT_EQ(calendar->failure, "authentication error");
    EXPECT_TRUE(calendar->backing_off);
    EXPECT_EQ(calendar->failed_at, make.now() - std::chrono::minutes(3));
    EXPECT_TRUE(calendar->succeeded_at);
    EXPECT_EQ(state_word(*find(state, "com.android.contacts", "com.google")), "off");
    EXPECT_EQ(state_word(*find(state, "com.android.contacts", "com.whatsapp")), "ok");
    EXPECT_EQ(state_word(*find(state, "gmail-ls", "com.google")), "pending");
    EXPECT_EQ(state_word(*find(state, "com.google.android.apps.docs", "com.google")), "never");
    EXPECT_EQ(state_word(*find(state, "com.google.android.apps.books", "com.google")),
              "not_syncable");
    const auto cut =
        std::find_if(state.authorities.value->begin(), state.authorities.value->end(),
                     [](const SyncAuthority& one) { return one.authority.ends_with(".history"); });
    ASSERT_NE(cut, state.authorities.value->end());
    EXPECT_EQ(cut->authority.size(), 50u);
    EXPECT_EQ(state_word(*cut), "pending");
}

TEST(SyncTable, HostileNamesAndCrLf) {
    Make make("pixel-a15");
    make.change([](sim::DeviceState& s) {
        s.accounts.front().name = "a u0 b, type=x  (locked)";
        for (sim::SyncAdapter& one : s.cloud.adapters) {
            if (one.account.type == "com.google") one.account = s.accounts.front();
        }
    });
    const SyncState state = make.sync();
    ASSERT_TRUE(state.authorities.value);
    const SyncAuthority* contacts = find(state, "com.android.contacts", "com.google");
    ASSERT_NE(contacts, nullptr);
    EXPECT_EQ(contacts->account, "a u0 b, type=x  (locked)");
    const std::string told = make.told("content");
    std::string text;
    for (const auto line : lines(told)) text += std::string(line) + "\r\n";
    const SyncState again = parse_sync_state(text, now_seconds);
    ASSERT_TRUE(again.authorities.value);
    EXPECT_EQ(again.authorities.value->size(), state.authorities.value->size());
}

TEST(SyncTable, WithoutTheClockTheDatesAreUnknown) {
    Make make("a13");
    for (const auto now : {std::optional<int64_t>(), std::optional<int64_t>(now_seconds + 400),
                           std::optional<int64_t>(5), std::optional<int64_t>(-1)}) {
        const SyncState state = parse_sync_state(make.told("content"), now);
        ASSERT_TRUE(state.authorities.value);
        const SyncAuthority* contacts = find(state, "com.android.contacts", "com.google");
        EXPECT_EQ(state_word(*contacts), "ok");
        EXPECT_FALSE(contacts->succeeded_at);
    }
}

// Wherever the text breaks off, nothing is made up: all of the table, or none of it.
TEST(SyncTable, CutAnywhere) {
    Make make("a12-samsung");
    const std::string text = make.told("content");
    const auto whole = make.sync().authorities.value->size();
    size_t unknown = 0;
    for (size_t length = 0; length < text.size(); length += 7) {
        const SyncState state = parse_sync_state(text.substr(0, length), now_seconds);
        if (state.authorities.value)
            EXPECT_EQ(state.authorities.value->size(), whole) << length;
        else
            ++unknown;
    }
    EXPECT_GT(unknown, 100u);
    EXPECT_FALSE(parse_sync_state("", {}).master.value);
    EXPECT_FALSE(
        parse_sync_state("Sync Status\nAccount a u0 b\n===\nrubbish\n\n", {}).authorities.value);
}

TEST(AccountsText, OfEveryMake) {
    for (const std::string& name : sim::personality_names()) {
        Make make(name);
        const auto parsed = parse_accounts(make.told("account"));
        ASSERT_TRUE(parsed.value) << name;
        const auto expected = make.device().snapshot().accounts;
        ASSERT_EQ(parsed.value->size(), expected.size());
        for (size_t i = 0; i < expected.size(); ++i) {
            EXPECT_EQ(parsed.value->at(i).name, expected[i].name);
            EXPECT_EQ(parsed.value->at(i).type, expected[i].type);
        }
    }
    EXPECT_NE(account_mark("a", "b"), account_mark("b", "a"));
    EXPECT_EQ(account_mark("a", "b").size(), 8u);
}

TEST(TrustText, OfEveryMake) {
    for (const std::string& name : sim::personality_names()) {
        Make make(name);
        const bool locked = make.device().storage().locked();
        EXPECT_EQ(parse_device_locked(make.told("trust")).value, locked) << name;
        make.device().storage().set_locked(false);
        for (const bool screen : {true, false}) {
            make.device().state().with([&](auto& state) { state.screen_locked = screen; });
            EXPECT_EQ(parse_device_locked(make.told("trust")).value, screen) << name;
        }
    }
}

TEST(GoogleBackupText, OfEveryMake) {
    for (const std::string& name : sim::personality_names()) {
        Make make(name);
        const bool google = make.device().who().has_google;
        EXPECT_EQ(parse_backup_enabled(make.shell("bmgr enabled"), "").value, google) << name;
        EXPECT_EQ(parse_backup_transport(make.shell("bmgr list transports")).value,
                  google ? "google" : "local")
            << name;
        const BackupService service = parse_backup_service(make.told("backup"));
        EXPECT_EQ(service.has_account.value, google) << name;
        EXPECT_EQ(service.apps_ever.value, make.device().snapshot().packages.size()) << name;
        EXPECT_EQ(service.last_pass.value.has_value(), google) << name;
        EXPECT_EQ(service.newest_full.value.has_value(), google) << name;
        if (google) {
            EXPECT_EQ(service.last_pass.value, make.now() - std::chrono::hours(9)) << name;
        }
    }
}

TEST(GoogleBackupText, OffAndWithoutAnAccount) {
    Make make("a14");
    make.change([](sim::DeviceState& s) {
        s.cloud.backup.has_account = false;
        s.cloud.backup.enabled = false;
        s.cloud.backup.last_pass = {};
    });
    EXPECT_EQ(parse_backup_enabled(make.shell("bmgr enabled"), "").value, false);
    const BackupService service = parse_backup_service(make.told("backup"));
    EXPECT_EQ(service.has_account.value, false);
    EXPECT_NE(service.last_pass.why_unknown.find("since the phone"), std::string::npos);
    make.change([](sim::DeviceState& s) { s.cloud.backup.activated = false; });
    std::string errors;
    const std::string output = make.shell("bmgr enabled", &errors);
    EXPECT_EQ(parse_backup_enabled(output, errors).value, false);
    EXPECT_FALSE(parse_backup_service(make.told("backup")).last_pass.value);
    EXPECT_FALSE(parse_backup_enabled("", "").value);
    EXPECT_FALSE(parse_backup_transport("Error: no service\n").value);
    EXPECT_EQ(parse_backup_transport("  * com.example/.Own\n    a/.LocalTransport\n").value,
              "other");
    EXPECT_EQ(parse_backup_transport("    a/.LocalTransport\n").value, "none");
}

const PackageBackup& of(const CloudBackupReport& report, std::string_view package) {
    const auto found = std::find_if(report.packages.begin(), report.packages.end(),
                                    [&](const auto& one) { return one.package == package; });
    EXPECT_NE(found, report.packages.end()) << package;
    return *found;
}

TEST(BackupRun, SuccessIsNotTakenForSaved) {
    Make make("a14");
    make.change([](sim::DeviceState& s) {
        auto& results = s.cloud.backup.results;
        results["com.whatsapp"] = "NO_DATA";
        results["com.example.bank"] = "Backup is not allowed";
        results["org.thoughtcrime.securesms"] = "Size quota exceeded";
        results["com.beemdevelopment.aegis"] =
            "Transport rejected package because it wasn't able to process it at the time";
        results["com.android.settings"] = "Agent error";
    });
    const std::string text = make.shell("bmgr backupnow --all --monitor-verbose");
    const auto parsed = parse_backup_run(text);
    ASSERT_TRUE(parsed.value);
    const CloudBackupReport& report = *parsed.value;
    EXPECT_EQ(report.finished, "Success");
    EXPECT_EQ(of(report, "com.whatsapp").result, BackupResult::stored_nothing);
    EXPECT_EQ(of(report, "com.example.bank").result, BackupResult::not_allowed);
    EXPECT_EQ(of(report, "org.thoughtcrime.securesms").result, BackupResult::over_quota);
    EXPECT_EQ(of(report, "com.beemdevelopment.aegis").result, BackupResult::rejected);
    EXPECT_EQ(of(report, "com.android.settings").result, BackupResult::failed);
    EXPECT_EQ(of(report, "com.android.settings").told, "Agent error");
    EXPECT_EQ(of(report, "com.google.android.gms").result, BackupResult::asked);
    EXPECT_EQ(report.count(BackupResult::stored_nothing), 1u);
    EXPECT_EQ(make.device().snapshot().cloud.backup.asked, 1u);
    for (size_t length = 0; length < text.size() - 20; length += 11) {
        EXPECT_FALSE(parse_backup_run(text.substr(0, length)).value) << length;
    }
}

TEST(BackupRun, OffIsNoRun) {
    Make make("a14");
    make.change([](sim::DeviceState& s) { s.cloud.backup.enabled = false; });
    const auto report = parse_backup_run(make.shell("bmgr backupnow --all")).value;
    ASSERT_TRUE(report);
    EXPECT_TRUE(report->packages.empty());
    EXPECT_EQ(report->finished, "Backup is not allowed");
}

TEST(Policy, UpdateAndFindMy) {
    Make make("a12-samsung");
    const std::string quiet = make.told("device_policy");
    EXPECT_FALSE(parse_pending_update(quiet).value);
    EXPECT_EQ(parse_find_my(quiet).value, true);
    make.change([](sim::DeviceState& s) {
        s.update_pending_since_ms = 1740000000123;
        s.update_is_security_patch = false;
        s.cloud.find_my_admin = false;
    });
    const std::string told = make.told("device_policy");
    const auto update = parse_pending_update(told).value;
    ASSERT_TRUE(update);
    EXPECT_EQ(to_rfc3339(update->received), "2025-02-19T21:20:00.123Z");
    EXPECT_EQ(update->is_security_patch, false);
    // Newer Google services are on without being an administrator: never "off".
    EXPECT_FALSE(parse_find_my(told).value);
    EXPECT_FALSE(parse_find_my("").value);
    const auto vague = parse_pending_update(
        "Pending System Update: SystemUpdateInfo (receivedTime = 1740000000123, "
        "securityPatchState = unknown)\n");
    ASSERT_TRUE(vague.value);
    EXPECT_FALSE(vague.value->is_security_patch);
    EXPECT_FALSE(parse_pending_update("Pending System Update: SystemUpdateInfo (receivedTime = "
                                      "soon, securityPatchState = true)\n")
                     .value);
}

TEST(StorageLevel, OfThePhonesOwnVolume) {
    Make make("a16");
    make.device().storage().set_free_bytes(20'000'000'000);
    EXPECT_EQ(parse_storage_level(make.told("devicestoragemonitor")).value, "normal");
    make.device().storage().set_free_bytes(300'000'000);
    EXPECT_EQ(parse_storage_level(make.told("devicestoragemonitor")).value, "low");
    make.device().storage().set_free_bytes(0);
    EXPECT_EQ(parse_storage_level(make.told("devicestoragemonitor")).value, "full");
    EXPECT_FALSE(parse_storage_level("Known volumes:\n  1a2b:\n    level=FULL \n").value);
    EXPECT_FALSE(parse_storage_level("").value);
}

TEST(Activity, CallCameraAndRecording) {
    Make make("pixel-a15");
    EXPECT_EQ(parse_in_call(make.told("telephony.registry")).value, false);
    EXPECT_EQ(parse_camera_in_use(make.told("media.camera")).value, false);
    EXPECT_EQ(parse_recording(make.told("audio")).value, false);
    make.change([](sim::DeviceState& s) { s.activity = {true, true, true}; });
    EXPECT_EQ(parse_in_call(make.told("telephony.registry")).value, true);
    EXPECT_EQ(parse_camera_in_use(make.told("media.camera")).value, true);
    EXPECT_EQ(parse_recording(make.told("audio")).value, true);
    EXPECT_EQ(parse_in_call("    mCallState=1\n").value, true);
    EXPECT_EQ(parse_camera_in_use("Active Camera Clients:\n[]\n").value, false);
    for (const auto parse : {parse_in_call, parse_camera_in_use, parse_recording}) {
        EXPECT_FALSE(parse("").value);
        EXPECT_FALSE(parse("Can't find service\n").value);
    }
    EXPECT_FALSE(parse_in_call("mCallState=7\n").value);
}

}  // namespace
}  // namespace lifeboat::phone::android
