#include "base/text.h"
#include "phone/phone.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::phone {
namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return out;
}

bool fits(const PhoneEntry& entry, const std::string& wanted) {
    return wanted.empty() || lower(entry.id.serial) == lower(wanted) ||
           lower(entry.model) == lower(wanted);
}

std::string listed(const std::vector<PhoneEntry>& entries) {
    std::string out;
    for (const PhoneEntry& entry : entries) {
        if (!out.empty()) out += ", ";
        out +=
            printable(entry.model.empty() ? entry.id.serial
                                          : fmt::format("{} ({})", entry.model, entry.id.serial));
    }
    return out;
}

[[noreturn]] void throw_none(const std::vector<PhoneEntry>& all, const std::string& wanted) {
    if (all.empty()) {
        throw NotReady("no phone is connected",
                       "Plug the phone in with a cable that carries data and unlock it. Android: "
                       "turn on USB debugging in its developer options. iPhone: run "
                       "`lifeboat phone pair`.");
    }
    throw NotReady(
        fmt::format("there is no phone \"{}\"; connected: {}", printable(wanted), listed(all)),
        "Name one of the connected phones, or plug in the one you mean.");
}

}  // namespace

PhoneEntry find_one(PhoneBus& bus, const std::string& wanted, const std::stop_token& stop) {
    const auto all = bus.list(stop);
    std::vector<PhoneEntry> fitting;
    std::copy_if(all.begin(), all.end(), std::back_inserter(fitting),
                 [&](const PhoneEntry& entry) { return fits(entry, wanted); });
    if (fitting.empty()) throw_none(all, wanted);
    if (fitting.size() > 1) {
        throw Misuse(fmt::format("several phones fit: {}", listed(fitting)),
                     "Say which one: use its serial number.");
    }
    return fitting.front();
}

PhoneEntry choose(PhoneBus& bus, const std::string& wanted, const std::stop_token& stop) {
    PhoneEntry one = find_one(bus, wanted, stop);
    if (one.readiness != Readiness::ready) {
        throw NotReady(fmt::format("the phone {} is not ready", listed({one})), one.instruction);
    }
    return one;
}

}  // namespace lifeboat::phone
