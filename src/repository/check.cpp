#include "repository/check.h"

#include "base/error.h"
#include "base/text.h"
#include "repository/key_file.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::repository {

namespace {

constexpr uint64_t not_listed = UINT64_MAX;

}  // namespace

CheckReport Checker::check() {
    events_.on(PhaseStarted{check_phase, store_.backend().where()});
    // Snapshots before indexes: one that is written meanwhile would look as if its blobs were lost.
    const auto snapshots = check_snapshots();
    check_keys();
    check_indexes();
    check_pack_files();
    if (part_ != nullptr && part_->snapshot) {
        for (const Snapshot& snapshot : snapshots) find_needed(snapshot);
    }
    if (options_.read_data) read_packs();
    check_parity();
    if (options_.find_affected_files) {
        for (const Snapshot& snapshot : snapshots) {
            find_whole_trees(snapshot.tree);
            if (!is_whole(snapshot.tree)) report_affected(snapshot);
        }
    }
    report_healed();
    events_.on(PhaseEnded{check_phase, store_.backend().where()});
    return findings_.with([](Findings& f) { return std::move(f.report); });
}

void Checker::damage(const std::string& file, const std::string& problem) {
    findings_.with([&](Findings& f) { f.report.damages.push_back({file, problem}); });
}

void Checker::hint(const std::string& text) {
    findings_.with([&](Findings& f) { f.report.hints.push_back(text); });
}

std::vector<Snapshot> Checker::check_snapshots() {
    std::vector<Snapshot> snapshots;
    for (const auto& id : list_ids<SnapshotId>(store_.backend(), "snapshots/", stop_)) {
        if (part_ != nullptr && part_->snapshot && *part_->snapshot != id) continue;
        try {
            snapshots.push_back(
                decode_snapshot(store_.load_document("snapshots/", {id.value}, stop_)));
            snapshots.back().id = id;
        } catch (const Corrupt& problem) {
            damage("snapshots/" + id.hex(), problem.message());
        }
    }
    findings_.with([&](Findings& f) { f.report.snapshots = snapshots.size(); });
    return snapshots;
}

void Checker::check_keys() {
    for (const auto& id : list_ids<KeyId>(store_.backend(), "keys/", stop_)) {
        const std::string name = "keys/" + id.hex();
        try {
            decode_key_file(as_text(load_named(store_.backend(), name, id.bytes(), stop_)));
        } catch (const Corrupt& problem) {
            damaged_file(name, problem.message());
        } catch (const Unsupported& problem) {
            damage(name, problem.message());
        }
    }
}

// A pack that two index files name must be the same in both.
void Checker::check_indexes() {
    store_.refresh_index(stop_, [&](const IndexId& file, const PackId& pack, bool says_the_same) {
        if (says_the_same) {
            hint(fmt::format("pack {} is in several index files", pack.hex()));
        } else {
            damage("index/" + file.hex(), "it contradicts another index about pack " + pack.hex());
        }
    });
    for (const Damage& found : store_.index_damages()) damage(found.file, found.problem);
}

void Checker::sum_packs() {
    const size_t entries = store_.with_index(stop_, [&](const Index& index) {
        packs_.assign(index.pack_count(), {.size = crypto::SealedBox::overhead + 4});
        index.for_each([&](size_t pack, size_t entry, const PackedBlob& blob) {
            PackSum& sum = packs_[pack];
            if (sum.blobs++ == 0) sum.first_entry = static_cast<uint32_t>(entry);
            sum.size += packed_size(blob);
        });
        return index.entry_count();
    });
    tree_seen_.resize(entries);
    tree_whole_.resize(entries);
    findings_.with([&](Findings& f) {
        f.bad.resize(entries);
        f.report.packs = packs_.size();
    });
}

std::vector<uint64_t> Checker::listed_sizes() {
    std::vector<uint64_t> sizes(packs_.size(), not_listed);
    std::vector<PackId> orphans;
    store_.backend().list(
        "data/",
        [&](const std::string& name, uint64_t size) {
            const auto id = PackId::parse(
                std::string_view(name).substr(std::min(name.size(), name.rfind('/') + 1)));
            if (!id) return;
            const auto number = store_.with_index(
                stop_, [&](const Index& index) { return index.pack_number(*id); });
            if (number) sizes[*number] = size;
            if (!number) orphans.push_back(*id);
        },
        stop_);
    for (const PackId& id : orphans) {
        hint(fmt::format("pack {} is in no index: left by a backup that was cut off", id.hex()));
    }
    return sizes;
}

void Checker::check_pack_files() {
    sum_packs();
    const std::vector<uint64_t> listed = listed_sizes();
    for (size_t pack = 0; pack < packs_.size(); ++pack) {
        const PackId id =
            store_.with_index(stop_, [&](const Index& index) { return index.pack_id(pack); });
        // A listing is no evidence of absence.
        const auto size = listed[pack] != not_listed ? std::optional(listed[pack])
                                                     : store_.backend().size(pack_name(id), stop_);
        if (!size) damaged_pack(id, "it is missing");
        check_size(pack, id, size.value_or(0));
    }
}

void Checker::check_size(size_t pack, const PackId& id, uint64_t size) {
    const PackSum& sum = packs_[pack];
    findings_.with([&](Findings& f) { f.report.blobs += sum.blobs; });
    if (size == sum.size) return;
    if (size != 0) damaged_pack(id, fmt::format("it has {} bytes instead of {}", size, sum.size));
    if (findings_.with([&](const Findings& f) { return f.repairable.contains(id); })) return;
    const ExpectedPack in_full = expected(pack);
    findings_.with([&](Findings& f) {
        for (const auto& [entry, blob] : in_full.blobs) {
            if (uint64_t{blob.offset} + blob.length > size) f.bad[entry] = true;
        }
    });
}

bool Checker::is_lost(const BlobId& id) {
    const auto entries = store_.with_index(
        stop_, [&](const Index& index) { return index.entries(id, BlobType::data); });
    return findings_.with([&](const Findings& f) {
        return std::all_of(entries.begin(), entries.end(),
                           [&](size_t entry) { return entry < f.bad.size() && f.bad[entry]; });
    });
}

std::optional<size_t> Checker::number_of(const BlobId& tree) {
    return store_.with_index(
        stop_, [&](const Index& index) { return index.first_entry(tree, BlobType::tree); });
}

bool Checker::is_seen(const BlobId& tree) {
    const auto number = number_of(tree);
    return number && *number < tree_seen_.size() && tree_seen_[*number];
}

bool Checker::is_whole(const BlobId& tree) {
    const auto number = number_of(tree);
    return number && *number < tree_whole_.size() && tree_whole_[*number];
}

void Checker::set_whole(const BlobId& tree, bool whole) {
    const auto number = number_of(tree);
    if (!number || *number >= tree_seen_.size()) return;
    tree_seen_[*number] = true;
    tree_whole_[*number] = whole;
}

void Checker::enter(std::vector<Frame>& frames, const BlobId& id) {
    try {
        frames.push_back({.id = id, .tree = store_.load_tree(id, stop_)});
    } catch (const Corrupt&) {
        set_whole(id, false);
        if (!frames.empty()) frames.back().whole = false;
    }
}

void Checker::find_whole_trees(const BlobId& root) {
    std::vector<Frame> frames;
    if (!is_seen(root)) enter(frames, root);
    while (!frames.empty()) {
        if (stop_.stop_requested()) throw Cancelled{};
        Frame& frame = frames.back();
        if (frame.next < frame.tree->size()) {
            const Node& node = (*frame.tree)[frame.next++];
            if (!ItemPath::is_valid_part(node.name)) frame.whole = false;
            // Each folder adds two bytes or more to a path.
            if (frames.size() > ItemPath::max_length / 2) frame.whole = false;
            if (node.type == NodeType::file) {
                frame.whole &= std::none_of(node.content.begin(), node.content.end(),
                                            [&](const BlobId& id) { return is_lost(id); });
            } else if (node.type == NodeType::dir) {
                if (is_seen(node.subtree)) {
                    frame.whole &= is_whole(node.subtree);
                } else {
                    enter(frames, node.subtree);
                }
            }
            continue;
        }
        const bool whole = frame.whole;
        set_whole(frame.id, whole);
        frames.pop_back();
        if (!frames.empty()) frames.back().whole &= whole;
    }
}

void Checker::affect(const Snapshot& snapshot, const std::string& path,
                     const std::string& problem) {
    const auto parsed = ItemPath::parse(path);
    findings_.with([&](Findings& f) {
        f.report.affected.push_back(
            {snapshot.id, parsed.value_or(ItemPath()),
             parsed ? problem : fmt::format("'{}': {}", printable(path), problem)});
    });
}

void Checker::report_file(const Snapshot& snapshot, const std::string& path, const Node& node) {
    const auto lost = std::count_if(node.content.begin(), node.content.end(),
                                    [&](const BlobId& id) { return is_lost(id); });
    if (lost == 0) return;
    affect(snapshot, path, fmt::format("{} of its {} pieces are lost", lost, node.content.size()));
}

void Checker::report_affected(const Snapshot& snapshot) {
    std::vector<std::pair<std::string, BlobId>> folders{{"", snapshot.tree}};
    while (!folders.empty()) {
        const auto [folder, id] = std::move(folders.back());
        folders.pop_back();
        if (folder.size() > ItemPath::max_length) {
            affect(snapshot, folder,
                   "the folders below it are nested deeper than a path can be: what is there "
                   "cannot be given back");
            continue;
        }
        std::shared_ptr<const Tree> tree;
        try {
            tree = store_.load_tree(id, stop_);
        } catch (const Corrupt& problem) {
            affect(snapshot, folder, "the whole folder: " + problem.message());
            continue;
        }
        for (const Node& node : *tree) {
            const std::string path = folder.empty() ? node.name : folder + "/" + node.name;
            if (!ItemPath::is_valid_part(node.name)) {
                affect(snapshot, path, "its name cannot be restored");
            } else if (node.type == NodeType::dir && !is_whole(node.subtree)) {
                folders.emplace_back(path, node.subtree);
            } else if (node.type == NodeType::file) {
                report_file(snapshot, path, node);
            }
        }
    }
}

}  // namespace lifeboat::repository
