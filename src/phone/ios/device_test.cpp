#include "phone/ios/device.h"

#include "base/hex.h"
#include "phone/ios/afc.h"
#include "phone/ios/fake_iphone_test.h"
#include "phone/ios/services.h"
#include "phone/ios/waiting.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace lifeboat::phone::ios {
namespace {

using plist::Dict;
using testing::FakeIphone;
using testing::FakeLockdown;
using testing::Wire;

class Told final : public EventSink {
public:
    void on(const Event& event) noexcept override {
        if (const auto* needed = std::get_if<PersonNeeded>(&event)) {
            codes.push_back(needed->code + (needed->resolved ? " over" : ""));
        }
    }
    std::vector<std::string> codes{};
};

struct Bench {
    FakeIphone phone{};
    std::optional<Usbmux> mux{};
    sys::ManualClock clock{TimePoint(std::chrono::seconds(1'800'000'000))};
    sys::SeededRandom random{1};
    Told told{};

    std::unique_ptr<Device> device(const std::string& udid = testing::udid) {
        mux.emplace(phone.address());
        return std::make_unique<Device>(Device::World{*mux, clock, random, told}, udid,
                                        DeviceOptions{.patience = milliseconds(1'500)},
                                        std::stop_token{});
    }
};

template <class Work>
std::optional<Hand> hand_of(Work&& work) {
    try {
        work();
    } catch (const Waiting& waiting) {
        return waiting.hand;
    }
    return std::nullopt;
}

TEST(Usbmux, Addresses) {
    EXPECT_EQ(usbmux_endpoint(""), (UsbmuxEndpoint{.path = "/var/run/usbmuxd"}));
    for (const char* text : {"UNIX:/a/b", "unix:/a/b", "unix:///a/b", "UNIX:///a/b", "/a/b"}) {
        EXPECT_EQ(usbmux_endpoint(text).path, "/a/b") << text;
    }
    EXPECT_EQ(usbmux_endpoint("[::1]:27015"), (UsbmuxEndpoint{.host = "::1", .port = 27015}));
    EXPECT_EQ(usbmux_endpoint("host:1").text(), "host:1");
    for (const char* text : {"host", "host:0", "host:65536", ":1", "UNIX:", "UNIX:relative", "/"}) {
        EXPECT_THROW(usbmux_endpoint(text), Misuse) << text;
    }
}

TEST(Usbmux, NoDaemonIsMissing) {
    EXPECT_THROW(Usbmux("UNIX:/nonexistent/socket").devices({}), Missing);
}

TEST(Usbmux, ListsAndRefuses) {
    const FakeIphone phone;
    const Usbmux mux(phone.address());
    ASSERT_EQ(mux.devices({}).size(), 1u);
    EXPECT_EQ(mux.devices({})[0].udid, testing::udid);
    EXPECT_THROW(mux.connect(7, 9, {}), Missing);
    EXPECT_THROW(mux.connect(8, 9, {}), Gone);
    EXPECT_EQ(mux.buid({}), "A-BUID");
    EXPECT_EQ(mux.pair_record(testing::udid, {}), std::nullopt);
}

TEST(Device, PairsAfterTheQuestionWasAnsweredAndOpensServices) {
    FakeLockdown lockdown(
        {"PasswordProtected", "PairingDialogResponsePending", "PairingDialogResponsePending"});
    Bench bench;
    bench.phone.on_port(lockdown_port, std::ref(lockdown));
    bench.phone.on_port(1234, [&](Wire& wire) {
        wire.start_tls(lockdown.identity());
        wire.send(wire.receive());
    });
    const auto device = bench.device();
    device->ensure_paired();
    EXPECT_THAT(bench.told.codes, ::testing::ElementsAre("iphone.locked", "iphone.locked over",
                                                         "iphone.trust", "iphone.trust over"));
    const auto connection = device->open("com.apple.afc", Escrow::with);
    EXPECT_EQ(connection->ask({{"a", 1}}), (Dict{{"a", 1}}));
    // What is stored serves the next program.
    const PairRecord stored =
        parse_pair_record(*bench.phone.record().with([](const auto& record) { return record; }));
    EXPECT_EQ(stored.wifi_mac, "aa:bb:cc:dd:ee:ff");
    EXPECT_EQ(stored.system_buid, "A-BUID");
    EXPECT_EQ(stored.escrow_bag, Bytes(32, std::byte{7}));
    EXPECT_EQ(stored.host_id.size(), 36u);
    const auto again = bench.device();
    again->ensure_paired();
    EXPECT_EQ(again->record().host_id, stored.host_id);
}

TEST(Device, ForgottenComputersPairAgain) {
    FakeLockdown lockdown;
    Bench bench;
    bench.phone.on_port(lockdown_port, std::ref(lockdown));
    bench.device()->ensure_paired();
    const auto first = bench.device()->record().host_id;
    lockdown.start_session_error = "InvalidHostID";
    const auto device = bench.device();
    device->ensure_paired();
    EXPECT_NE(device->record().host_id, first);
    device->session();
}

TEST(Device, WhatAPersonMustDo) {
    const auto refused = [](const std::string& error) {
        FakeLockdown lockdown(std::vector<std::string>(1000, error));
        Bench bench;
        bench.phone.on_port(lockdown_port, std::ref(lockdown));
        const auto device = bench.device();
        return hand_of([&] { device->ensure_paired(); });
    };
    EXPECT_EQ(refused("PairingDialogResponsePending"), Hand::trust);
    EXPECT_EQ(refused("UserDeniedPairing"), Hand::trust_refused);
    EXPECT_EQ(refused("PasswordProtected"), Hand::unlock);
    EXPECT_EQ(refused("MCProtected"), Hand::managed);
    EXPECT_EQ(refused("PairingProhibitedOverThisConnection"), Hand::cable);
    Bench bench;
    EXPECT_EQ(hand_of([&] { bench.device(std::string(40, 'a')); }), Hand::connect);
    const auto device = bench.device();
    EXPECT_EQ(hand_of([&] { device->record(); }), Hand::not_paired);
}

TEST(Device, EveryHandHasItsWords) {
    for (int hand = 0; hand <= static_cast<int>(Hand::managed); ++hand) {
        const HandWords words = words_of(static_cast<Hand>(hand));
        EXPECT_TRUE(words.code.starts_with("iphone."));
        EXPECT_TRUE(words.instruction.ends_with('.'));
        EXPECT_FALSE(words.what.empty());
    }
}

TEST(Device, ServicesThatAreRefused) {
    FakeLockdown lockdown;
    Bench bench;
    bench.phone.on_port(lockdown_port, std::ref(lockdown));
    const auto device = bench.device();
    device->ensure_paired();
    lockdown.start_service_error = "InvalidService";
    EXPECT_THROW(device->open("x"), LockdownRefusal);
    lockdown.start_service_error = "EscrowLocked";
    EXPECT_EQ(hand_of([&] { device->open("x"); }), Hand::unlock_once);
}

TEST(Device, AnotherKeyThanThePairedOneIsNotBelieved) {
    FakeLockdown lockdown;
    Bench bench;
    bench.phone.on_port(lockdown_port, std::ref(lockdown));
    const crypto::KeyPair other = crypto::make_rsa_key();
    const sys::TlsIdentity identity{
        .certificate = crypto::make_certificate(other.public_key, other.private_key.reveal(),
                                                crypto::CertificateUse::end, bench.clock.now()),
        .key = other.private_key.duplicate()};
    bench.phone.on_port(1234, [&](Wire& wire) { wire.start_tls(identity); });
    const auto device = bench.device();
    device->ensure_paired();
    EXPECT_THROW(device->open("com.apple.afc"), Garbled);
}

// The time from the phone's going to the error, with a service that would be silent for ever.
TEST(Device, AVanishedPhoneEndsEveryWaitWithinTwoSeconds) {
    for (const bool tls : {false, true}) {
        FakeLockdown lockdown;
        Bench bench;
        lockdown.service_tls = tls;
        bench.phone.on_port(lockdown_port, std::ref(lockdown));
        bench.phone.on_port(1234, [&](Wire& wire) {
            if (tls) wire.start_tls(lockdown.identity());
            wire.stay_silent();
        });
        const auto device = bench.device();
        device->ensure_paired();
        const auto connection = device->open("com.apple.afc");
        connection->set_patience(milliseconds(60'000));
        std::jthread puller([&] {
            std::this_thread::sleep_for(milliseconds(100));
            bench.phone.detach();
        });
        const sys::SystemClock clock;
        const auto before = clock.monotonic();
        EXPECT_THROW(connection->receive(), Gone);
        EXPECT_LT(clock.monotonic() - before, std::chrono::seconds(2));
        EXPECT_TRUE(device->presence()->is_gone());
        EXPECT_THROW(device->open("com.apple.afc"), Gone);
    }
}

TEST(Device, SilenceCutsAndAbsurdLengths) {
    const auto received = [](FakeIphone::Script script) {
        FakeLockdown lockdown;
        Bench bench;
        lockdown.service_tls = false;
        bench.phone.on_port(lockdown_port, std::ref(lockdown));
        bench.phone.on_port(1234, std::move(script));
        const auto device = bench.device();
        device->ensure_paired();
        const auto connection = device->open("x");
        connection->set_patience(milliseconds(300));
        connection->receive_dict();
    };
    EXPECT_THROW(received([](Wire& wire) { wire.stay_silent(); }), Silent);
    EXPECT_THROW(received([](Wire&) {}), Gone);
    EXPECT_THROW(received([](Wire& wire) { wire.write(Bytes(2)); }), Gone);
    EXPECT_THROW(received([](Wire& wire) { wire.write(*from_hex("00000010")); }), Gone);
    EXPECT_THROW(received([](Wire& wire) { wire.write(*from_hex("ffffffff")); }), Garbled);
    EXPECT_THROW(received([](Wire& wire) { wire.write(*from_hex("0000000161")); }), Corrupt);
    EXPECT_THROW(received([](Wire& wire) { wire.send(plist::Array{1}); }), Garbled);
}

}  // namespace
}  // namespace lifeboat::phone::ios
