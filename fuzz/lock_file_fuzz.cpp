#include "base/bytes.h"
#include "base/error.h"
#include "repository/lock.h"

#include <algorithm>
#include <cstdint>
#include <span>

namespace lifeboat::repository {
namespace {

void try_lock_file(const uint8_t* data, size_t size) {
    const std::string_view text = as_text(std::as_bytes(std::span(data, size)));
    try {
        decode_lock(text);
    } catch (const Corrupt&) {
    }
}

}  // namespace
}  // namespace lifeboat::repository

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    lifeboat::repository::try_lock_file(data, size);
    return 0;
}
