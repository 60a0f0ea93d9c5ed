#include "base/bytes.h"
#include "base/error.h"
#include "repository/key_file.h"

#include <algorithm>
#include <cstdint>
#include <span>

namespace lifeboat::repository {
namespace {

void try_key_file(const uint8_t* data, size_t size) {
    const std::string_view text = as_text(std::as_bytes(std::span(data, size)));
    try {
        decode_key_file(text);
    } catch (const Corrupt&) {
    } catch (const Unsupported&) {
    }
    try {
        decode_master_key(text);
    } catch (const Corrupt&) {
    }
}

}  // namespace
}  // namespace lifeboat::repository

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    lifeboat::repository::try_key_file(data, size);
    return 0;
}
