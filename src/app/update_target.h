// Which iPhone an update watch follows, and how it recognises it in every mode.
#pragma once

#include "phone/ios/ios_bus.h"
#include "phone/ios/usb_mode.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lifeboat::app {

// Everything that can be seen at one moment.
struct UpdateView {
    std::vector<phone::ios::Glance> phones{};  // by usbmux
    std::vector<phone::ios::UsbIphone> usb{};  // by USB
};

// What is empty is not known and fits everything.
struct UpdateTarget {
    std::string udid{};
    std::optional<uint64_t> ecid{};

    bool is(const phone::ios::Glance& phone) const;
    bool is(const phone::ios::UsbIphone& phone) const;
};

// The one phone that `wanted` names: serial or model, case ignored; empty: the only one there. In
// recovery mode and DFU a phone tells neither, only its chip's number, which newer serials end
// with. A whole UDID need not be there now: the phone may just restart. Throws phone::NotReady when
// there is none, Misuse when several fit.
UpdateTarget choose_target(const UpdateView& view, const std::string& wanted);

}  // namespace lifeboat::app
