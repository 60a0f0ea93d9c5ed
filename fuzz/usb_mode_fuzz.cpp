// What a device says of itself on USB: vendor, product and serial, a line each.
#include "base/text.h"
#include "phone/ios/usb_mode.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    namespace ios = lifeboat::phone::ios;
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast)
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto parts = lifeboat::split(text, '\n');
    if (parts.size() < 3) return 0;
    const auto mode = ios::usb_mode(parts[0], parts[1]);
    if (mode && parts[1].size() > 4) std::abort();
    const std::string_view serial = parts[2];
    if (ios::ecid_in_serial(serial) && serial.find("ECID:") == std::string_view::npos) std::abort();
    if (ios::ecid_in_udid(serial) && serial.size() != 25) std::abort();
    return 0;
}
