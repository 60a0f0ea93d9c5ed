// Property lists in both formats: what is read must survive being written and read again.
#include "base/error.h"
#include "plist/plist.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    namespace plist = lifeboat::plist;
    const lifeboat::ByteView bytes = std::as_bytes(std::span(data, size));
    const plist::Limits limits{.depth = 40, .values = 20'000, .bytes = 1 << 20};
    try {
        const plist::Value value = plist::read(bytes, limits);
        // Compared as bytes: a NaN is not equal to itself.
        const lifeboat::Bytes once = plist::write_binary(value);
        if (plist::write_binary(plist::read(once)) != once) std::abort();
        const std::string text = plist::write_xml(value);
        if (plist::write_xml(plist::read(lifeboat::as_bytes(text))) != text) std::abort();
    } catch (const lifeboat::Error&) {
        return 0;  // refused, as it should be
    }
    return 0;
}
