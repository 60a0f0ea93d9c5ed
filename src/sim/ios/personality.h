// The models and versions a simulated iPhone can be.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::sim::ios {

struct Personality {
    std::string name{};
    std::string version{};
    std::string build{};
    std::string product_type{};  // "iPhone13,2"
    std::string model{};         // "iPhone 12", as its camera writes it
    std::string hardware{};      // "D53gAP"
    std::string udid{};          // 40 digits up to the iPhone X, 24 and a dash since
    uint64_t chip = 0;
    uint64_t device_link = 400;    // 300 before iOS 14
    bool refuses_gestalt = false;  // MobileGestalt over diagnostics_relay, since 17.4
    int major() const;
};

// Throws Misuse with the list of names.
const Personality& personality(std::string_view name);

// What an update to `version` makes of the phone: the same hardware, another system.
Personality updated(const Personality& phone, std::string_view version);

}  // namespace lifeboat::sim::ios
