#include "sim/ios/password_change.h"

#include "sim/ios/computer_test.h"

#include <gtest/gtest.h>

namespace lifeboat::sim::ios {
namespace {

using testing_parts::PhoneAndComputer;

constexpr const char* a_photo = "CameraRollDomain/Media/DCIM/100APPLE/IMG_1003.JPG";

void plan_password(PhoneAndComputer& both, uint64_t after_files, std::string_view password) {
    both.device().faults().with([&](FaultPlan& plan) {
        plan.new_password =
            NewPassword{.after_files = after_files, .password = std::string(password)};
    });
}

// Which of these passwords gives the photo back when the phone has lost it. Afterwards the phone
// has it as before.
std::vector<std::string> passwords_that_restore(PhoneAndComputer& both) {
    const std::string photo = both.device().files() + "/" + a_photo;
    const std::string aside = both.device().world() + "/aside";
    std::vector<std::string> found;
    for (const char* password : {"first", "second", "third"}) {
        std::filesystem::rename(photo, aside);
        try {
            both.restore({.source = both.device().udid(),
                          .reboot = false,
                          .password = SecretText(password)});
            if (std::filesystem::file_size(photo) == 3012) found.push_back(password);
        } catch (const Denied&) {
            EXPECT_FALSE(std::filesystem::exists(photo));
        }
        std::filesystem::rename(aside, photo);
    }
    return found;
}

using Passwords = std::vector<std::string>;

TEST(NewBackupPassword, BeforeABackupMakesItAFullOneUnderNewKeys) {
    PhoneAndComputer both;
    both.change_password("", "first");
    both.back_up();
    plan_password(both, 0, "second");
    both.back_up();
    EXPECT_TRUE(both.noted("the backup password is another one after 0 files"));
    EXPECT_TRUE(both.noted("full backup: 11 of"));
    EXPECT_FALSE(both.device().faults().copy().new_password) << "it happens once";
    EXPECT_EQ(passwords_that_restore(both), Passwords{"second"});
}

TEST(NewBackupPassword, InTheMiddleLeavesThatBackupItsKeys) {
    PhoneAndComputer both;
    both.change_password("", "first");
    plan_password(both, 5, "second");
    both.back_up();
    EXPECT_TRUE(both.noted("another one after 5 files"));
    EXPECT_EQ(passwords_that_restore(both), Passwords{"first"});
    both.back_up();
    EXPECT_EQ(passwords_that_restore(both), Passwords{"second"});
    // And then it goes on as ever.
    both.back_up();
    EXPECT_TRUE(both.noted("incremental backup: 0 of"));
}

TEST(NewBackupPassword, OfAnInterruptedBackupBeginsItAnew) {
    PhoneAndComputer both;
    both.change_password("", "first");
    plan_password(both, 3, "second");
    both.device().faults().with([](FaultPlan& plan) { plan.die_after_files = 6; });
    EXPECT_ANY_THROW(both.back_up());
    both.back_up();
    EXPECT_TRUE(both.noted("full backup: 11 of 18 entries to send, 0 there from before"))
        << testing::PrintToString(both.notes());
    EXPECT_EQ(passwords_that_restore(both), Passwords{"second"});
}

TEST(NewBackupPassword, TheFirstOneInTheMiddleLeavesThatBackupOpen) {
    PhoneAndComputer both;
    plan_password(both, 5, "first");
    both.back_up();
    EXPECT_TRUE(both.device().state().will_encrypt);
    both.restore({.source = both.device().udid(), .reboot = false});
    both.back_up();
    EXPECT_EQ(passwords_that_restore(both), Passwords{"first"});
}

}  // namespace
}  // namespace lifeboat::sim::ios
