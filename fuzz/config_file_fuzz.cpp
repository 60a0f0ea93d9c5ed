#include "base/bytes.h"
#include "base/error.h"
#include "repository/snapshot_file.h"

#include <algorithm>
#include <cstdint>
#include <span>

namespace lifeboat::repository {
namespace {

void try_config_file(const uint8_t* data, size_t size) {
    const std::string_view text = as_text(std::as_bytes(std::span(data, size)));
    try {
        decode_config(text);
    } catch (const Corrupt&) {
    } catch (const Unsupported&) {
    }
}

}  // namespace
}  // namespace lifeboat::repository

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    lifeboat::repository::try_config_file(data, size);
    return 0;
}
