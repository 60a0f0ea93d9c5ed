// The tar in an Android backup: whatever it says, its entries are bounded, and what is pushed out
// stays below its folder.
#include "ab/archive.h"
#include "item/memory_items.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace lifeboat;
    const std::string_view tar(reinterpret_cast<const char*>(data), size);
    const std::string file = ab::header_text({.compressed = false}) + std::string(tar);
    const auto whole = [&] { return MemorySource(to_bytes(file)); };
    MemoryTree tree;
    const ItemPath out("out");
    try {
        MemorySource first = whole();
        const ab::Listing listing = ab::read_listing(first, SecretText());
        uint64_t bytes = listing.shared_bytes;
        for (const auto& [name, app] : listing.apps) bytes += app.bytes;
        if (bytes > size) std::abort();
        MemorySource second = whole();
        ab::push_archive(second, SecretText(), out, tree);
    } catch (const Error&) {
        return 0;  // refused
    }
    tree.list(ItemPath(), [&](const Item& item) {
        if (!item.path.is_within(out)) std::abort();
    });
    return 0;
}
