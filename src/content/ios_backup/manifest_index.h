// The names in Manifest.db as a tree in memory: about a hundred bytes for each of a million files.
#pragma once

#include "content/ios_backup/database.h"
#include "content/ios_backup/mb_file.h"
#include "crypto/sha1.h"
#include "item/item.h"

#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::content {

struct ManifestEntry {
    crypto::Sha1Value id{};  // the name of its bytes in the backup; zero for what has no row
    uint64_t size = 0;
    int64_t modified = 0;  // seconds since 1970
    uint32_t mode = 0;
    uint32_t parent = 0;  // number of the folder it is in
    uint32_t folder = 0;  // its own number as a folder; 0 for all else
    uint32_t name_at = 0;
    uint32_t link = 0;  // number of its target, from 1
    uint8_t name_size = 0;
    ItemKind kind = ItemKind::file;
    uint8_t protection_class = 0;
};

// A row that cannot be shown, and why.
struct BadRow {
    std::string name{};  // as much as can be told; printable
    std::string why{};
};

class ManifestIndex {
public:
    // Reads every row. Throws Corrupt when the table is not there, Cancelled.
    static ManifestIndex read(const Database& manifest, const std::stop_token& stop);

    // The root (domains are its children) has no entry of its own: the number of its folder is 0.
    std::span<const ManifestEntry> children(uint32_t folder) const;
    const ManifestEntry* find(const ItemPath& path) const;
    std::string_view name(const ManifestEntry& entry) const {
        return std::string_view(names_).substr(entry.name_at, entry.name_size);
    }
    const std::string& link_target(const ManifestEntry& entry) const;
    Item item(const ManifestEntry& entry, ItemPath path) const;
    ItemPath path(const ManifestEntry& entry) const;

    std::span<const ManifestEntry> entries() const { return entries_; }  // sorted by folder, name
    uint64_t rows() const { return rows_; }
    // All of them counted, the first thousand named.
    uint64_t bad_row_count() const { return bad_row_count_; }
    const std::vector<BadRow>& bad_rows() const { return bad_rows_; }

private:
    friend class ManifestIndexBuilder;

    const ManifestEntry* child(uint32_t folder, std::string_view name) const;

    std::vector<ManifestEntry> entries_;
    std::vector<uint32_t> first_;      // of each folder's entries; one more at the end
    std::vector<uint32_t> own_entry_;  // of each folder
    std::vector<std::string> links_;
    std::string names_;
    std::vector<BadRow> bad_rows_;
    uint64_t bad_row_count_ = 0;
    uint64_t rows_ = 0;
};

}  // namespace lifeboat::content
