#include "phone/android/personal/apps_source.h"
#include "phone/android/personal/installed_apps.h"
#include "phone/android/personal/permissions_source.h"
#include "phone/android/personal/personal_world_test.h"
#include "phone/android/personal/saved_apps.h"
#include "sim/android/packages/package_manager.h"

#include <algorithm>

namespace lifeboat::phone::android {
namespace {

constexpr const char* whatsapp = "com.whatsapp";

class AppsContract : public PersonalContract {
protected:
    // Backs up, and gives the collection.
    personal::Collection back_up(WatchedSink& sink, const FileTree* previous = nullptr) {
        AppsSource source(link());
        return source.read({&sink, previous}, events_, {});
    }
    personal::RestoreOutcome put_back(const FileTree& snapshot, bool dry_run = false) {
        AppsSource source(link());
        return source.restore(snapshot, dry_run, events_, {});
    }
    // As the phone does after a cut: again from the start, with the same source.
    personal::RestoreOutcome put_back_after_a_cut(const FileTree& snapshot) {
        AppsSource source(link());
        EXPECT_THROW(source.restore(snapshot, false, events_, {}), Temporary);
        return source.restore(snapshot, false, events_, {});
    }
    static std::string reasons(const personal::RestoreOutcome& outcome) {
        std::string all;
        for (const auto& failure : outcome.failed)
            all += failure.label + ": " + failure.reason + "\n";
        return all;
    }
    size_t open_sessions() {
        return phone_->device().state().with(
            [](const sim::DeviceState& s) { return s.sessions.size(); });
    }
    std::string store_update(const std::string& name, uint64_t version) {
        return sim::install_apks(phone_->device(), "com.android.vending",
                                 {sim::make_apk({.package = name,
                                                 .version_code = version,
                                                 .version_name = "9",
                                                 .signer = "c6db80a8",
                                                 .permissions = {"android.permission.CAMERA"}},
                                                1000)});
    }
};

TEST_F(AppsContract, AllPartsOfEveryAppAreRead) {
    start();
    WatchedSink sink;
    const auto collection = back_up(sink);
    EXPECT_EQ(collection.reading, personal::Reading::complete);
    ASSERT_EQ(collection.records.size(), 4u);
    EXPECT_TRUE(collection.gaps.empty());
    const auto apps = load_apps(sink.tree);
    ASSERT_EQ(apps.size(), 4u);
    EXPECT_EQ(apps[2].package, whatsapp);
    EXPECT_EQ(apps[2].version_name, "2.24.13.78");
    EXPECT_EQ(apps[2].version_code, 241378004u);
    EXPECT_EQ(apps[2].installer, "com.android.vending");
    EXPECT_EQ(apps[2].update_owner, "com.android.vending");
    EXPECT_EQ(apps[2].signatures, std::vector<std::string>{"38a0f7d5"});
    EXPECT_EQ(apps[2].target_sdk, 34u);
    EXPECT_EQ(apps[2].granted, (std::vector<std::string>{"android.permission.CAMERA",
                                                         "android.permission.READ_CONTACTS"}));
    ASSERT_EQ(apps[2].files.size(), 3u);
    for (const personal::AppFile& file : apps[2].files) {
        const std::string bytes = sink.content(apk_path(apps[2], file).text());
        EXPECT_EQ(bytes.size(), file.size);
        EXPECT_EQ(sim::read_apk(as_bytes(bytes))->package, whatsapp);
    }
}

TEST_F(AppsContract, WhatDidNotChangeIsKept) {
    start();
    WatchedSink first;
    const auto before = back_up(first);
    WatchedSink second(&first.tree);
    back_up(second, &first.tree);
    EXPECT_EQ(second.personal_kept, 7u);
    EXPECT_EQ(load_apps(second.tree), load_apps(first.tree));
    // A store's update is read anew, and is no loss.
    clock_.sleep(std::chrono::milliseconds(1100), {});
    ASSERT_EQ(store_update("com.beemdevelopment.aegis", 70), "");
    WatchedSink third(&first.tree);
    const auto after = back_up(third, &first.tree);
    EXPECT_EQ(third.personal_kept, 6u);
    const auto change = personal::compare(before, after);
    EXPECT_FALSE(change.lost_something());
    EXPECT_EQ(change.same, 4u);
    sim::uninstall(phone_->device(), "com.example.bank");
    AppsSource source(link());
    const auto now = source.read({}, events_, {});
    ASSERT_TRUE(personal::compare(before, now).lost_something());
    EXPECT_EQ(personal::compare(before, now).lost[0].label, "com.example.bank 4.1.17");
}

TEST_F(AppsContract, AFileThatCannotBeReadIsNamed) {
    start();
    const auto package = *sim::find_package(phone_->device(), "com.example.bank");
    phone_->faults().with(
        [&](sim::FaultPlan& plan) { plan.refuse[package.folder + "/base.apk"] = EACCES; });
    WatchedSink sink;
    const auto collection = back_up(sink);
    EXPECT_EQ(sink.refusal("personal/apps/com.example.bank/base.apk"), "Permission denied");
    ASSERT_EQ(collection.gaps.size(), 1u);
    EXPECT_EQ(collection.records.size(), 4u);
    sim::uninstall(phone_->device(), "com.example.bank");
    const auto outcome = put_back(sink.tree);
    EXPECT_EQ(outcome.already_there, 3u);
    EXPECT_EQ(reasons(outcome), "com.example.bank 4.1.17: base.apk is not in the backup\n");
}

TEST_F(AppsContract, LostAppsComeBackWithAllPartsAndGrants) {
    start();
    WatchedSink sink;
    const auto before = back_up(sink);
    sim::uninstall(phone_->device(), whatsapp);
    sim::uninstall(phone_->device(), "com.beemdevelopment.aegis");
    const auto planned = put_back(sink.tree, true);
    EXPECT_EQ(planned.written, 2u);
    EXPECT_EQ(planned.already_there, 2u);
    EXPECT_EQ(shell("pm path com.whatsapp"), "");

    const auto outcome = put_back(sink.tree);
    EXPECT_EQ(outcome.wanted, 4u);
    EXPECT_EQ(outcome.written, 2u) << reasons(outcome);
    EXPECT_EQ(outcome.compared_equal, 2u);
    EXPECT_EQ(outcome.already_there, 2u);
    EXPECT_EQ(lines(shell("pm path com.whatsapp")).size(), 3u);
    EXPECT_EQ(shell("pm list packages -i com.whatsapp"),
              "package:com.whatsapp  installer=com.android.vending\n");
    AppsSource source(link());
    EXPECT_FALSE(personal::compare(before, source.read({}, events_, {})).lost_something());

    PermissionsSource permissions(link());
    const auto grants = permissions.restore(sink.tree, false, events_, {});
    EXPECT_EQ(grants.wanted, 4u);
    EXPECT_EQ(grants.written, 3u);
    EXPECT_EQ(grants.compared_equal, 3u);
    EXPECT_EQ(permissions.restore(sink.tree, false, events_, {}).already_there, 4u);
    EXPECT_EQ(put_back(sink.tree).already_there, 4u);
}

TEST_F(AppsContract, WhatThePhoneRefusesIsSaidInWords) {
    start();
    WatchedSink sink;
    back_up(sink);
    sim::uninstall(phone_->device(), "com.beemdevelopment.aegis");
    ASSERT_EQ(
        sim::install_apks(
            phone_->device(), "null",
            {sim::make_apk({.package = "com.beemdevelopment.aegis", .signer = "ffffffff"}, 100)}),
        "");
    auto outcome = put_back(sink.tree);
    ASSERT_EQ(outcome.conflicts.size(), 1u);
    EXPECT_EQ(outcome.conflicts[0].reason, "an app of this name from another maker is installed");

    sim::uninstall(phone_->device(), "com.example.bank");
    phone_->set_free_bytes(100'000);
    outcome = put_back(sink.tree);
    EXPECT_EQ(reasons(outcome), "com.example.bank 4.1.17: the phone is full\n");
    EXPECT_EQ(open_sessions(), 0u);
}

TEST_F(AppsContract, AnAppForAnOldAndroidComesBackToo) {
    start();
    ASSERT_EQ(shell("getprop ro.build.version.sdk"), "35\n");
    const Bytes apk = sim::make_apk({.package = "org.example.old", .target_sdk = 22}, 100);
    const std::string command =
        fmt::format("pm install --bypass-low-target-sdk-block -S {}", apk.size());
    ASSERT_EQ(
        Shell(*transport_, link().serial).run({.text = command, .input = as_text(apk)}, {}).output,
        "Success\n");
    WatchedSink sink;
    back_up(sink);
    sim::uninstall(phone_->device(), "org.example.old");
    const auto outcome = put_back(sink.tree);
    EXPECT_EQ(outcome.compared_equal, 1u) << reasons(outcome);
}

TEST_F(AppsContract, ACutLeavesNoSessionAndNothingTwice) {
    for (const char* step : {"install-create", "install-write", "install-commit", "sha256sum"}) {
        for (const bool behind : {false, true}) {
            SCOPED_TRACE(fmt::format("{} {}", step, behind));
            start();
            WatchedSink sink;
            back_up(sink);
            sim::uninstall(phone_->device(), whatsapp);
            cut_at(step, behind);
            const auto outcome = put_back_after_a_cut(sink.tree);
            EXPECT_TRUE(outcome.failed.empty()) << reasons(outcome);
            EXPECT_EQ(outcome.already_there + outcome.compared_equal, 4u);
            EXPECT_EQ(open_sessions(), 0u);
            EXPECT_EQ(lines(shell("pm path com.whatsapp")).size(), 3u);
        }
    }
}

TEST_F(AppsContract, ADamagedCopyEndsItsSession) {
    start();
    WatchedSink sink;
    back_up(sink);
    sim::uninstall(phone_->device(), "com.example.bank");
    struct Damaged final : FileTree {
        explicit Damaged(const FileTree& tree) : whole(tree) {}
        std::optional<Item> find(const ItemPath& path) const override { return whole.find(path); }
        void list(const ItemPath& folder, const Each& each) const override {
            whole.list(folder, each);
        }
        std::unique_ptr<ByteSource> open(const ItemPath& path) const override {
            struct Broken final : ByteSource {
                size_t read(MutableByteView) override { throw Corrupt("a block is damaged"); }
            };
            if (path.name() == "base.apk") return std::make_unique<Broken>();
            return whole.open(path);
        }
        const FileTree& whole;
    };
    const auto outcome = put_back(Damaged(sink.tree));
    EXPECT_EQ(reasons(outcome),
              "com.example.bank 4.1.17: its copy is damaged: a block is damaged\n");
    EXPECT_EQ(open_sessions(), 0u);
}

TEST_F(AppsContract, AMakerThatAsksFirstIsNamed) {
    start_as("miui");
    WatchedSink sink;
    back_up(sink);
    sim::uninstall(phone_->device(), "com.example.bank");
    const auto outcome = put_back(sink.tree);
    EXPECT_NE(reasons(outcome).find("allow \"Install via USB\""), std::string::npos)
        << reasons(outcome);
    EXPECT_EQ(open_sessions(), 0u);
    phone_->device().state().with([](sim::DeviceState& s) {
        for (sim::Package& package : s.packages) {
            for (auto& [name, granted] : package.runtime_permissions) granted = false;
        }
    });
    PermissionsSource permissions(link());
    const auto grants = permissions.restore(sink.tree, false, events_, {});
    EXPECT_EQ(grants.wanted, 4u);
    ASSERT_EQ(grants.failed.size(), 4u);
    EXPECT_NE(grants.failed[0].reason.find("GRANT_RUNTIME_PERMISSIONS"), std::string::npos)
        << grants.failed[0].reason;
}

TEST_F(AppsContract, WhatAPersonAllowedBesidePermissionsComesBack) {
    for (const char* who : {"pixel-a15", "a10"}) {
        SCOPED_TRACE(who);
        start_as(who);
        shell("appops set com.whatsapp SYSTEM_ALERT_WINDOW allow");
        shell("appops set com.whatsapp CAMERA ignore");  // follows the permission: not of interest
        shell("appops set com.whatsapp RUN_ANY_IN_BACKGROUND ignore");
        shell("appops set --uid com.beemdevelopment.aegis MANAGE_EXTERNAL_STORAGE allow");
        WatchedSink sink;
        back_up(sink);
        PermissionsSource permissions(link());
        const auto before = permissions.read({}, events_, {});
        EXPECT_EQ(before.records.size(), 4u + 3);
        const auto is_labelled = [&](std::string_view label) {
            return std::any_of(before.records.begin(), before.records.end(),
                               [&](const auto& record) { return record.label == label; });
        };
        EXPECT_TRUE(is_labelled("com.whatsapp: show over other apps (allow)"));
        EXPECT_TRUE(is_labelled("com.beemdevelopment.aegis: reach all files (allow)"));

        sim::uninstall(phone_->device(), whatsapp);
        shell("appops set --uid com.beemdevelopment.aegis MANAGE_EXTERNAL_STORAGE default");
        EXPECT_EQ(personal::compare(before, permissions.read({}, events_, {})).lost.size(), 2u + 3);
        put_back(sink.tree);
        EXPECT_EQ(permissions.restore(sink.tree, true, events_, {}).written, 2u + 3);
        EXPECT_EQ(shell("appops get com.whatsapp"), "No operations.\n") << "after a dry run";
        const auto outcome = permissions.restore(sink.tree, false, events_, {});
        EXPECT_EQ(outcome.written, 2u + 3) << reasons(outcome);
        EXPECT_EQ(outcome.compared_equal, 2u + 3);
        EXPECT_EQ(shell("appops get com.whatsapp"),
                  "SYSTEM_ALERT_WINDOW: allow\nRUN_ANY_IN_BACKGROUND: ignore\n");
        EXPECT_EQ(shell("appops get com.beemdevelopment.aegis"),
                  "Uid mode: MANAGE_EXTERNAL_STORAGE: allow\n");
        EXPECT_EQ(permissions.restore(sink.tree, false, events_, {}).already_there, 7u);
        EXPECT_EQ(personal::compare(before, permissions.read({}, events_, {})).same, 7u);
    }
}

TEST_F(AppsContract, AnOperationThatThePhoneRefusesIsNamed) {
    start_as("miui");
    phone_->device().personal().with([](sim::android::PersonalData& data) {
        data.app_ops().set(whatsapp, "WRITE_SETTINGS", "allow");
    });
    WatchedSink sink;
    back_up(sink);
    phone_->device().personal().with(
        [](sim::android::PersonalData& data) { data.app_ops().reset(whatsapp); });
    PermissionsSource permissions(link());
    const auto outcome = permissions.restore(sink.tree, false, events_, {});
    ASSERT_EQ(outcome.failed.size(), 1u);
    EXPECT_EQ(outcome.failed[0].label, "com.whatsapp: change the phone's settings (allow)");
    EXPECT_NE(outcome.failed[0].reason.find("MANAGE_APP_OPS_MODES"), std::string::npos)
        << outcome.failed[0].reason;
}

TEST_F(AppsContract, OnlyItsStoreMayUpdateAnAppAgain) {
    for (const char* who : {"a14", "a16"}) {
        SCOPED_TRACE(who);
        start_as(who);
        WatchedSink sink;
        back_up(sink);
        const auto owner_of = [&] {
            return read_apps(link(), {whatsapp}, {}).at(whatsapp).app.update_owner;
        };
        ASSERT_EQ(owner_of(), "com.android.vending");
        sim::uninstall(phone_->device(), whatsapp);
        const auto outcome = put_back(sink.tree);
        EXPECT_EQ(outcome.compared_equal, 1u) << reasons(outcome);
        EXPECT_EQ(outcome.cannot_come_back.size(), 1u);  // what apps keep inside
        EXPECT_EQ(owner_of(), "com.android.vending");
    }
}

TEST_F(AppsContract, APhoneWithoutUpdateOwnersSaysSoAndInstalls) {
    start_as("a16");
    WatchedSink sink;
    back_up(sink);
    start_as("a13");
    sim::uninstall(phone_->device(), whatsapp);
    const auto outcome = put_back(sink.tree);
    EXPECT_EQ(outcome.compared_equal, 1u) << reasons(outcome);
    ASSERT_EQ(outcome.cannot_come_back.size(), 2u);
    EXPECT_NE(outcome.cannot_come_back[1].find("com.android.vending"), std::string::npos);
}

TEST_F(AppsContract, OlderPhonesTellTheSame) {
    for (const char* who : {"a10", "a12-samsung", "a13", "a16", "no-gms"}) {
        start_as(who);
        WatchedSink sink;
        const auto collection = back_up(sink);
        EXPECT_EQ(collection.records.size(), 4u) << who;
        const auto apps = load_apps(sink.tree);
        EXPECT_NE(apps[0].installed, "") << who;
        EXPECT_EQ(apps[0].signatures.size(), 1u) << who;
        EXPECT_EQ(apps[0].granted.size(), 1u) << who;
    }
}

}  // namespace
}  // namespace lifeboat::phone::android
