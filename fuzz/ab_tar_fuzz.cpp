// The tar in an Android backup: whatever it says, its entries are bounded, what is pushed out stays
// below its folder, and what is shown as a tree can be read.
#include "ab/archive_tree.h"
#include "crypto/sha256.h"
#include "item/memory_items.h"

#include <cstdint>
#include <cstdlib>

namespace {

using namespace lifeboat;

// A damaged one is a tree, too: all that it shows is there, and is what it says.
void look_at_tree(const std::string& file) {
    const ab::ArchiveTree tree([&] { return std::make_unique<MemorySource>(to_bytes(file)); },
                               SecretText());
    walk(tree, ItemPath(), [&](const Item& item) {
        if (item.kind != ItemKind::file) return;
        const Bytes content = read_all(*tree.open(item.path), file.size());
        if (content.size() != item.size) std::abort();
        if (crypto::sha256(content) != tree.digest(item.path).value) std::abort();
    });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view tar(reinterpret_cast<const char*>(data), size);
    const std::string file = ab::header_text({.compressed = false}) + std::string(tar);
    const auto whole = [&] { return MemorySource(to_bytes(file)); };
    look_at_tree(file);
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
