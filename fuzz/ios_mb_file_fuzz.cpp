// What Manifest.db says about a file: an archive whose objects name each other.
#include "base/error.h"
#include "content/ios_backup/mb_file.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    try {
        const auto file = lifeboat::content::read_mb_file(std::as_bytes(std::span(data, size)));
        if (file.size > uint64_t{INT64_MAX}) std::abort();
    } catch (const lifeboat::Error&) {
        return 0;  // refused
    }
    return 0;
}
