#include "phone/joined_bus.h"

#include <algorithm>
#include <exception>

namespace lifeboat::phone {

namespace {

bool same_phone(const PhoneEntry& a, const PhoneEntry& b) {
    if (a.id.platform != b.id.platform) return false;
    const std::string& one = a.hardware.empty() ? a.id.serial : a.hardware;
    const std::string& other = b.hardware.empty() ? b.id.serial : b.hardware;
    return a.id == b.id || one == other;
}

void add(std::vector<PhoneEntry>& all, PhoneEntry entry) {
    const auto known =
        std::ranges::find_if(all, [&](const PhoneEntry& one) { return same_phone(one, entry); });
    if (known == all.end()) {
        all.push_back(std::move(entry));
    } else if (known->readiness != Readiness::ready && entry.readiness == Readiness::ready) {
        *known = std::move(entry);
    }
}

}  // namespace

JoinedBus::JoinedBus(std::vector<Part> parts, EventSink& events)
    : parts_(std::move(parts)), events_(events) {}

std::vector<PhoneEntry> JoinedBus::list(const std::stop_token& stop) {
    std::vector<PhoneEntry> out;
    std::exception_ptr first;
    for (const Part& part : parts_) {
        try {
            auto found = part.bus.list(stop);
            for (PhoneEntry& entry : found) add(out, std::move(entry));
        } catch (const Error& error) {
            if (!first) first = std::current_exception();
            events_.on(Noted{.severity = Severity::debug, .text = error.full_text()});
        }
    }
    if (out.empty() && first) std::rethrow_exception(first);
    return out;
}

std::unique_ptr<Phone> JoinedBus::connect(const PhoneId& id, const std::stop_token& stop) {
    // The first reason is told, unless a later bus knows this phone and has a better one.
    std::exception_ptr first;
    for (const Part& part : parts_) {
        if (part.platform != id.platform) continue;
        try {
            return part.bus.connect(id, stop);
        } catch (const Missing&) {
            if (!first) first = std::current_exception();
        } catch (const NotReady&) {
            first = std::current_exception();
        }
    }
    if (first) std::rethrow_exception(first);
    throw NotReady("no phone of this kind can be used here");
}

}  // namespace lifeboat::phone
