// The first words between a computer and a phone: who both are, what both can, and whether the
// phone lets this computer in.
#pragma once

#include "crypto/android_key.h"
#include "phone/android/direct/packet.h"
#include "phone/phone.h"
#include "sys/random.h"
#include "sys/stream.h"

#include <functional>
#include <memory>
#include <set>
#include <string>

namespace lifeboat::phone::android {

inline constexpr uint32_t our_max_payload = 1u << 20;

// What was agreed on.
struct Greeting {
    uint32_t max_payload = max_payload_before_connection;
    Checksum checksum = Checksum::none;
    std::set<std::string> features{};  // of both sides
    std::string model{};
    bool secure = false;  // under TLS
};

// Who we are to phones. `key` outlives its users.
struct ComputerIdentity {
    const crypto::AndroidKey& key;
    std::string owner{};  // "ada@laptop": what the phone shows when it asks
    TimePoint now{};      // for certificates
};

struct GreetingWaits {
    std::chrono::milliseconds answer{10'000};  // for a phone's next word
    std::chrono::milliseconds person{0};  // for somebody to tap "Allow"; zero: none is waited for
    std::function<void()> on_person_needed{};
};

struct GreetedPhone {
    std::unique_ptr<sys::Stream> stream{};
    Greeting greeting{};
};

// Throws NotReady when the phone does not let us in, Corrupt for what no phone says,
// sys::TlsFailed, sys::ConnectionLost, sys::TimedOut, Cancelled (by the socket's stop).
GreetedPhone greet(std::unique_ptr<sys::Socket> socket, const ComputerIdentity& who,
                   const GreetingWaits& waits);

// "device::ro.product.model=Pixel 8;features=shell_v2,cmd" as values: what is after "=".
struct Banner {
    std::string model{};
    std::set<std::string> features{};
};
Banner parse_banner(std::string_view text);

}  // namespace lifeboat::phone::android
