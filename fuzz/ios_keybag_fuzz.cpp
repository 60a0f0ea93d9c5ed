// The keybag of an encrypted backup: whatever it says, no key derivation is begun that takes hours.
#include "base/error.h"
#include "content/ios_backup/keybag.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    try {
        const auto bag = lifeboat::content::parse_keybag(std::as_bytes(std::span(data, size)));
        if (bag.iterations > 10'000'000 || bag.double_iterations > 100'000'000) std::abort();
        // Opening is tried where it costs next to nothing.
        if (bag.iterations > 100 || bag.double_iterations > 100) return 0;
        lifeboat::content::open_keybag(bag, lifeboat::SecretText("password"));
    } catch (const lifeboat::Error&) {
        return 0;  // refused
    }
    return 0;
}
