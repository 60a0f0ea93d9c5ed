#include "app/update_target.h"

#include "base/error.h"
#include "base/text.h"
#include "phone/ios/usbmux_wire.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::app {
namespace {

using phone::ios::Glance;
using phone::ios::UsbIphone;
using phone::ios::UsbMode;

char lower_case(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
char upper_case(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

bool same_text(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, lower_case, lower_case);
}

bool fits(const Glance& phone, const std::string& wanted) {
    return wanted.empty() || same_text(phone.udid, wanted) || same_text(phone.model, wanted);
}

// One whose running system usbmux sees is no second phone.
bool fits(const UsbIphone& phone, const std::string& wanted) {
    if (phone.mode == UsbMode::normal) return false;
    return wanted.empty() || (phone.ecid && phone.ecid == phone::ios::ecid_in_udid(wanted));
}

// As phones write it: 40 digits in small letters, the newer ones in capitals.
std::optional<std::string> whole_udid(const std::string& wanted) {
    std::string lower = wanted;
    std::ranges::transform(lower, lower.begin(), lower_case);
    auto udid = phone::ios::normal_udid(lower);
    if (udid && udid->find('-') != std::string::npos)
        std::ranges::transform(*udid, udid->begin(), upper_case);
    return udid;
}

[[noreturn]] void throw_none(const std::string& wanted) {
    const std::string what =
        wanted.empty() ? "no iPhone is connected, neither running nor in recovery mode"
                       : fmt::format("the iPhone \"{}\" is not connected", printable(wanted));
    throw phone::NotReady(what,
                          "Connect the iPhone with its cable and run this again. One that is in "
                          "recovery mode already is found without being named.");
}

}  // namespace

bool UpdateTarget::is(const Glance& phone) const {
    if (!udid.empty()) return phone.udid == udid;
    return !ecid || !phone.ecid || phone.ecid == ecid;
}

bool UpdateTarget::is(const UsbIphone& phone) const {
    if (!udid.empty() && !phone.udid.empty()) return phone.udid == udid;
    return !ecid || !phone.ecid || phone.ecid == ecid;
}

UpdateTarget choose_target(const UpdateView& view, const std::string& wanted) {
    std::vector<UpdateTarget> fitting;
    for (const Glance& phone : view.phones) {
        if (fits(phone, wanted)) fitting.push_back({.udid = phone.udid, .ecid = phone.ecid});
    }
    for (const UsbIphone& phone : view.usb) {
        if (fits(phone, wanted)) fitting.push_back({.ecid = phone.ecid});
    }
    if (fitting.empty()) {
        const auto udid = whole_udid(wanted);
        if (!udid) throw_none(wanted);
        return {.udid = *udid, .ecid = phone::ios::ecid_in_udid(*udid)};
    }
    if (fitting.size() > 1) {
        throw Misuse("several iPhones are connected",
                     "Say which one by its serial number, as `lifeboat phone list` shows it, or "
                     "unplug the others.");
    }
    return fitting.front();
}

}  // namespace lifeboat::app
