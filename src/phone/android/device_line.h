// The device list of an adb server ("devices -l") as values.
#pragma once

#include "phone/phone.h"

#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::phone::android {

struct DeviceLine {
    std::string serial{};
    std::string state{};  // "device", "unauthorized", "no permissions (...)": as the server says it
    std::string model{};  // "Pixel 7": underscores are blanks again; empty while unknown
    bool operator==(const DeviceLine&) const = default;
};

// Lines it cannot read are left out: a future server may add some.
std::vector<DeviceLine> parse_devices(std::string_view text);

Readiness readiness_of(std::string_view state);

// What the person must do so that a phone in this state becomes ready; empty when it is.
std::string instruction_for(std::string_view state);

// "phone.unauthorized": the stable code of a PersonNeeded event.
std::string code_for(Readiness readiness);

}  // namespace lifeboat::phone::android
