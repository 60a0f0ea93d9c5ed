#include "base/error.h"
#include "base/text.h"
#include "repository/repairer.h"
#include "repository/steady_read.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::repository {

bool Repairer::in_whole_pack(const BlobId& id, BlobType type) const {
    const auto claimed = claims_.entries(id, type);
    if (std::any_of(claimed.begin(), claimed.end(), [&](size_t i) { return !bad_[i]; })) {
        return true;
    }
    const auto places = found_.places(id, type);
    return std::any_of(places.begin(), places.end(), [&](const BlobPlace& place) {
        return packs_[pack_numbers_.at(place.pack)].whole;
    });
}

bool Repairer::is_available(const BlobId& id, BlobType type) const {
    return in_whole_pack(id, type) || written_[static_cast<size_t>(type)].contains(id);
}

bool Repairer::loses_piece(const Node& node) const {
    return std::any_of(node.content.begin(), node.content.end(),
                       [&](const BlobId& piece) { return is_lost(piece, BlobType::data); });
}

// A blob that no pack here has whole: from another place into a new pack.
bool Repairer::obtain(const BlobId& id, BlobType type) {
    if (is_lost(id, type)) return false;
    const auto found = sources_.blob(id, type, stop_);
    if (!found) {
        note_lost(id, type, "the list of its contents is lost");
        return false;
    }
    writer_.add_plain(type, id, found->blob->view(), stop_);
    if (type == BlobType::tree) fetched_trees_.emplace(id, found->blob);
    note_written(id, type);
    ++report_.blobs_fetched;
    return true;
}

std::optional<Tree> Repairer::load_tree(const BlobId& id) {
    std::vector<BlobPlace> places;
    for (const size_t entry : claims_.entries(id, BlobType::tree)) {
        if (bad_[entry]) continue;
        const Index::Numbered claimed = claims_.stored(entry);
        places.push_back({claims_.pack_id(claimed.pack), claimed.blob});
    }
    for (const BlobPlace& place : found_.places(id, BlobType::tree)) places.push_back(place);
    LoadedBlob opened;
    for (const BlobPlace& place : places) {
        const auto box = load_steadily(store_.backend(), pack_name(place.pack),
                                       {place.blob.offset, place.blob.length}, stop_);
        if (box && Store::open_blob(*store_.codecs().lend(), place.blob, *box, opened).empty()) {
            return decode_tree(as_text(opened.view()));
        }
    }
    if (!fetched_trees_.contains(id) && !obtain(id, BlobType::tree)) return std::nullopt;
    return decode_tree(as_text(fetched_trees_.at(id)->view()));
}

void Repairer::enter(std::vector<Frame>& frames, const BlobId& id) {
    try {
        if (auto tree = load_tree(id)) {
            frames.push_back({.id = id, .tree = std::move(*tree)});
            // Until it is looked through: a folder cannot hold itself, a hash would have to.
            whole_trees_[id] = false;
            return;
        }
    } catch (const Corrupt& damage) {
        // Its bytes are what was stored; they are no folder.
        note_lost(id, BlobType::tree, damage.message());
    }
    whole_trees_[id] = false;
    if (!frames.empty()) frames.back().whole = false;
}

// Looks through a snapshot's folders and fetches what they need and this place does not have.
void Repairer::find_lost(const BlobId& root) {
    std::vector<Frame> frames;
    if (!whole_trees_.contains(root)) enter(frames, root);
    while (!frames.empty()) {
        if (stop_.stop_requested()) throw Cancelled{};
        Frame& frame = frames.back();
        if (frame.next < frame.tree.size()) {
            const Node& node = frame.tree[frame.next++];
            for (const BlobId& id : node.content) {
                if (!is_available(id, BlobType::data) && !obtain(id, BlobType::data)) {
                    frame.whole = false;
                }
            }
            if (node.type != NodeType::dir) continue;
            const auto known = whole_trees_.find(node.subtree);
            if (known != whole_trees_.end()) {
                frame.whole &= known->second;
            } else {
                const BlobId below = node.subtree;
                enter(frames, below);
            }
            continue;
        }
        const bool whole = frame.whole;
        whole_trees_[frame.id] = whole;
        frames.pop_back();
        if (!frames.empty()) frames.back().whole &= whole;
    }
}

void Repairer::affect(const Snapshot& snapshot, const std::string& path,
                      const std::string& problem) {
    const auto parsed = ItemPath::parse(path);
    report_.affected.push_back(
        {snapshot.id, parsed.value_or(ItemPath()),
         parsed ? problem : fmt::format("'{}': {}", printable(path), problem)});
}

void Repairer::report_affected(const Snapshot& snapshot) {
    std::vector<std::pair<std::string, BlobId>> folders{{"", snapshot.tree}};
    while (!folders.empty()) {
        const auto [folder, id] = std::move(folders.back());
        folders.pop_back();
        const auto& lost = lost_[static_cast<size_t>(BlobType::tree)];
        if (const auto found = lost.find(id); found != lost.end()) {
            affect(snapshot, folder, "the whole folder: " + found->second);
            continue;
        }
        if (folder.size() > ItemPath::max_length) {
            affect(snapshot, folder, "below it, deeper than a path can be, something is lost");
            continue;
        }
        const auto tree = load_tree(id);
        if (!tree) continue;
        for (const Node& node : *tree) {
            const std::string path = folder.empty() ? node.name : folder + "/" + node.name;
            if (node.type == NodeType::dir && !whole_trees_[node.subtree]) {
                folders.emplace_back(path, node.subtree);
                continue;
            }
            const auto pieces =
                std::count_if(node.content.begin(), node.content.end(),
                              [&](const BlobId& piece) { return is_lost(piece, BlobType::data); });
            if (pieces == 0) continue;
            affect(snapshot, path,
                   fmt::format("{} of its {} pieces are lost", pieces, node.content.size()));
        }
    }
}

}  // namespace lifeboat::repository
