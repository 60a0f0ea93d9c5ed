#include "phone/joined_bus.h"

#include <algorithm>
#include <exception>

namespace lifeboat::phone {

JoinedBus::JoinedBus(std::vector<Part> parts, EventSink& events)
    : parts_(std::move(parts)), events_(events) {}

std::vector<PhoneEntry> JoinedBus::list(const std::stop_token& stop) {
    std::vector<PhoneEntry> out;
    std::exception_ptr first;
    for (const Part& part : parts_) {
        try {
            auto found = part.bus.list(stop);
            std::ranges::move(found, std::back_inserter(out));
        } catch (const Error& error) {
            if (!first) first = std::current_exception();
            events_.on(Noted{.severity = Severity::debug, .text = error.full_text()});
        }
    }
    if (out.empty() && first) std::rethrow_exception(first);
    return out;
}

std::unique_ptr<Phone> JoinedBus::connect(const PhoneId& id, const std::stop_token& stop) {
    const auto part = std::ranges::find(parts_, id.platform, &Part::platform);
    if (part == parts_.end()) throw NotReady("no phone of this kind can be used here");
    return part->bus.connect(id, stop);
}

}  // namespace lifeboat::phone
