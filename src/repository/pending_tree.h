// The tree of a backup under way: what was put, kept, moved and removed, until it is written as
// tree blobs, children before parents.
//
// A file that is kept stays a pointer into its folder of the parent snapshot, and a folder of which
// everything was kept stays that folder's blob: what did not change costs no more than finding that
// out.
#pragma once

#include "repository/snapshot_tree.h"
#include "repository/tree.h"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace lifeboat::repository {

// The blobs of a file that is still being stored: workers fill them in, in any order.
struct FileContent {
    std::vector<BlobId> ids{};
};

// One thread at a time.
class PendingTree {
public:
    PendingTree() = default;
    PendingTree(const PendingTree&) = delete;  // it points into itself
    PendingTree& operator=(const PendingTree&) = delete;

    // `node` without a name; `content` null when node.content is final. Replaces what is there; a
    // folder keeps its children.
    void put(const ItemPath& path, Node node, std::shared_ptr<FileContent> content);
    // The node of a file, link or folder of the parent snapshot as it is.
    void keep(const ItemPath& path, const SnapshotTree::Place& place);
    void unreadable(const ItemPath& path);
    // Throws Missing when there is no `from`.
    void move(const ItemPath& from, const ItemPath& to);
    void remove(const ItemPath& path);

    // As FileTree::find and list. Throws Missing where there is no folder.
    std::optional<Item> find(const ItemPath& path) const;
    void list(const ItemPath& folder, const FileTree::Each& each) const;
    // The blobs of a file; null when there is no file.
    std::unique_ptr<std::vector<BlobId>> content_of(const ItemPath& path) const;

    // Writes all trees and gives the root's id; this tree is empty afterwards. Counts into
    // `receipt`.
    using WriteTree = std::function<BlobId(std::span<const Node* const>)>;
    BlobId write(const WriteTree& write_tree, Receipt& receipt);

private:
    struct TextHash {
        using is_transparent = void;
        size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>{}(text);
        }
    };
    struct Folder;
    struct Entry {
        const Node* kept = nullptr;  // in the `parent` of its folder
        std::unique_ptr<Node> own{};
        std::shared_ptr<FileContent> content{};
        std::unique_ptr<Folder> folder{};
        bool was_kept = false;
        bool implied = false;  // a folder nobody put: it gets its date from its children

        const Node& node() const { return kept != nullptr ? *kept : *own; }
        Node& make_own();
    };
    struct Folder {
        std::unordered_map<std::string, Entry, TextHash, std::equal_to<>> children{};
        SnapshotTree::Folder parent{};  // what the first kept child is of
    };
    struct Level {
        Folder* folder = nullptr;
        Entry* self = nullptr;  // null for the root
        decltype(Folder::children)::iterator next{};
        std::vector<const Node*> nodes{};
    };

    void forget_last_folder() {
        last_path_.clear();
        last_folder_ = &root_;
    }
    Folder& make_folder(std::string_view path);
    static Entry& child(Folder& folder, std::string_view name);
    const Folder* find_folder(std::string_view path) const;
    const Entry* find_entry(const ItemPath& path) const;
    Entry& start_entry(const ItemPath& path, bool is_folder);
    static BlobId finish_folder(Level& level, const WriteTree& write_tree);
    static void date_by_children(const Level& level);
    static bool is_unchanged(const Level& level);
    static const Node* finish_file(Entry& entry, std::string_view name, Receipt& receipt);

    Folder root_{};
    std::unordered_set<std::string> unreadable_{};
    // The folder of the last put: sources list folder by folder.
    std::string last_path_{};
    Folder* last_folder_ = &root_;
};

}  // namespace lifeboat::repository
