// The makes of phone the simulator can be: what differs between Android versions and makers.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::sim {

enum class BatteryForm { pixel, samsung, old };
enum class WifiForm { cmd, dumpsys_only };

// What an update changes.
struct OsBuild {
    std::string release{};         // "13"
    uint32_t sdk = 0;              // 33
    std::string build_id{};        // "TQ3A.230901.001"
    std::string incremental{};     // "10750268"
    std::string security_patch{};  // "2023-09-05"
};

struct Personality {
    std::string name{};
    std::string maker{};
    std::string brand{};
    std::string model{};
    std::string device{};
    std::string product{};
    OsBuild os{};
    std::vector<std::string> features{};
    uint32_t max_payload = 1u << 20;
    BatteryForm battery = BatteryForm::pixel;
    WifiForm wifi = WifiForm::cmd;
    bool has_google = true;
    bool starts_locked = false;
    bool times_have_zone = true;  // whether toybox ends its times with "+0100"
    std::string zone{"UTC"};
    int zone_minutes = 0;
    std::vector<std::string> denied{};  // below shared storage
    bool usb_may_write = true;          // MIUI: "USB debugging (Security settings)"
    bool shows_words = true;            // the user dictionary, to others than keyboards
};

// Throws Misuse for a name that is none; the message lists the names.
const Personality& personality(std::string_view name);
std::vector<std::string> personality_names();

// The build that an update to `version` ("16") brings to a phone that has `now`.
OsBuild updated(const OsBuild& now, std::string_view version);

std::string fingerprint(const Personality& who, const OsBuild& os);

}  // namespace lifeboat::sim
