// What an iPhone's backup holds, in the phone's own names: written into the snapshot when it was
// opened and rehearsed, so that later questions (what is covered, what did the update lose) need
// no password and no decryption.
//
// It lies in the snapshot as `lifeboat/iphone.jsonl`, one JSON object a line.
#pragma once

#include "content/ios_backup/inventory.h"
#include "content/ios_backup/ios_backup.h"
#include "content/ios_backup/rehearsal.h"
#include "engine/manifest.h"

#include <map>
#include <optional>
#include <stop_token>
#include <string>

namespace lifeboat::engine {

// A file below the folder "Media", which the phone shows to every computer it trusts.
struct MediaFile {
    uint64_t size = 0;
    TimePoint modified{};
    ItemPath stored{};  // where its bytes are in the snapshot
    bool operator==(const MediaFile&) const = default;
};

struct IphoneContents {
    bool encrypted = false;
    uint64_t files = 0;          // in the whole backup
    uint64_t files_checked = 0;  // of those, decrypted and compared
    bool deep = false;           // all of them were
    std::map<ItemPath, MediaFile> media{};
    content::Inventory inventory{};
};

const ItemPath& iphone_contents_path();

IphoneContents contents_of(const content::IosBackup& backup,
                           const content::RehearsalReport& rehearsal, bool deep,
                           const std::stop_token& stop);

std::string encode_iphone_contents(const IphoneContents& contents);
// Throws Corrupt naming the line.
IphoneContents decode_iphone_contents(ByteView text);
// Nothing when the snapshot has none: another phone's, or one whose password was not known. Throws
// Corrupt.
std::optional<IphoneContents> load_iphone_contents(const FileTree& snapshot);

// The manifest as the phone's own inventory would have it, for the subtraction: media, without
// hashes, since the phone computes none.
Manifest media_manifest(const Manifest& raw, const IphoneContents& contents);

}  // namespace lifeboat::engine
