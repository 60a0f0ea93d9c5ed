#include "sim/ios/device.h"

#include "phone/ios/usbmux_wire.h"
#include "sim/ios/served_phone_test.h"
#include "sim/ios/state_file.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>

namespace lifeboat::sim::ios {
namespace {

using testing::ElementsAre;

class DeviceTest : public testing::Test {
protected:
    std::string world() const { return folder_.path() + "/world"; }

    PhoneFolder folder_;
    sys::SystemClock clock_;
};

TEST_F(DeviceTest, RemembersOverARestart) {
    std::string key;
    {
        Device device(world(), personality("ios17"), clock_);
        key = device.public_key();
        device.change([](DeviceState& s) {
            s.name = "Grace's iPhone";
            s.who = updated(s.who, "26.1");
            s.will_encrypt = s.find_my = s.wifi_sync = s.cloud_backup = true;
            s.requires_encryption = true;
            s.setup_done = s.passcode_set = false;
            s.locked = true;
            s.last_cloud_backup = TimePoint{std::chrono::sys_days{std::chrono::year{2025} / 3 / 1}};
        });
        device.trust({.host_id = "A", .system_buid = "B", .escrow_bag = to_bytes("bag")});
        device.trust({.host_id = "C"});
        device.forget("C");
        device.remember("Backup", {{"UUID", "x"}});
    }
    Device again(world(), personality("ios17"), clock_);
    const DeviceState s = again.state();
    EXPECT_EQ(again.public_key(), key);
    EXPECT_EQ(s.name, "Grace's iPhone");
    EXPECT_EQ(s.who.version, "26.1");
    EXPECT_TRUE(s.will_encrypt && s.find_my && s.wifi_sync && s.cloud_backup);
    EXPECT_TRUE(s.requires_encryption);
    EXPECT_FALSE(s.setup_done || s.passcode_set);
    EXPECT_EQ(to_rfc3339(s.last_cloud_backup.value()), "2025-03-01T00:00:00Z");
    EXPECT_FALSE(s.locked);  // a matter of the moment
    ASSERT_TRUE(again.pairing("A"));
    EXPECT_EQ(to_text(again.pairing("A")->escrow_bag), "bag");
    EXPECT_FALSE(again.pairing("C"));
    EXPECT_EQ(*again.memory("Backup").text("UUID"), "x");
    EXPECT_TRUE(again.memory("nothing").empty());
    again.forget_all();
    EXPECT_EQ(again.pairing_count(), 0u);
}

// Whoever comes last must not put back what somebody else changed.
TEST_F(DeviceTest, ForgetsNothingThatManyThreadsRemember) {
    constexpr int threads = 8, times = 12;
    {
        Device device(world(), personality("ios17"), clock_);
        std::vector<std::jthread> all;
        for (int t = 0; t < threads; ++t) {
            all.emplace_back([&device, t] {
                for (int i = 1; i <= times; ++i) {
                    device.remember("key " + std::to_string(t), {{"n", i}});
                }
            });
        }
    }
    const Device again(world(), personality("ios17"), clock_);
    for (int t = 0; t < threads; ++t) {
        EXPECT_EQ(again.memory("key " + std::to_string(t)).i64("n"), times) << t;
    }
}

TEST_F(DeviceTest, KeepsItsKeyToItself) {
    const Device device(world(), personality("ios17"), clock_);
    struct stat s {};
    ASSERT_EQ(::stat((world() + "/phone.plist").c_str(), &s), 0);
    EXPECT_EQ(s.st_mode & 0777, 0600u);
}

TEST_F(DeviceTest, APortIsForOneConnection) {
    Device device(world(), personality("ios17"), clock_);
    const uint16_t port = device.open_port({.service = "com.apple.afc", .host_id = "A"});
    EXPECT_GE(port, 49152);
    EXPECT_NE(device.open_port({}), port);
    const auto taken = device.take_port(port);
    ASSERT_TRUE(taken);
    EXPECT_EQ(taken->service, "com.apple.afc");
    EXPECT_FALSE(device.take_port(port));
    // Round and round, and never into the ports of others.
    for (int i = 0; i < 40'000; ++i) {
        const uint16_t next = device.open_port({});
        ASSERT_GE(next, 49152);
        ASSERT_NE(next, 62078);  // lockdown's
    }
}

TEST_F(DeviceTest, ValuesFollowTheState) {
    Device device(world(), personality("ios26"), clock_);
    device.change([](DeviceState& s) {
        s.battery = 100;
        s.charging = true;
        s.disk_free = 8'000;
    });
    const auto battery = device.values("com.apple.mobile.battery");
    EXPECT_EQ(battery.i64("BatteryCurrentCapacity"), 100);
    EXPECT_EQ(battery.boolean("BatteryIsCharging"), false);
    EXPECT_EQ(battery.boolean("FullyCharged"), true);
    const auto disk = device.values("com.apple.disk_usage");
    EXPECT_EQ(disk.u64("AmountDataAvailable"), 8'000u);
    EXPECT_GT(disk.u64("TotalDataAvailable"), 8'000u);  // since iOS 17
    EXPECT_EQ(*device.values("").text("ProductVersion"), "26.1");
    EXPECT_TRUE(device.values("com.example.nothing").empty());
    EXPECT_TRUE(Device::is_public("ProductVersion"));
    EXPECT_FALSE(Device::is_public("SerialNumber"));
}

TEST_F(DeviceTest, AMemoryThatIsNoneIsRefused) {
    std::filesystem::create_directories(world());
    for (const char* content : {"", "junk", "<plist><array/></plist>", "bplist00"}) {
        std::ofstream(world() + "/phone.plist") << content;
        EXPECT_THROW(Device(world(), personality("ios17"), clock_), plist::Malformed) << content;
    }
    EXPECT_THROW(read_pairing(plist::Array{}), plist::Malformed);
    EXPECT_EQ(read_state_file(world() + "/nothing"), std::nullopt);
    EXPECT_THROW(write_state_file(world() + "/no/folder", {}), NoSpace);
}

TEST(Personalities, AreWhatTheySay) {
    for (const char* name : {"ios14", "ios16", "ios17", "ios26"}) {
        const Personality& who = personality(name);
        EXPECT_EQ("ios" + std::to_string(who.major()), name);
        EXPECT_TRUE(wire::normal_udid(who.udid)) << name;
        EXPECT_EQ(who.udid.size(), who.major() == 14 ? 40u : 25u);
        EXPECT_EQ(who.refuses_gestalt, who.major() >= 17);
    }
    EXPECT_THROW(personality("ios3"), Misuse);
    EXPECT_FALSE(updated(personality("ios16"), "17.3").refuses_gestalt);
    EXPECT_TRUE(updated(personality("ios16"), "17.4").refuses_gestalt);
    EXPECT_EQ(updated(personality("ios16"), "18.1").build, "22B101");
    EXPECT_EQ(updated(personality("ios16"), "26.2").build, "23C101");
    EXPECT_THROW(updated(personality("ios16"), "soon"), Misuse);
}

}  // namespace
}  // namespace lifeboat::sim::ios
