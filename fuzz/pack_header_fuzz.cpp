#include "base/bytes.h"
#include "base/error.h"
#include "repository/pack.h"

#include <algorithm>
#include <cstdint>
#include <span>

namespace lifeboat::repository {
namespace {

void try_pack_header(const uint8_t* data, size_t size) {
    const ByteView bytes = std::as_bytes(std::span(data, size));
    try {
        const auto blobs = decode_pack_header(bytes);
        if (to_text(encode_pack_header(blobs)) != as_text(bytes)) __builtin_trap();
    } catch (const Corrupt&) {
    }
    try {
        find_pack_header(size, bytes.last(std::min<size_t>(4, size)));
    } catch (const Corrupt&) {
    }
}

}  // namespace
}  // namespace lifeboat::repository

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    lifeboat::repository::try_pack_header(data, size);
    return 0;
}
