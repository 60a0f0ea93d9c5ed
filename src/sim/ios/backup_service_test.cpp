#include "sim/ios/backup_service.h"

#include "phone/ios/waiting.h"
#include "sim/ios/backup_memory.h"
#include "sim/ios/computer_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lifeboat::sim::ios {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Gt;
using testing::SizeIs;
using testing_parts::PhoneAndComputer;

constexpr const char* a_photo = "CameraRollDomain/Media/DCIM/100APPLE/IMG_1003.JPG";

size_t payload(const testing_parts::MemoryFolder& folder) {
    return static_cast<size_t>(std::ranges::count_if(folder.files, [](const auto& file) {
        return std::ranges::count(file.first, '/') == 2 &&
               file.first.find("Snapshot") == std::string::npos;
    }));
}

// Somebody who does something at the phone as soon as it says so.
class WhenNoted {
public:
    WhenNoted(PhoneAndComputer& both, std::string note, std::function<void()> act)
        : thread_(
              [&both, note = std::move(note), act = std::move(act)](const std::stop_token& stop) {
                  while (!both.noted(note)) {
                      if (stop.stop_requested()) return;
                      std::this_thread::sleep_for(std::chrono::milliseconds(5));
                  }
                  act();
              }) {}

private:
    std::jthread thread_;
};

void plan(PhoneAndComputer& both, const std::function<void(FaultPlan&)>& change) {
    both.device().faults().with(change);
}

TEST(BackupService, BacksUpAndSendsNothingTwice) {
    PhoneAndComputer both;
    EXPECT_FALSE(both.device().values("com.apple.mobile.backup").number("LastiTunesBackupDate"));
    both.back_up();
    EXPECT_EQ(payload(both.folder()), 11u);
    both.folder().stored.clear();
    both.back_up();
    // Status four times, and the two lists.
    EXPECT_THAT(both.folder().stored, SizeIs(6));
    EXPECT_TRUE(both.noted("incremental backup: 0 of"));
    const auto told = both.device().values("com.apple.mobile.backup");
    EXPECT_GT(told.number("LastiTunesBackupDate").value_or(0), 0);
}

TEST(BackupService, AsksForRoomWhenThereIsTooLittle) {
    PhoneAndComputer both;
    both.folder().free = 1000;
    both.folder().gains = uint64_t{4} << 30;
    plan(both, [](FaultPlan& p) { p.purge = true; });
    both.back_up();
    // What is missing, and 2 GiB.
    EXPECT_THAT(both.folder().purges,
                ElementsAre(AllOf(Gt((uint64_t{2} << 30) + (uint64_t{128} << 20) - 1000),
                                  testing::Lt(uint64_t{3} << 30))));
}

TEST(BackupService, GivesUpWhenThereIsNoRoom) {
    PhoneAndComputer both;
    both.folder().free = 1000;
    EXPECT_THROW(both.back_up(), NoSpace);
    EXPECT_THAT(both.folder().purges, SizeIs(0));
    plan(both, [](FaultPlan& p) { p.purge = true; });
    EXPECT_THROW(both.back_up(), NoSpace);
    EXPECT_THAT(both.folder().purges, SizeIs(1));
}

TEST(BackupService, AFileThatCannotBeReadFailsTheBackup) {
    PhoneAndComputer both;
    plan(both, [](FaultPlan& p) { p.fail_files[a_photo] = 1; });
    EXPECT_THROW(both.back_up(), Temporary);
    EXPECT_TRUE(both.noted("fails with 104"));
    plan(both, [](FaultPlan& p) { p.fail_files.clear(); });
    both.back_up();
    EXPECT_TRUE(both.noted("10 there from before"));
    EXPECT_EQ(payload(both.folder()), 11u);
}

TEST(BackupService, AFileThatVanishesMeanwhileIsLeftOut) {
    PhoneAndComputer both;
    plan(both, [](FaultPlan& p) { p.stall_after_files = 2; });
    WhenNoted meanwhile(both, "stalls after 2 files", [&] {
        std::filesystem::remove(both.device().files() + "/" + a_photo);
        both.device().faults().clear();
    });
    both.back_up();
    EXPECT_EQ(payload(both.folder()), 10u);
    both.restore({.source = both.device().udid(), .reboot = false});
}

TEST(BackupService, FilesOfOldPhonesEndWithABareCode) {
    PhoneAndComputer both;
    plan(both, [](FaultPlan& p) {
        p.old_trailer = true;
        p.frame = 1000;
    });
    both.back_up();
    EXPECT_EQ(payload(both.folder()), 11u);
    both.restore({.source = both.device().udid(), .reboot = false});
}

TEST(BackupService, CutInsideOfAFileItGoesOnLater) {
    PhoneAndComputer both;
    plan(both, [](FaultPlan& p) { p.cut_after_bytes = 10'000; });
    EXPECT_ANY_THROW(both.back_up());
    EXPECT_TRUE(both.noted("the phone dies after 3 files"));
    both.back_up();
    EXPECT_TRUE(both.noted("8 of 18 entries to send, 3 there from before"))
        << testing::PrintToString(both.notes());
    EXPECT_EQ(payload(both.folder()), 11u);
}

TEST(BackupService, StallsUntilItMayGoOn) {
    PhoneAndComputer both;
    plan(both, [](FaultPlan& p) { p.stall_after_files = 5; });
    WhenNoted person(both, "stalls after 5 files", [&] { both.device().faults().clear(); });
    both.back_up();
    EXPECT_TRUE(both.noted("stalls after 5 files"));
    EXPECT_EQ(payload(both.folder()), 11u);
}

TEST(BackupService, AsksForThePasscodeAndTellsWhoObserves) {
    for (const auto& [name, tells] : {std::pair{"ios17", true}, {"ios14", false}}) {
        PhoneAndComputer both(name);
        plan(both, [](FaultPlan& p) { p.passcode_waits = true; });
        WhenNoted person(both, "waits for its passcode", [&] { both.device().faults().clear(); });
        both.back_up();
        EXPECT_TRUE(both.noted("waits for its passcode"));
        const auto posted = both.device().notifications_since(0);
        EXPECT_EQ(std::ranges::count(posted, "com.apple.LocalAuthentication.ui.presented"), tells);
        EXPECT_EQ(std::ranges::count(posted, "com.apple.LocalAuthentication.ui.dismissed"), tells);
    }
}

TEST(BackupService, RefusesWhileLocked) {
    PhoneAndComputer both;
    both.device().change([](DeviceState& s) { s.locked = true; });
    EXPECT_THROW(both.back_up(), phone::ios::Waiting);
    EXPECT_TRUE(both.noted("fails with 208"));
    EXPECT_TRUE(both.folder().stored.empty());
}

TEST(BackupService, AFileThatIsNotListedMakesAFullBackup) {
    PhoneAndComputer both;
    both.back_up();
    plan(both, [](FaultPlan& p) { p.overlook_file = true; });
    both.back_up();
    EXPECT_TRUE(both.noted("misses files of the backup"));
    EXPECT_EQ(payload(both.folder()), 11u);
}

TEST(BackupService, AComputerThatHidesFilesIsTold205) {
    PhoneAndComputer both;
    both.back_up();
    for (const auto& [name, content] : both.folder().files) {
        if (std::ranges::count(name, '/') == 2) both.folder().hidden.insert(name);
    }
    EXPECT_THROW(both.back_up(), Corrupt);
    EXPECT_TRUE(both.noted("fails with 205"));
}

TEST(BackupService, HostileMessagesEndOrAreBorneButNothingEscapes) {
    for (const Hostile kind :
         {Hostile::escaping_path, Hostile::huge_length, Hostile::truncated_plist}) {
        PhoneAndComputer both;
        plan(both, [&](FaultPlan& p) { p.hostile = kind; });
        EXPECT_ANY_THROW(both.back_up());
        EXPECT_EQ(payload(both.folder()), 0u);
    }
    for (const Hostile kind : {Hostile::negative_size, Hostile::five_items}) {
        PhoneAndComputer both;
        plan(both, [&](FaultPlan& p) { p.hostile = kind; });
        both.back_up();
        EXPECT_EQ(payload(both.folder()), 11u);
    }
}

TEST(BackupService, PasswordsAreSetChangedAndTakenAway) {
    PhoneAndComputer both;
    const auto encrypts = [&] { return both.device().state().will_encrypt; };
    EXPECT_THROW(both.change_password("old", ""), Denied);
    both.change_password("", "first");
    EXPECT_TRUE(encrypts());
    EXPECT_THROW(both.change_password("", "again"), Denied);
    EXPECT_THROW(both.change_password("wrong", "second"), Denied);
    both.change_password("first", "second");
    both.device().change([](DeviceState& s) { s.requires_encryption = true; });
    EXPECT_THROW(both.change_password("second", ""), Denied);
    EXPECT_TRUE(encrypts());
    both.device().change([](DeviceState& s) { s.requires_encryption = false; });
    both.change_password("second", "");
    EXPECT_FALSE(encrypts());
}

TEST(BackupService, AnEncryptedBackupGoesOnUnderItsKeys) {
    PhoneAndComputer both;
    both.change_password("", "secret");
    plan(both, [](FaultPlan& p) { p.die_after_files = 4; });
    EXPECT_ANY_THROW(both.back_up());
    both.back_up();
    EXPECT_TRUE(both.noted("7 of 18 entries to send, 4 there from before"))
        << testing::PrintToString(both.notes());
    // Every file comes back as it was: those of the first part, too.
    const std::string photo = both.device().files() + "/" + a_photo;
    std::ifstream before(photo);
    const std::string content{std::istreambuf_iterator<char>(before), {}};
    std::filesystem::remove_all(both.device().files() + "/CameraRollDomain/Media/DCIM");
    EXPECT_THROW(both.restore({.source = both.device().udid(), .reboot = false}), Denied);
    both.restore(
        {.source = both.device().udid(), .reboot = false, .password = SecretText("secret")});
    std::ifstream after(photo);
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(after), {}), content);
}

TEST(BackupService, WhatIsOfNoUseInTheSnapshotIsNotPutInPlace) {
    PhoneAndComputer both;
    both.back_up();
    const std::string photo = both.device().files() + "/" + a_photo;
    const auto date = std::filesystem::last_write_time(photo);
    // Edited and sent; then the phone dies, and the edit is taken back with its date.
    both.put(a_photo, "edited");
    plan(both, [](FaultPlan& p) { p.die_after_files = 1; });
    EXPECT_ANY_THROW(both.back_up());
    testing_parts::write_file(photo, std::string(3000, 'a') + "IMG_1003.JPG");
    std::filesystem::last_write_time(photo, date);
    // Again it dies, at the worst moment.
    plan(both, [](FaultPlan& p) { p.stop_in_moving = 1; });
    both.put("HomeDomain/other", "new");
    {
        WhenNoted person(both, "stops in moving", [&] {
            plan(both, [](FaultPlan& p) {
                p = {};
                p.passcode_waits = false;
            });
        });
        both.back_up();
    }
    both.restore({.source = both.device().udid(), .reboot = false});
    std::ifstream in(photo);
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}),
              std::string(3000, 'a') + "IMG_1003.JPG");
}

TEST(BackupService, ANewPasswordStartsAnew) {
    PhoneAndComputer both;
    both.change_password("", "first");
    plan(both, [](FaultPlan& p) { p.die_after_files = 4; });
    EXPECT_ANY_THROW(both.back_up());
    both.change_password("first", "second");
    both.back_up();
    EXPECT_TRUE(both.noted("full backup: 11 of 18 entries to send, 0 there from before"));
    both.restore(
        {.source = both.device().udid(), .reboot = false, .password = SecretText("second")});
}

TEST(BackupService, OlderVersionsOfTheLinkKnowNoPurge) {
    PhoneAndComputer both;
    both.folder().free = 1000;
    both.folder().gains = uint64_t{4} << 30;
    plan(both, [](FaultPlan& p) {
        p.purge = true;
        p.device_link = 300;
    });
    EXPECT_THROW(both.back_up(), NoSpace);
    EXPECT_THAT(both.folder().purges, SizeIs(0));
}

TEST(BackupService, DoesOneThingAtATime) {
    PhoneAndComputer both;
    plan(both, [](FaultPlan& p) { p.stall_after_files = 2; });
    WhenNoted another(both, "stalls after 2 files", [&] {
        EXPECT_THROW(both.change_password("", "secret"), Temporary);
        both.device().faults().clear();
    });
    both.back_up();
    EXPECT_TRUE(both.noted("ChangePassword fails with 14"));
    EXPECT_EQ(payload(both.folder()), 11u);
    both.change_password("", "secret");
}

TEST(BackupService, ARestoreThatBreaksOffChangesNothing) {
    PhoneAndComputer both;
    both.back_up();
    both.put("HomeDomain/Library/newer.txt", "newer than the backup");
    plan(both, [](FaultPlan& p) { p.die_after_files = 11; });
    EXPECT_ANY_THROW(both.restore({.source = both.device().udid(), .reboot = false}));
    EXPECT_TRUE(std::filesystem::exists(both.device().files() + "/HomeDomain/Library/newer.txt"));
    both.restore({.source = both.device().udid(), .reboot = false});
    EXPECT_FALSE(std::filesystem::exists(both.device().files() + "/HomeDomain/Library/newer.txt"));
}

TEST(BackupService, ACopyIsMadeBeforeARestoreWhenThePhoneWantsOne) {
    PhoneAndComputer both;
    both.back_up();
    const size_t before = both.folder().files.size();
    both.restore({.source = both.device().udid(), .reboot = false});
    EXPECT_EQ(both.folder().files.size(), before);
    plan(both, [](FaultPlan& p) { p.copy_item = true; });
    both.restore({.source = both.device().udid(), .reboot = false});
    EXPECT_EQ(both.folder().files.size(), 2 * before);
    EXPECT_EQ(both.folder().files.count(both.device().udid() + "-before-restore/Manifest.db"), 1u);
}

TEST(BackupService, SwitchesBackupsIntoTheCloud) {
    PhoneAndComputer both;
    testing_parts::NoEvents events;
    both.talk([&](auto& backup) { backup.enable_cloud_backup(true, both.folder(), events); });
    EXPECT_TRUE(both.device().state().cloud_backup);
}

}  // namespace
}  // namespace lifeboat::sim::ios
