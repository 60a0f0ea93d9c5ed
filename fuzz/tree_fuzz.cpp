#include "base/bytes.h"
#include "base/error.h"
#include "repository/tree.h"

#include <algorithm>
#include <cstdint>
#include <span>

namespace lifeboat::repository {
namespace {

void try_tree(const uint8_t* data, size_t size) {
    const std::string_view text = as_text(std::as_bytes(std::span(data, size)));
    try {
        // Bad UTF-8 is replaced once; after that all stays as it is.
        const std::string once = encode_tree(decode_tree(encode_tree(decode_tree(text))));
        if (encode_tree(decode_tree(once)) != once) __builtin_trap();
    } catch (const Corrupt&) {
    }
}

}  // namespace
}  // namespace lifeboat::repository

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    lifeboat::repository::try_tree(data, size);
    return 0;
}
