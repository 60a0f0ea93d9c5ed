#include "phone/ios/ios_bus.h"

#include "phone/ios/model_names.h"
#include "phone/ios/usb_mode.h"
#include "phone/ios/waiting.h"

#include <algorithm>

namespace lifeboat::phone::ios {
namespace {

// A list is read by somebody who waits: a phone that does not answer is said to be one.
constexpr milliseconds patience_for_list{5'000};

Readiness readiness_of(Hand hand) {
    switch (hand) {
        case Hand::unlock:
        case Hand::unlock_once:
        case Hand::enter_passcode:
            return Readiness::locked;
        case Hand::not_paired:
        case Hand::trust:
        case Hand::trust_refused:
        case Hand::trust_again:
        case Hand::cable:
            return Readiness::unauthorized;
        case Hand::managed:
            return Readiness::no_permission;
        case Hand::connect:
            return Readiness::offline;
        case Hand::find_my_off:
        case Hand::finish_setup:
            break;
    }
    return Readiness::other;
}

std::string text_in(const plist::Dict& values, std::string_view key) {
    const std::string* text = values.text(key);
    return text == nullptr ? "" : *text;
}

void take_over(Glance& glance, const plist::Dict& values) {
    glance.model = model_name(text_in(values, "ProductType"));
    glance.version = text_in(values, "ProductVersion");
    glance.build = text_in(values, "BuildVersion");
    if (!glance.ecid) glance.ecid = values.u64("UniqueChipID");
}

}  // namespace

IosBus::IosBus(const std::string& address, sys::Clock& clock, sys::Random& random,
               EventSink& events, DeviceOptions options)
    : mux_(address), clock_(clock), random_(random), events_(events), options_(options) {}

void IosBus::require_daemon(const std::stop_token& stop) const {
    mux_.devices(stop);
}

std::vector<PhoneEntry> IosBus::list(const std::stop_token& stop) {
    std::vector<MuxDevice> devices;
    try {
        devices = mux_.devices(stop);
    } catch (const Missing&) {
        return {};  // most computers never see an iPhone: no daemon is nothing wrong
    }
    std::vector<PhoneEntry> out;
    for (const MuxDevice& device : devices) {
        const bool seen = std::ranges::any_of(
            out, [&](const PhoneEntry& entry) { return entry.id.serial == device.udid; });
        if (!seen) out.push_back(look_at(device.udid, stop));
    }
    return out;
}

std::vector<Glance> IosBus::glances(const std::stop_token& stop) const {
    std::vector<MuxDevice> devices;
    try {
        devices = mux_.devices(stop);
    } catch (const Missing&) {
        return {};
    } catch (const Temporary&) {
        return {};  // udev ends the daemon when the last phone goes
    }
    std::vector<Glance> out;
    for (const MuxDevice& device : devices) {
        const bool seen = std::ranges::any_of(
            out, [&](const Glance& glance) { return glance.udid == device.udid; });
        if (!seen) out.push_back(glance_at(device.udid, stop));
    }
    return out;
}

// The catch is where a phone that does not answer becomes one without a version.
Glance IosBus::glance_at(const std::string& udid, const std::stop_token& stop) const {
    Glance glance{.udid = udid, .ecid = ecid_in_udid(udid)};
    DeviceOptions options = options_;
    options.patience = std::min(options.patience, patience_for_list);
    try {
        Device device(world(), udid, options, stop);
        const auto all = device.lockdown()->value({}, {});
        if (all && all->dict() != nullptr) take_over(glance, *all->dict());
    } catch (const Error&) {
        return {.udid = udid, .ecid = ecid_in_udid(udid)};
    }
    return glance;
}

// The catches are where what a phone lacks becomes a line of the list.
PhoneEntry IosBus::look_at(const std::string& udid, const std::stop_token& stop) const {
    PhoneEntry entry{.id = {.platform = Platform::ios, .serial = udid}};
    try {
        look_inside(entry, stop);
    } catch (const Waiting& waiting) {
        entry.readiness = readiness_of(waiting.hand);
        entry.instruction = waiting.guidance();
    } catch (const Gone& error) {
        entry.readiness = Readiness::offline;
        entry.instruction = error.guidance();
    } catch (const Error& error) {
        entry.readiness = Readiness::other;
        entry.instruction = error.full_text() + ". " + error.guidance();
    }
    return entry;
}

void IosBus::look_inside(PhoneEntry& entry, const std::stop_token& stop) const {
    DeviceOptions options = options_;
    options.patience = std::min(options.patience, patience_for_list);
    Device device(world(), entry.id.serial, options, stop);
    const auto type = device.lockdown()->value({}, "ProductType");
    if (type && type->text() != nullptr) entry.model = model_name(*type->text());
    device.session();
}

std::unique_ptr<Phone> IosBus::connect(const PhoneId& id, const std::stop_token& stop) {
    return connect_iphone(id.serial, stop);
}

std::unique_ptr<IosPhone> IosBus::connect_iphone(const std::string& udid,
                                                 const std::stop_token& stop) {
    Device(world(), udid, options_, stop).session();
    return std::make_unique<IosPhone>(world(), udid, options_);
}

void IosBus::pair(const std::string& udid, milliseconds patience, const std::stop_token& stop) {
    DeviceOptions options = options_;
    options.trust_patience = patience;
    Device(world(), udid, options, stop).ensure_paired();
}

bool IosBus::forget(const std::string& udid, const std::stop_token& stop) {
    return Device(world(), udid, options_, stop).unpair();
}

}  // namespace lifeboat::phone::ios
