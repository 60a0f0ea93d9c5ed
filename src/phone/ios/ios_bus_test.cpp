#include "phone/ios/ios_bus.h"

#include "phone/ios/fake_iphone_test.h"
#include "phone/ios/ios_world_test.h"
#include "phone/ios/waiting.h"

#include <gmock/gmock.h>

namespace lifeboat::phone::ios {
namespace {

using sim::ios::Consent;
using sim::ios::DeviceState;

TEST(IosBusAlone, WithoutADaemonThereAreNoIphones) {
    sys::SystemClock clock;
    sys::SystemRandom random;
    ToldEvents told;
    IosBus bus("UNIX:/nonexistent/usbmuxd", clock, random, told);
    EXPECT_TRUE(bus.list({}).empty());
    EXPECT_THROW(bus.require_daemon({}), Missing);
}

TEST_F(IosWorld, ListsWhatEachPhoneNeeds) {
    simulated();
    PhoneEntry one = entry();
    EXPECT_EQ(one.id, id());
    EXPECT_EQ(one.model, "iPhone 12");
    EXPECT_EQ(one.readiness, Readiness::unauthorized);
    EXPECT_THAT(one.instruction, ::testing::HasSubstr("lifeboat phone pair"));
    EXPECT_THROW(bus_->connect(id(), {}), NotReady);

    bus_->pair(udid(), milliseconds(60'000), {});
    one = entry();
    EXPECT_EQ(one.readiness, Readiness::ready);
    EXPECT_EQ(one.instruction, "");

    phone_->disappear();
    EXPECT_TRUE(bus_->list({}).empty());
    EXPECT_THROW(bus_->connect(id(), {}), NotReady);
}

TEST_F(IosWorld, AGlanceNeedsNoPairing) {
    simulated();
    change([](DeviceState& s) { s.locked = true; });
    const auto seen = bus_->glances({});
    ASSERT_EQ(seen.size(), 1u);
    EXPECT_EQ(seen[0].udid, udid());
    EXPECT_EQ(seen[0].model, "iPhone 12");
    EXPECT_EQ(seen[0].version, "17.6.1");
    EXPECT_EQ(seen[0].build, "21G93");
    EXPECT_EQ(seen[0].ecid, 0x000A11112222801Eu);
    EXPECT_TRUE(told_.codes().empty());
    phone_->disappear();
    EXPECT_TRUE(bus_->glances({}).empty());
}

TEST(IosBusGlance, APhoneThatDoesNotAnswerIsOneWithoutAVersion) {
    sys::SystemClock clock;
    sys::SystemRandom random;
    ToldEvents told;
    testing::FakeIphone starting;
    starting.on_port(lockdown_port, [](testing::Wire&) {});  // hangs up
    IosBus bus(starting.address(), clock, random, told);
    const auto seen = bus.glances({});
    ASSERT_EQ(seen.size(), 1u);
    EXPECT_EQ(seen[0].udid, testing::udid);
    EXPECT_EQ(seen[0].version, "");
    EXPECT_TRUE(IosBus("UNIX:/nonexistent/usbmuxd", clock, random, told).glances({}).empty());
}

TEST_F(IosWorld, APhoneThatForgotUsIsPairedAgain) {
    paired();
    const auto record = Usbmux(fmt::format("127.0.0.1:{}", phone_->port())).pair_record(udid(), {});
    phone_->device().forget(parse_pair_record(*record).host_id);
    EXPECT_EQ(entry().readiness, Readiness::unauthorized);
    EXPECT_THAT(entry().instruction, ::testing::HasSubstr("lifeboat phone pair"));
    bus_->pair(udid(), milliseconds(60'000), {});
    EXPECT_EQ(entry().readiness, Readiness::ready);
}

TEST_F(IosWorld, ARecordThatCannotBeReadIsReplaced) {
    paired();
    const Usbmux mux(fmt::format("127.0.0.1:{}", phone_->port()));
    mux.save_pair_record(mux.devices({}).front(),
                         to_bytes(plist::write_xml(plist::Dict{{"HostID", "x"}})), {});
    EXPECT_EQ(entry().readiness, Readiness::other);
    bus_->pair(udid(), milliseconds(60'000), {});
    EXPECT_EQ(entry().readiness, Readiness::ready);
}

TEST_F(IosWorld, PairingWaitsForThePersonAndSaysForWhat) {
    simulated();
    change([](DeviceState& s) {
        s.locked = true;
        s.consent = Consent::wait;
    });
    std::jthread person([&] {
        EXPECT_TRUE(told_.wait_for("iphone.locked"));
        change([](DeviceState& s) { s.locked = false; });
        EXPECT_TRUE(told_.wait_for("iphone.trust"));
        change([](DeviceState& s) { s.consent = Consent::accept; });
    });
    bus_->pair(udid(), milliseconds(3'600'000), {});
    EXPECT_THAT(told_.codes(), ::testing::ElementsAre("iphone.locked", "iphone.locked over",
                                                      "iphone.trust", "iphone.trust over"));
    EXPECT_EQ(entry().readiness, Readiness::ready);
}

TEST_F(IosWorld, ANoIsANo) {
    simulated();
    change([](DeviceState& s) { s.consent = Consent::deny; });
    try {
        bus_->pair(udid(), milliseconds(3'600'000), {});
        FAIL() << "nobody allowed it";
    } catch (const Waiting& waiting) {
        EXPECT_EQ(waiting.hand, Hand::trust_refused);
    }
    EXPECT_EQ(entry().readiness, Readiness::unauthorized);
}

TEST_F(IosWorld, PairingDoesNotWaitForEver) {
    simulated();
    change([](DeviceState& s) { s.consent = Consent::wait; });
    EXPECT_THROW(bus_->pair(udid(), milliseconds(60), {}), NotReady);
    EXPECT_THAT(told_.codes(), ::testing::ElementsAre("iphone.trust"));
}

TEST_F(IosWorld, AStopEndsTheWaitForThePerson) {
    simulated();
    change([](DeviceState& s) { s.consent = Consent::wait; });
    std::stop_source stop;
    std::jthread person([&] {
        EXPECT_TRUE(told_.wait_for("iphone.trust"));
        stop.request_stop();
    });
    EXPECT_THROW(bus_->pair(udid(), milliseconds(3'600'000), stop.get_token()), Cancelled);
}

TEST_F(IosWorld, APhoneThatVanishesWhilePairingEndsItWithinTwoSeconds) {
    simulated();
    change([](DeviceState& s) { s.consent = Consent::wait; });
    nanoseconds gone{};
    std::jthread person([&] {
        EXPECT_TRUE(told_.wait_for("iphone.trust"));
        gone = clock_.monotonic();
        phone_->disappear();
    });
    EXPECT_THROW(bus_->pair(udid(), milliseconds(3'600'000), {}), Gone);
    person.join();
    EXPECT_LT(clock_.monotonic() - gone, std::chrono::seconds(2));
}

TEST_F(IosWorld, ForgettingIsMutual) {
    paired();
    EXPECT_TRUE(bus_->forget(udid(), {}));
    EXPECT_EQ(entry().readiness, Readiness::unauthorized);
    EXPECT_FALSE(bus_->forget(udid(), {}));
    // The phone forgot it first: there is still a record to be removed here.
    paired();
    const auto record = Usbmux(fmt::format("127.0.0.1:{}", phone_->port())).pair_record(udid(), {});
    phone_->device().forget(parse_pair_record(*record).host_id);
    EXPECT_TRUE(bus_->forget(udid(), {}));
    EXPECT_FALSE(bus_->forget(udid(), {}));
}

}  // namespace
}  // namespace lifeboat::phone::ios
