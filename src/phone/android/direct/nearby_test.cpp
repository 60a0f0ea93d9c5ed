// Names and pictures; and a simulated phone that says where it is, heard over loopback.
#include "phone/android/direct/nearby.h"

#include "base/error.h"
#include "base/text.h"
#include "phone/android/contract_world_test.h"

#include <gmock/gmock.h>

namespace lifeboat::phone::android {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;

constexpr milliseconds patience{20'000};

TEST(NameOfAPhone, HasItsSerialNumber) {
    const KnownPhone phone{.address = "10.0.0.7:1", .hardware = "R58"};
    EXPECT_TRUE(is_name_of("adb-R58-x1y2z3", phone));
    EXPECT_TRUE(is_name_of("adb-R58-x1y2z3 (12)", phone));
    for (const char* other : {"adb-R58", "adb-R58-", "adb-R580-x1y2z3", "adb-R58-x1y2z3 ()",
                              "adb-R58-x1y2z3 (2", "R58", "adb-R58-x1y2z34", ""}) {
        EXPECT_FALSE(is_name_of(other, phone)) << other;
    }
    EXPECT_FALSE(is_name_of("adb--x1y2z3", {.address = "10.0.0.7:1"}));
}

TEST(PairingPicture, IsWhatAndroidReads) {
    sys::SystemRandom random;
    const PairingPicture picture = make_pairing_picture(random);
    const SecretText text = picture.text();
    EXPECT_THAT(std::string(text.reveal()),
                MatchesRegex("WIFI:T:ADB;S:lifeboat-[A-Za-z0-9]+;P:[A-Za-z0-9]+;;"));
    const auto read = parse_pairing_picture(text.reveal());
    ASSERT_TRUE(read);
    EXPECT_EQ(read->name, picture.name);
    EXPECT_EQ(read->password.reveal(), picture.password.reveal());
    EXPECT_EQ(read->password.reveal().size(), 12U);
    EXPECT_NE(make_pairing_picture(random).text().reveal(), text.reveal());
    for (const char* other : {"", "WIFI:T:WPA;S:a;P:b;;", "WIFI:T:ADB;S:;P:b;;",
                              "WIFI:T:ADB;S:a;P:;;", "WIFI:T:ADB;S:a;;", "WIFI:T:ADB;S:a;P:b"}) {
        EXPECT_FALSE(parse_pairing_picture(other)) << other;
    }
}

// The serial number is its own: other tests may have phones in the same network.
class Nearby : public testing::Test {
protected:
    Nearby() {
        sim::AndroidPhone::Config config;
        config.storage = storage_.path();
        config.serial = fmt::format("NEAR{}", ::getpid());
        config.mdns = config.wireless = true;
        config.trusted_keys = {key().public_text("ada@laptop")};
        phone_ = std::make_unique<sim::AndroidPhone>(std::move(config), clock_);
        phone_->start();
        known_ = {.address = phone_->address(), .hardware = phone_->device().serial()};
    }
    static const crypto::AndroidKey& key() {
        static const crypto::AndroidKey made = crypto::AndroidKey::make();
        return made;
    }
    NetworkBus bus(milliseconds limit) {
        return {{known_},
                {.key = [] { return crypto::AndroidKey(key().pem().duplicate()); },
                 .owner = "ada@laptop"},
                clock_,
                {},
                {.limit = limit,
                 .on_moved = [this](const auto&, const auto& to) { moved_.push_back(to); }}};
    }

    sys::SystemClock clock_{};
    TempFolder storage_{};
    std::unique_ptr<sim::AndroidPhone> phone_{};
    KnownPhone known_{};
    std::vector<std::string> moved_{};
};

TEST_F(Nearby, SaysWhereItIsAndThatItGoes) {
    const auto found = whereabouts(known_, patience, clock_, {});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->text(), phone_->address());
    phone_->disappear();
    // An answer may still be on its way.
    bool is_gone = false;
    for (int i = 0; i < 50 && !is_gone; ++i) {
        is_gone = !whereabouts(known_, milliseconds(400), clock_, {});
    }
    EXPECT_TRUE(is_gone);
    std::stop_source stop;
    stop.request_stop();
    EXPECT_THROW(whereabouts(known_, patience, clock_, stop.get_token()), Cancelled);
}

TEST_F(Nearby, IsFollowedToAnotherPort) {
    phone_->take_new_port();
    NetworkBus followed = bus(patience);
    const auto listed = followed.list({});
    ASSERT_EQ(listed.size(), 1U);
    EXPECT_EQ(listed[0].readiness, Readiness::ready) << listed[0].instruction;
    EXPECT_EQ(listed[0].id.serial, phone_->address());
    EXPECT_THAT(moved_, ElementsAre(phone_->address()));
    EXPECT_TRUE(followed.connect(listed[0].id, {}));
}

TEST_F(Nearby, IsNotFollowedToAnotherHost) {
    // As if it had been there: somebody here has its name now.
    known_.address = fmt::format("127.0.0.9:{}", sys::Listener(0).port());
    const auto listed = bus(patience).list({});
    EXPECT_EQ(listed.at(0).readiness, Readiness::offline);
    EXPECT_THAT(listed.at(0).instruction, HasSubstr(phone_->address()));
    EXPECT_TRUE(moved_.empty());
}

TEST_F(Nearby, IsNotFollowedUnlessAskedTo) {
    phone_->take_new_port();
    EXPECT_EQ(bus(milliseconds(0)).list({}).at(0).readiness, Readiness::offline);
    EXPECT_TRUE(moved_.empty());
}

TEST_F(Nearby, WhatReadThePictureWaitsUnderItsName) {
    sys::SystemRandom random;
    const PairingPicture picture = make_pairing_picture(random);
    const uint16_t port = phone_->scan_picture(std::string(picture.text().reveal()));
    const auto found =
        browse({.types = {std::string(pairing_service)},
                .wanted = [&](std::string_view name) { return name == picture.name; },
                .limit = patience,
                .enough = [](const auto& all) { return !all.empty(); }},
               clock_, {});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(address_of(found[0]).text(), fmt::format("127.0.0.1:{}", port));
    EXPECT_THROW(phone_->scan_picture("WIFI:T:WPA;S:home;P:secret;;"), Misuse);
}

}  // namespace
}  // namespace lifeboat::phone::android
