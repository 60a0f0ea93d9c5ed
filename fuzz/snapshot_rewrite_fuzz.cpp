#include "base/bytes.h"
#include "base/error.h"
#include "repository/snapshot_file.h"
#include "repository/snapshot_rewrite.h"

#include <cstdint>
#include <span>

namespace lifeboat::repository {
namespace {

// What is rewritten must still be a snapshot, with what was changed as it was wished; a second
// rewriting of the same kind changes nothing any more.
void try_rewrite(const uint8_t* data, size_t size) {
    const std::string_view text = as_text(std::as_bytes(std::span(data, size)));
    Snapshot before;
    try {
        before = decode_snapshot(text);
        snapshot_kin(text);
    } catch (const Corrupt&) {
        return;
    }
    const BlobId tree{.value = {std::byte{7}}};
    const SnapshotChange change{.tree = tree,
                                .tags = std::vector<std::string>{"repaired"},
                                .original = SnapshotId{.value = {std::byte{9}}},
                                .drop_parent = true};
    const std::string once = rewrite_snapshot(text, change);
    const Snapshot after = decode_snapshot(once);
    if (after.tree != tree || after.tags != change.tags || after.parent) __builtin_trap();
    if (after.time != before.time || after.hostname != before.hostname) __builtin_trap();
    if (!snapshot_kin(once).original) __builtin_trap();
    const std::string twice = rewrite_snapshot(once, change);
    if (snapshot_kin(twice) != snapshot_kin(once)) __builtin_trap();
    if (encode_snapshot(decode_snapshot(twice)) != encode_snapshot(after)) __builtin_trap();
}

}  // namespace
}  // namespace lifeboat::repository

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    lifeboat::repository::try_rewrite(data, size);
    return 0;
}
