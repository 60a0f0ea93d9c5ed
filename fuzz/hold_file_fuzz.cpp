#include "base/bytes.h"
#include "base/error.h"
#include "repository/hold_file.h"

#include <cstdint>
#include <cstdlib>
#include <span>

namespace lifeboat::repository {
namespace {

// What is read is written and read again alike.
void try_hold(const uint8_t* data, size_t size) {
    const std::string_view text = as_text(std::as_bytes(std::span(data, size)));
    try {
        const Hold hold = decode_hold(text);
        const Hold again = decode_hold(encode_hold(hold));
        if (again.file != hold.file || again.snapshot.id != hold.snapshot.id) std::abort();
    } catch (const Corrupt&) {
    }
}

}  // namespace
}  // namespace lifeboat::repository

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    lifeboat::repository::try_hold(data, size);
    return 0;
}
