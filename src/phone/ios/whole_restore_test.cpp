#include "phone/ios/whole_restore.h"

#include "item/memory_items.h"
#include "phone/ios/ios_world_test.h"
#include "phone/ios/waiting.h"

#include <gmock/gmock.h>

namespace lifeboat::phone::ios {
namespace {

using sim::ios::DeviceState;

constexpr const char* apps_file = "iTunesRestore/RestoreApplications.plist";

class IosWholeRestore : public IosWorld {
protected:
    void SetUp() override {
        simulated();
        change(
            [](DeviceState& s) { s.keybag_cost = {.iterations = 10, .double_iterations = 100}; });
        write_media("DCIM/100APPLE/IMG_0001.JPG", "photo", 1'700'000'000);
        write_home("Library/SMS/notes.txt", "words");
        paired();
        iphone = bus_->connect_iphone(udid(), {});
    }
    void write_home(const std::string& below, std::string_view content) {
        const std::string path = phone_->device().domain_folder("HomeDomain") + "/" + below;
        std::filesystem::create_directories(std::filesystem::path(path).parent_path());
        std::ofstream(path, std::ios::binary) << content;
    }
    std::string home(const std::string& below) const {
        return content_of(phone_->device().domain_folder("HomeDomain") + "/" + below);
    }
    void back_up() { iphone->backup(nullptr, backup, told_, {}); }
    void restore(WholeRestoreWishes wishes = {}) {
        iphone->restore_whole(backup, wishes, told_, {});
    }
    void wait_for_restart(uint64_t boots) {
        const auto back = [&] {
            return phone_->device().state().boots > boots && phone_->is_plugged();
        };
        for (int i = 0; i < 3'000 && !back(); ++i) std::this_thread::sleep_for(milliseconds(20));
        ASSERT_TRUE(back());
    }

    MemoryTree backup{};
    std::unique_ptr<IosPhone> iphone{};
};

TEST_F(IosWholeRestore, BringsEverythingBack) {
    back_up();
    std::filesystem::remove(media("DCIM/100APPLE/IMG_0001.JPG"));
    write_home("Library/SMS/notes.txt", "other words");
    const uint64_t boots = phone_->device().state().boots;
    restore();
    wait_for_restart(boots);
    EXPECT_EQ(content_of(media("DCIM/100APPLE/IMG_0001.JPG")), "photo");
    EXPECT_EQ(home("Library/SMS/notes.txt"), "words");
}

TEST_F(IosWholeRestore, WhatSpeaksAgainstItIsSaidBefore) {
    back_up();
    const auto refused = [&] {
        EXPECT_FALSE(std::filesystem::exists(media(apps_file)));
        EXPECT_EQ(phone_->device().state().boots, 1u);
    };
    change([](DeviceState& s) { s.find_my = true; });
    EXPECT_THROW(restore(), Waiting);
    refused();
    change([](DeviceState& s) {
        s.find_my = false;
        s.disk_free = 1;
    });
    EXPECT_THROW(restore(), NoSpace);
    refused();
    change([](DeviceState& s) {
        s.disk_free = uint64_t{10} << 30;
        s.who.version = "17.6";
    });
    EXPECT_THROW(restore(), Unsupported);
    refused();
    change([](DeviceState& s) { s.who.version = "18.0"; });
    const uint64_t boots = phone_->device().state().boots;
    restore();
    wait_for_restart(boots);
}

TEST_F(IosWholeRestore, TheListOfAppsGoesWhenThePhoneRefuses) {
    back_up();
    change([](DeviceState& s) { s.setup_done = false; });
    try {
        restore();
        FAIL() << "the phone must refuse";
    } catch (const Waiting& waiting) {
        EXPECT_EQ(waiting.hand, Hand::finish_setup);
    }
    EXPECT_FALSE(std::filesystem::exists(media(apps_file)));
}

TEST_F(IosWholeRestore, OnlyAFinishedBackupIsRestored) {
    EXPECT_THROW(restore(), Missing);
    back_up();
    const ItemPath status = ItemPath(udid()).child("Status.plist");
    MemorySource unfinished(to_bytes(plist::write_xml(plist::Dict{{"SnapshotState", "moving"}})));
    backup.put({.path = status}, unfinished);
    EXPECT_THROW(restore(), Corrupt);
    backup.remove(status);
    EXPECT_THROW(restore(), Corrupt);
}

TEST_F(IosWholeRestore, PasswordIsSetChangedAndTakenAway) {
    const auto text = [](const char* word) { return SecretText(std::string_view(word)); };
    EXPECT_EQ(iphone->encrypts_backups({}), false);
    iphone->change_backup_password({}, text("first"), told_, {});
    EXPECT_EQ(iphone->encrypts_backups({}), true);
    EXPECT_THROW(iphone->change_backup_password(text("wrong"), text("second"), told_, {}), Denied);
    iphone->change_backup_password(text("first"), text("second"), told_, {});
    EXPECT_THROW(iphone->change_backup_password(text("first"), {}, told_, {}), Denied);
    EXPECT_EQ(iphone->encrypts_backups({}), true);
    iphone->change_backup_password(text("second"), {}, told_, {});
    EXPECT_EQ(iphone->encrypts_backups({}), false);
}

TEST_F(IosWholeRestore, AnEncryptedBackupNeedsItsPassword) {
    iphone->change_backup_password({}, SecretText(std::string_view("word")), told_, {});
    back_up();
    EXPECT_TRUE(find_restorable(backup).encrypted);
    EXPECT_THROW(restore(), Misuse);
    EXPECT_THROW(restore({.password = SecretText(std::string_view("wrong"))}), Denied);
    EXPECT_FALSE(std::filesystem::exists(media(apps_file)));
    std::filesystem::remove(media("DCIM/100APPLE/IMG_0001.JPG"));
    restore({.password = SecretText(std::string_view("word"))});
    EXPECT_EQ(content_of(media("DCIM/100APPLE/IMG_0001.JPG")), "photo");
}

TEST_F(IosWholeRestore, AVanishedPhoneEndsItWithinTwoSeconds) {
    back_up();
    phone_->faults().with([](sim::ios::FaultPlan& plan) { plan.passcode_waits = true; });
    nanoseconds gone{};
    std::jthread puller([&] {
        EXPECT_TRUE(told_.wait_for("iphone.passcode"));
        gone = clock_.monotonic();
        phone_->disappear();
    });
    EXPECT_THROW(restore(), Gone);
    const nanoseconds ended = clock_.monotonic();
    puller.join();
    EXPECT_LT(ended - gone, std::chrono::seconds(2));
}

}  // namespace
}  // namespace lifeboat::phone::ios
