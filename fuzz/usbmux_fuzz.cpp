// Messages of the usbmux daemon, one behind another.
#include "base/error.h"
#include "phone/ios/usbmux_wire.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {

namespace ios = lifeboat::phone::ios;

// A message made again from what was read must be read as the same.
void check(const lifeboat::plist::Dict& body) {
    ios::usbmux_result_of(body);
    const ios::MuxDevice device = ios::parse_attached(body);
    if (!(ios::parse_attached(ios::attached_body(device)) == device)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    lifeboat::ByteView rest = std::as_bytes(std::span(data, size));
    try {
        while (rest.size() >= ios::usbmux_header_size) {
            const auto header = ios::parse_usbmux_header(rest.first(ios::usbmux_header_size));
            rest = rest.subspan(ios::usbmux_header_size);
            if (header.body_size() > rest.size()) return 0;
            const auto body = ios::parse_usbmux_body(header, rest.first(header.body_size()));
            rest = rest.subspan(header.body_size());
            check(body);
        }
    } catch (const lifeboat::Error&) {
        return 0;  // refused, as it should be
    }
    return 0;
}
