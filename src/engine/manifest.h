// The manifest of a snapshot: every file with its SHA-256, and every path that could not be read.
//
// It lies in the snapshot itself as `lifeboat/manifest.jsonl` (unknown JSON fields of restic's own
// records would not survive restic), one JSON object a line; the first line names the phone, a
// counter and the snapshot before, so that a place that hides or replays an old state shows.
#pragma once

#include "base/id.h"
#include "item/item.h"

#include <map>
#include <optional>
#include <set>
#include <string>

namespace lifeboat::engine {

struct ManifestEntry {
    uint64_t size = 0;
    TimePoint modified{};
    Digest sha256{};
    bool operator==(const ManifestEntry&) const = default;
};

struct Manifest {
    std::string device_key{};
    std::string model{};
    std::string os_version{};
    std::string build{};
    std::string previous_snapshot{};  // hex; empty for the first
    uint64_t counter = 1;
    TimePoint started{};
    std::map<ItemPath, ManifestEntry> files{};
    std::map<ItemPath, std::string> unreadable{};

    uint64_t bytes() const;
    bool operator==(const Manifest&) const = default;
};

// Where it lies in a snapshot, with all that is Lifeboat's own.
const ItemPath& manifest_path();
const ItemPath& records_folder();

std::string encode_manifest(const Manifest& manifest);

// Throws Corrupt naming the line.
Manifest decode_manifest(ByteView text);

// Files of the manifest that the snapshot does not have. Their data was lost, and a repair (ours or
// restic's) left them out. The manifest stays as it was: it says what the phone had, and a loss
// must not make itself unseen. Whoever counts what a backup holds asks for this as well.
std::set<ItemPath> left_out(const Manifest& manifest, const FileTree& tree);
inline constexpr const char* left_out_reason =
    "its data was lost, and a repair left it out of this backup";

// Nothing when the snapshot has none (restic made it). Throws Corrupt.
std::optional<Manifest> load_manifest(const FileTree& tree);

}  // namespace lifeboat::engine
