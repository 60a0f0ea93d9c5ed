// How a computer gets to the backup service of a whole phone, and hears of it meanwhile.
#include "phone/ios/device.h"
#include "phone/ios/waiting.h"
#include "sim/ios/computer_test.h"
#include "sim/ios/served_phone_test.h"
#include "sim/ios/small_services.h"
#include "sim/iphone.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lifeboat::sim::ios {
namespace {

using phone::ios::Escrow;

TEST(BackupStart, WantsTheEscrowBagOfThePairing) {
    const testing_parts::TemporaryFolder world;
    sys::SystemClock clock;
    sys::SystemRandom random;
    testing_parts::NoEvents events;
    Iphone phone({.world = world.path()}, clock);
    const phone::ios::Usbmux mux("127.0.0.1:" + std::to_string(phone.start()));
    phone::ios::Device computer({.mux = mux, .clock = clock, .random = random, .events = events},
                                phone.device().udid(), {}, {});
    computer.ensure_paired();
    // Others start without it.
    computer.open("com.apple.afc");
    EXPECT_THROW(computer.open(backup_service_name), phone::ios::Waiting);
    const auto connection = computer.open(backup_service_name, Escrow::with);
    const auto hello = connection->receive(phone::ios::device_link_limits);
    EXPECT_EQ(phone::ios::parse_dl_version_exchange(hello).major, 400u);
}

TEST(BackupStart, WhoObservesHearsWithoutAsking) {
    const testing_parts::TemporaryFolder world;
    sys::SystemClock clock;
    Device device(world.path(), personality("ios17"), clock);
    Served service(device, run_notification_proxy);
    const auto say = [&](const char* command, const char* name) {
        service.computer().send(plist::Dict{{"Command", command}, {"Name", name}});
    };
    say("ObserveNotification", "com.apple.LocalAuthentication.ui.presented");
    say("ObserveNotification", "ping");
    // Its own posting comes back: what was said before it was read by then.
    say("PostNotification", "ping");
    EXPECT_EQ(*service.computer().receive_dict().text("Name"), "ping");
    device.post("of no interest");
    device.post("com.apple.LocalAuthentication.ui.presented");
    const plist::Dict heard = service.computer().receive_dict();
    EXPECT_EQ(*heard.text("Command"), "RelayNotification");
    EXPECT_EQ(*heard.text("Name"), "com.apple.LocalAuthentication.ui.presented");
}

}  // namespace
}  // namespace lifeboat::sim::ios
