// The three lists beside a backup. The first byte says which one.
#include "base/error.h"
#include "content/ios_backup/backup_plists.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size < 1) return 0;
    const auto bytes = std::as_bytes(std::span(data, size)).subspan(1);
    try {
        if (data[0] == 'm') {
            const auto list = lifeboat::content::read_manifest_plist(bytes);
            if (list.encrypted && list.keybag.empty()) std::abort();
        } else if (data[0] == 's') {
            lifeboat::content::read_status_plist(bytes);
        } else {
            lifeboat::content::read_info_plist(bytes);
        }
    } catch (const lifeboat::Error&) {
        return 0;  // refused
    }
    return 0;
}
