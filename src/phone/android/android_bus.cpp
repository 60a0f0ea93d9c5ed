#include "phone/android/android_bus.h"

#include "base/text.h"

#include <fmt/format.h>

namespace lifeboat::phone::android {

AndroidBus::AndroidBus(AdbSettings settings, sys::Process& process, sys::Clock& clock,
                       AndroidOptions options)
    : server_(std::move(settings), process), clock_(clock), options_(options) {}

std::vector<PhoneEntry> AndroidBus::list(const std::stop_token& stop) {
    std::vector<PhoneEntry> out;
    for (const DeviceLine& line : server_.devices(stop)) {
        out.push_back({.id = {.platform = Platform::android, .serial = line.serial},
                       .model = line.model,
                       .readiness = readiness_of(line.state),
                       .instruction = instruction_for(line.state)});
    }
    return out;
}

std::unique_ptr<Phone> AndroidBus::connect(const PhoneId& id, const std::stop_token& stop) {
    const std::string shown = printable(id.serial);
    for (const DeviceLine& line : server_.devices(stop)) {
        if (line.serial != id.serial) continue;
        if (readiness_of(line.state) == Readiness::ready) {
            return std::make_unique<AndroidPhone>(server_, id.serial, clock_, options_, stop);
        }
        throw NotReady(fmt::format("the phone {} is not ready: {}", shown, printable(line.state)),
                       instruction_for(line.state));
    }
    throw NotReady(fmt::format("the phone {} is not connected", shown),
                   "Plug the phone in, unlock it and run this again.");
}

}  // namespace lifeboat::phone::android
