#include "repository/statistics.h"

#include "base/error.h"
#include "repository/entry_bits.h"
#include "repository/open_repository.h"
#include "repository/prune_mark.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_set>

namespace lifeboat::repository {

namespace {

using Digests = std::unordered_set<Digest, IdHash>;

// Who needs an index entry: nobody, one backup (its number + 1), or several.
constexpr uint32_t nobody = 0;
constexpr uint32_t several = UINT32_MAX;
constexpr size_t none = SIZE_MAX;

Digest content_hash(const Node& node) {
    Bytes ids;
    ids.reserve(node.content.size() * sizeof(Digest));
    for (const BlobId& id : node.content) append(ids, id.bytes());
    return {crypto::sha256(ids)};
}

class Counting {
public:
    Counting(Store& store, const StatisticsOptions& options, EventSink& events,
             std::stop_token stop)
        : store_(store), options_(options), events_(events), stop_(std::move(stop)) {
        const size_t entries =
            store_.with_index(stop_, [](const Index& index) { return index.entry_count(); });
        owners_.resize(entries, nobody);
        seen_by_.resize(entries, nobody);
    }

    void count(const std::vector<Snapshot>& snapshots) {
        figures_.snapshots.reserve(snapshots.size());
        for (size_t i = 0; i < snapshots.size(); ++i) {
            figures_.snapshots.push_back({.id = snapshots[i].id});
            number_ = i;
            now_ = &figures_.snapshots.back().content;
            hard_links_.clear();
            here_.clear();
            folders(snapshots[i].tree);
            events_.on(Progress{.phase = "count",
                                .place = {},
                                .items_done = i + 1,
                                .items_total = snapshots.size()});
        }
        count_only_here();
    }

    // Marks what backups that are not counted need, so that it is not taken for unused.
    void mark_others(const std::vector<Snapshot>& others) {
        EntryBits used(owners_.size());
        std::vector<MarkRoot> roots;
        for (const Snapshot& one : others) roots.push_back({one.tree, one.id.hex()});
        try {
            mark_used(
                store_, roots, used, [] {}, stop_);
        } catch (const Corrupt& damage) {
            events_.on(Noted{Severity::warning,
                             "What other backups need is not known, and counts "
                             "as unused: " +
                                 damage.message()});
        }
        for (size_t i = 0; i < owners_.size(); ++i) {
            if (used.test(i)) owners_[i] = several;
        }
    }

    void count_storage();
    Statistics take() { return std::move(figures_); }

private:
    struct Folder {  // of the way down to where the count is
        std::string path{};
        std::shared_ptr<const Tree> tree{};
        size_t next = 0;
    };

    void folders(const BlobId& root) {
        std::vector<Folder> open;
        enter(open, root, std::string());
        while (!open.empty()) {
            if (stop_.stop_requested()) throw Cancelled{};
            Folder& folder = open.back();
            if (folder.next == folder.tree->size()) {
                open.pop_back();
                continue;
            }
            const Node& node = (*folder.tree)[folder.next++];
            const std::string below =
                folder.path.empty() ? node.name : folder.path + "/" + node.name;
            entry(node, below);
            if (node.type == NodeType::dir) enter(open, node.subtree, below);
        }
    }

    void enter(std::vector<Folder>& open, const BlobId& id, const std::string& path) {
        piece(id, BlobType::tree);
        // Deeper than any path that can be used: a hostile tree must not take all memory.
        if (path.size() > ItemPath::max_length) {
            add(&ContentFigures::unreadable_folders, 1);
            return;
        }
        try {
            open.push_back({.path = path, .tree = store_.load_tree(id, stop_)});
        } catch (const Corrupt& damage) {
            add(&ContentFigures::unreadable_folders, 1);
            events_.on(Noted{Severity::warning, damage.message()});
        }
    }

    void add(uint64_t ContentFigures::*figure, uint64_t amount) {
        now_->*figure += amount;
        figures_.all.*figure += amount;
    }

    void entry(const Node& node, const std::string& path) {
        const bool file = node.type == NodeType::file;
        add(file
                ? &ContentFigures::files
                : (node.type == NodeType::dir ? &ContentFigures::folders : &ContentFigures::others),
            1);
        if (file) {
            add(&ContentFigures::bytes, node.size);
            if (options_.each_file) options_.each_file(number_, path, node.size);
        }
        add(&ContentFigures::restore_entries, 1);
        // Only nodes that restic made have an inode; 0 is none.
        const uint64_t inode = node.extras != nullptr ? node.extras->inode : 0;
        if (inode == 0 || hard_links_.insert(inode).second) {
            add(&ContentFigures::restore_bytes, node.size);
        }
        const Digest content = content_hash(node);
        if (here_.insert(content).second) {
            ++now_->different_files;
            now_->different_bytes += node.size;
        }
        if (everywhere_.insert(content).second) {
            ++figures_.all.different_files;
            figures_.all.different_bytes += node.size;
            if (options_.pieces_per_file) pieces_of(node, path);
        }
        for (const BlobId& id : node.content) piece(id, BlobType::data);
    }

    void pieces_of(const Node& node, const std::string& path) {
        if (node.content.empty()) return;
        std::set<BlobId>& known = by_path_[path];
        if (known.empty()) ++figures_.all.piece_files;
        for (const BlobId& id : node.content) {
            if (!known.insert(id).second) continue;
            ++figures_.all.pieces_of_files;
            const auto place = store_.with_index(
                stop_, [&](const Index& index) { return index.place(id, BlobType::data); });
            if (place) figures_.all.piece_bytes += place->blob.plain_length();
        }
    }

    void piece(const BlobId& id, BlobType type) {
        struct Known {
            size_t entry = none;
            BlobPlace place{};
        };
        const Known known = store_.with_index(stop_, [&](const Index& index) {
            const auto entries = index.entries(id, type);
            if (entries.empty() || entries.front() >= owners_.size()) return Known{};
            return Known{entries.front(), *index.place(id, type)};
        });
        if (known.entry == none) {
            add(&ContentFigures::missing_pieces, 1);
            return;
        }
        const auto me = static_cast<uint32_t>(number_ + 1);
        uint32_t& seen = seen_by_[known.entry];
        uint32_t& owner = owners_[known.entry];
        if (seen == me) return;
        count_piece(*now_, known.place.blob);
        if (seen == nobody) count_piece(figures_.all, known.place.blob);
        owner = owner == nobody && seen == nobody ? me : several;
        seen = me;
    }

    static void count_piece(ContentFigures& figures, const PackedBlob& blob) {
        ++figures.pieces;
        figures.raw_bytes += blob.plain_length();
        figures.stored_bytes += blob.length;
    }

    void count_only_here() {
        store_.with_index(stop_, [&](const Index& index) {
            index.for_each([&](size_t, size_t entry, const PackedBlob& blob) {
                if (entry >= owners_.size()) return;
                const uint32_t owner = owners_[entry];
                if (owner == nobody || owner == several) return;
                SnapshotFigures& one = figures_.snapshots[owner - 1];
                ++one.pieces_only_here;
                one.stored_bytes_only_here += blob.length;
            });
        });
    }

    Store& store_;
    const StatisticsOptions& options_;
    EventSink& events_;
    std::stop_token stop_;
    Statistics figures_{};
    size_t number_ = 0;               // of the backup that is counted
    ContentFigures* now_ = nullptr;   // its figures
    std::vector<uint32_t> owners_{};  // by index entry; with seen_by_ 8 bytes a blob
    std::vector<uint32_t> seen_by_{};
    std::unordered_set<uint64_t> hard_links_{};  // inodes of this backup
    Digests here_{}, everywhere_{};
    std::map<std::string, std::set<BlobId>> by_path_{};
};

void Counting::count_storage() {
    StorageFigures& to = figures_.storage;
    std::set<PackId> present;
    const auto each = [&](const std::string& name, uint64_t size) {
        if (name.starts_with("data/")) {
            const auto id = PackId::parse(std::string_view(name).substr(name.rfind('/') + 1));
            if (!id || !present.insert(*id).second) return;
            ++to.packs;
            to.pack_bytes += size;
            const bool known =
                store_.with_index(stop_, [&](const Index& index) { return index.knows_pack(*id); });
            if (!known) {
                ++to.orphans;
                to.orphan_bytes += size;
            }
        } else if (name.starts_with("index/")) {
            ++to.index_files;
            to.index_bytes += size;
        } else if (name.starts_with("parity/")) {
            ++to.parity_files;
            to.parity_bytes += size;
        } else {
            to.other_bytes += size;
        }
    };
    store_.backend().list("", each, stop_);
    store_.with_index(stop_, [&](const Index& index) {
        to.index_memory = index.memory();
        for (size_t i = 0; i < index.pack_count(); ++i) {
            if (!present.contains(index.pack_id(i))) ++to.missing_packs;
        }
        index.for_each([&](size_t, size_t entry, const PackedBlob& blob) {
            ++to.pieces_indexed;
            // The first entry of a blob stands for all: further ones are copies.
            const size_t first = index.entries(blob.id, blob.type).front();
            const bool used = first < owners_.size() && owners_[first] != nobody;
            if (!used)
                to.unused_bytes += blob.length;
            else if (entry == first)
                to.used_bytes += blob.length;
            else
                to.duplicate_bytes += blob.length;
        });
    });
}

}  // namespace

Statistics statistics(Repository& repository, const std::vector<Snapshot>& snapshots,
                      const StatisticsOptions& options, EventSink& events,
                      const std::stop_token& stop) {
    Store& store = dynamic_cast<OpenRepository&>(repository).store();
    const auto held = repository.hold_to_read(stop);
    std::vector<Snapshot> others;
    for (Snapshot& one : repository.snapshots(stop)) {
        const bool counted = std::any_of(snapshots.begin(), snapshots.end(),
                                         [&](const Snapshot& s) { return s.id == one.id; });
        if (!counted) others.push_back(std::move(one));
    }
    store.refresh_index(stop);
    Counting counting(store, options, events, stop);
    if (!others.empty()) counting.mark_others(others);
    counting.count(snapshots);
    counting.count_storage();
    return counting.take();
}

}  // namespace lifeboat::repository
