#include "base/bytes.h"
#include "base/error.h"
#include "repository/index.h"
#include "repository/index_file.h"

#include <algorithm>
#include <cstdint>
#include <span>

namespace lifeboat::repository {
namespace {

void try_index_file(const uint8_t* data, size_t size) {
    const std::string_view text = as_text(std::as_bytes(std::span(data, size)));
    Index index;
    try {
        decode_index(text, [&](IndexedPack&& pack) { index.add_pack(pack.id, pack.blobs); });
    } catch (const Corrupt&) {
    }
    index.for_each([&](size_t, size_t, const PackedBlob& blob) {
        if (!index.has(blob.id, blob.type)) __builtin_trap();
    });
}

}  // namespace
}  // namespace lifeboat::repository

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    lifeboat::repository::try_index_file(data, size);
    return 0;
}
