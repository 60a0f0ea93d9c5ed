#include "content/ios_backup/manifest_index.h"

#include "base/error.h"
#include "base/hex.h"
#include "base/text.h"

#include <algorithm>
#include <limits>
#include <unordered_map>

namespace lifeboat::content {
namespace {

// Twenty times the largest backup ever reported.
constexpr uint64_t most_rows = 20'000'000;
constexpr size_t most_bad_rows_named = 1000;
constexpr size_t most_name_bytes = std::numeric_limits<uint32_t>::max();

constexpr uint32_t kind_bits = 0170000;
constexpr uint32_t kind_folder = 0040000;
constexpr uint32_t kind_file = 0100000;
constexpr uint32_t kind_link = 0120000;

// Some writers leave the flags 0: the mode knows as well.
std::optional<ItemKind> kind_of(int64_t flags, uint32_t mode) {
    switch (flags) {
        case 1:
            return ItemKind::file;
        case 2:
            return ItemKind::folder;
        case 4:
            return ItemKind::symlink;
        default:
            break;
    }
    switch (mode & kind_bits) {
        case kind_file:
            return ItemKind::file;
        case kind_folder:
            return ItemKind::folder;
        case kind_link:
            return ItemKind::symlink;
        default:
            return std::nullopt;
    }
}

std::optional<crypto::Sha1Value> id_from(std::string_view text) {
    const auto bytes = from_hex(text);
    crypto::Sha1Value id{};
    if (!bytes || bytes->size() != id.size()) return std::nullopt;
    std::ranges::copy(*bytes, id.begin());
    return id;
}

// What does not fit nanoseconds since 1970 is no date of a file; 1970 says so.
TimePoint time_of(int64_t seconds) {
    constexpr int64_t most = 9'200'000'000;
    if (seconds > most || seconds < -most) return {};
    return TimePoint(std::chrono::seconds(seconds));
}

}  // namespace

class ManifestIndexBuilder {
public:
    ManifestIndexBuilder() {
        folders_.emplace("", 0);
        folder_entry_.push_back(0);
    }

    void add_row(const Rows& row) {
        if (++index_.rows_ > most_rows) throw Corrupt("Manifest.db has too many files");
        const std::string_view domain = row.text(1);
        const std::string_view relative = row.text(2);
        std::string path(domain);
        if (!relative.empty()) path.append("/").append(relative);
        // A domain is one name: a slash in it could only be meant to mislead.
        const auto parsed = ItemPath::parse(path);
        const auto id = id_from(row.text(0));
        if (!ItemPath::is_valid_part(domain) || !parsed)
            return bad(path, "its name is not allowed");
        if (!id) return bad(path, "its file has no proper name in the backup");
        try {
            add(*parsed, *id, row.integer(3), read_mb_file(row.blob(4)));
        } catch (const Corrupt& error) {
            bad(path, error.message());  // one bad row must not hide a million good ones
        }
    }

    ManifestIndex finish() {
        std::unordered_map<std::string, uint32_t>().swap(folders_);
        auto& entries = index_.entries_;
        std::ranges::stable_sort(entries, [this](const ManifestEntry& a, const ManifestEntry& b) {
            if (a.parent != b.parent) return a.parent < b.parent;
            const auto order = index_.name(a).compare(index_.name(b));
            if (order != 0) return order < 0;
            return a.folder != 0 && b.folder == 0;  // what others lie in wins
        });
        drop_doubles();
        index_.first_.assign(folder_entry_.size() + 1, static_cast<uint32_t>(entries.size()));
        index_.own_entry_.assign(folder_entry_.size(), 0);
        for (uint32_t i = static_cast<uint32_t>(entries.size()); i-- > 0;) {
            index_.first_[entries[i].parent] = i;
            if (entries[i].folder != 0) index_.own_entry_[entries[i].folder] = i;
        }
        // An empty folder's range begins where the next one's does.
        for (size_t f = folder_entry_.size(); f-- > 0;) {
            index_.first_[f] = std::min(index_.first_[f], index_.first_[f + 1]);
        }
        return std::move(index_);
    }

private:
    void bad(std::string_view path, std::string why) {
        ++index_.bad_row_count_;
        if (index_.bad_rows_.size() < most_bad_rows_named) {
            index_.bad_rows_.push_back({.name = printable(path), .why = std::move(why)});
        }
    }

    void add(const ItemPath& path, const crypto::Sha1Value& id, int64_t flags, const MbFile& file) {
        const auto kind = kind_of(flags, file.mode);
        if (!kind) return bad(path.text(), "it is neither file nor folder nor link");
        ManifestEntry entry{.id = id,
                            .size = *kind == ItemKind::file ? file.size : 0,
                            .modified = file.modified,
                            .mode = file.mode,
                            .kind = *kind,
                            .protection_class = static_cast<uint8_t>(
                                std::min<uint32_t>(file.protection_class, 255))};
        if (*kind == ItemKind::folder) {
            ManifestEntry& own = index_.entries_[folder_entry_[folder(path)]];
            own.id = id;
            own.modified = file.modified;
            own.mode = file.mode;
            own.protection_class = entry.protection_class;
            return;
        }
        if (!file.link_target.empty()) {
            index_.links_.push_back(file.link_target);
            entry.link = static_cast<uint32_t>(index_.links_.size());
        }
        push(path, entry);
    }

    // The number of a folder; it and those above it are made when they have had no row yet.
    uint32_t folder(const ItemPath& path) {
        const auto known = folders_.find(path.text());
        if (known != folders_.end()) return known->second;
        std::vector<ItemPath> missing;
        ItemPath up = path;
        while (!folders_.contains(up.text())) {
            missing.push_back(up);
            up = up.parent();
        }
        uint32_t number = 0;
        while (!missing.empty()) {
            number = static_cast<uint32_t>(folder_entry_.size());
            folders_.emplace(missing.back().text(), number);
            folder_entry_.push_back(static_cast<uint32_t>(index_.entries_.size()));
            push(missing.back(),
                 {.mode = kind_folder | 0755, .folder = number, .kind = ItemKind::folder});
            missing.pop_back();
        }
        return number;
    }

    void push(const ItemPath& path, ManifestEntry entry) {
        const ItemPath up = path.parent();
        // For a folder that was just numbered, its parent is known already.
        const std::string_view name = path.name();
        if (index_.names_.size() + name.size() > most_name_bytes) {
            throw Unsupported("Manifest.db has more names than this program can hold");
        }
        if (entry.folder != 0) {
            entry.parent = folders_.at(up.text());
        } else {
            entry.parent = folder(up);
        }
        entry.name_at = static_cast<uint32_t>(index_.names_.size());
        entry.name_size = static_cast<uint8_t>(name.size());
        index_.names_.append(name);
        index_.entries_.push_back(entry);
    }

    void drop_doubles() {
        auto& entries = index_.entries_;
        size_t kept = 0;
        for (size_t i = 0; i < entries.size(); ++i) {
            const bool again = kept > 0 && entries[kept - 1].parent == entries[i].parent &&
                               index_.name(entries[kept - 1]) == index_.name(entries[i]);
            if (again) {
                bad(index_.name(entries[i]), "its name stands twice in one folder");
            } else {
                entries[kept++] = entries[i];
            }
        }
        entries.resize(kept);
    }

    ManifestIndex index_;
    std::unordered_map<std::string, uint32_t> folders_;  // number by path
    std::vector<uint32_t> folder_entry_;                 // place among the entries by number
};

ManifestIndex ManifestIndex::read(const Database& manifest, const std::stop_token& stop) {
    for (const char* column : {"fileID", "domain", "relativePath", "flags", "file"}) {
        if (!manifest.has_column("Files", column)) {
            throw Corrupt(std::string("Manifest.db has no column Files.") + column);
        }
    }
    ManifestIndexBuilder builder;
    Rows rows = manifest.query("SELECT fileID, domain, relativePath, flags, file FROM Files");
    while (rows.next()) {
        if (stop.stop_requested()) throw Cancelled();
        builder.add_row(rows);
    }
    return builder.finish();
}

std::span<const ManifestEntry> ManifestIndex::children(uint32_t folder) const {
    return std::span(entries_).subspan(first_[folder], first_[folder + 1] - first_[folder]);
}

const ManifestEntry* ManifestIndex::child(uint32_t folder, std::string_view wanted) const {
    const auto all = children(folder);
    const auto found = std::ranges::lower_bound(
        all, wanted, {}, [this](const ManifestEntry& entry) { return name(entry); });
    return found == all.end() || name(*found) != wanted ? nullptr : &*found;
}

const ManifestEntry* ManifestIndex::find(const ItemPath& path) const {
    const ManifestEntry* at = nullptr;
    for (const std::string_view part : path.parts()) {
        if (at != nullptr && at->folder == 0) return nullptr;
        at = child(at == nullptr ? 0 : at->folder, part);
        if (at == nullptr) return nullptr;
    }
    return at;
}

const std::string& ManifestIndex::link_target(const ManifestEntry& entry) const {
    static const std::string none;
    return entry.link == 0 ? none : links_[entry.link - 1];
}

Item ManifestIndex::item(const ManifestEntry& entry, ItemPath path) const {
    return {.path = std::move(path),
            .kind = entry.kind,
            .size = entry.size,
            .mode = entry.mode & 07777,
            .modified = time_of(entry.modified),
            .link_target = link_target(entry)};
}

ItemPath ManifestIndex::path(const ManifestEntry& entry) const {
    std::string text(name(entry));
    for (uint32_t folder = entry.parent; folder != 0;) {
        const ManifestEntry& up = entries_[own_entry_[folder]];
        text = std::string(name(up)) + "/" + text;
        folder = up.parent;
    }
    return ItemPath(text);
}

}  // namespace lifeboat::content
