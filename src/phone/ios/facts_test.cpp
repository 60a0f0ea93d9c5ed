#include "phone/ios/facts.h"

#include "phone/ios/ios_world_test.h"

#include <gmock/gmock.h>

namespace lifeboat::phone::ios {
namespace {

using sim::ios::DeviceState;

class IosFacts : public IosWorld {
protected:
    std::map<std::string, Reading> readings() {
        std::map<std::string, Reading> out;
        facts_ = paired()->facts({});
        for (const Reading& reading : facts_.readings) {
            EXPECT_TRUE(out.emplace(reading.fact, reading).second) << reading.fact << " twice";
            EXPECT_FALSE(reading.method.empty()) << reading.fact;
            EXPECT_EQ(reading.value.has_value(), reading.why_unknown.empty()) << reading.fact;
        }
        return out;
    }
    Facts facts_{};
};

TEST_F(IosFacts, AreReadWithTheirQuestions) {
    simulated();
    std::filesystem::create_directories(media("PhotoData"));
    const auto all = readings();
    EXPECT_EQ(facts_.device_key, udid());
    EXPECT_EQ(facts_.maker, "Apple");
    EXPECT_EQ(facts_.model, "iPhone 12");
    EXPECT_EQ(facts_.os_name, "iOS");
    EXPECT_EQ(facts_.os_version, "17.6.1");
    const std::map<std::string, std::string> expected{
        {"os.version", "17.6.1"},
        {"os.build", "21G93"},
        {"activation.state", "Activated"},
        {"battery.percent", "84"},
        {"battery.plugged", "yes"},
        {"battery.charging", "yes"},
        {"battery.cycles", "312"},
        {"battery.capacity_percent", "88"},
        {"backup.encrypted", "no"},
        {"backup.encryption_required", "no"},
        {"icloud_backup.enabled", "no"},
        {"find_my.on", "no"},
        {"setup.done", "yes"},
        {"supervised", "no"},
        {"developer_mode.on", "no"},
        {"passcode.set", "yes"},
        {"storage.free_bytes", std::to_string(uint64_t{40} << 30)},
        {"storage.total_bytes", std::to_string(uint64_t{128} << 30)},
        {"icloud_photos.on", "no"},
        {"connection.kind", "cable"},
        {"sim.number", "yes"}};
    for (const auto& [fact, value] : expected) {
        ASSERT_TRUE(all.contains(fact)) << fact;
        EXPECT_EQ(all.at(fact).value, value) << fact << ": " << all.at(fact).why_unknown;
    }
    EXPECT_THAT(*all.at("packages.messengers").value,
                ::testing::HasSubstr("net.whatsapp.WhatsApp"));
    EXPECT_THAT(*all.at("packages.authenticators").value,
                ::testing::HasSubstr("com.google.Authenticator"));
    EXPECT_EQ(all.at("battery.percent").method,
              "lockdown: GetValue com.apple.mobile.battery BatteryCurrentCapacity");
    EXPECT_THAT(all.at("battery.percent").raw, ::testing::HasSubstr("<integer>84</integer>"));
    // The number itself is in no evidence.
    for (const auto& [fact, reading] : all) {
        EXPECT_EQ(reading.raw.find("7700 900123"), std::string::npos) << fact;
    }
    EXPECT_TRUE(from_rfc3339(*all.at("pairing.made_at").value));
}

TEST_F(IosFacts, FollowThePhone) {
    simulated();
    std::filesystem::create_directories(media("PhotoData"));
    std::ofstream(media("PhotoData/cpl_enabled_marker")) << "";
    change([](DeviceState& s) {
        s.battery = 100;
        s.charging = true;
        s.will_encrypt = true;
        s.requires_encryption = true;
        s.find_my = true;
        s.setup_done = false;
        s.cloud_backup = true;
    });
    const auto all = readings();
    for (const char* fact : {"backup.encrypted", "backup.encryption_required", "find_my.on",
                             "icloud_backup.enabled", "icloud_photos.on", "battery.charging"}) {
        EXPECT_EQ(all.at(fact).value, "yes") << fact;
    }
    EXPECT_EQ(all.at("setup.done").value, "no");
    EXPECT_EQ(all.at("icloud_photos.downloaded").value, "no");
}

TEST_F(IosFacts, WhatIsNotToldIsUnknown) {
    simulated();
    change([](DeviceState& s) { s.passcode_set = false; });
    const auto all = readings();
    for (const char* fact : {"wifi.connected", "network.metered", "os.update_offered",
                             "icloud_photos.on", "passcode.set", "backup.computer_at"}) {
        EXPECT_EQ(all.at(fact).value, std::nullopt) << fact;
    }
}

TEST_F(IosFacts, OldPhonesTellWhetherThereIsAPasscode) {
    simulated({.personality = "ios14"});
    EXPECT_EQ(readings().at("passcode.set").value, "yes");
    change([](DeviceState& s) { s.passcode_set = false; });
    EXPECT_EQ(readings().at("passcode.set").value, "no");
}

TEST_F(IosFacts, ALockedPhoneStillTells) {
    paired();
    change([](DeviceState& s) { s.locked = true; });
    const auto all = readings();
    EXPECT_EQ(all.at("battery.cycles").value, "312");
    EXPECT_TRUE(all.at("packages.count").value);
}

TEST_F(IosFacts, AreTheSameOnEveryVersion) {
    for (const char* name : {"ios14", "ios16", "ios17", "ios26"}) {
        simulated({.personality = name});
        const auto all = readings();
        EXPECT_EQ(all.at("battery.percent").value, "84") << name;
        EXPECT_TRUE(facts_.model.starts_with("iPhone ")) << facts_.model;
    }
}

}  // namespace
}  // namespace lifeboat::phone::ios
