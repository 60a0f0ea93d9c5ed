// The tree of a backup under way: what was put, kept, moved and removed, until it is written as
// tree blobs, children before parents.
#pragma once

#include "repository/tree.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace lifeboat::repository {

// The blobs of a file that is still being stored: workers fill them in, in any order.
struct FileContent {
    std::vector<BlobId> ids{};
};

enum class Origin { read, kept };

// One thread at a time.
class PendingTree {
public:
    PendingTree() = default;
    PendingTree(const PendingTree&) = delete;  // it points into itself
    PendingTree& operator=(const PendingTree&) = delete;

    // `node` without a name; `content` null when node.content is final. Replaces what is there; a
    // folder keeps its children.
    void put(const ItemPath& path, Node node, std::shared_ptr<FileContent> content, Origin origin);
    void unreadable(const ItemPath& path);
    // Throws Missing when there is no `from`.
    void move(const ItemPath& from, const ItemPath& to);
    void remove(const ItemPath& path);

    // The blobs of a file; null when there is no file.
    std::unique_ptr<std::vector<BlobId>> content_of(const ItemPath& path) const;

    // Writes all trees and gives the root's id; this tree is empty afterwards. Counts into
    // `receipt`.
    using WriteTree = std::function<BlobId(const Tree&)>;
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
        Node node{};
        std::shared_ptr<FileContent> content{};
        std::unique_ptr<Folder> folder{};
        Origin origin = Origin::read;
        bool implied = false;  // a folder nobody put: it gets its date from its children
    };
    struct Folder {
        std::unordered_map<std::string, Entry, TextHash, std::equal_to<>> children{};
    };
    struct Level {
        Folder* folder = nullptr;
        Entry* self = nullptr;  // null for the root
        decltype(Folder::children)::iterator next{};
        Tree nodes{};
    };

    void forget_last_folder() {
        last_path_.clear();
        last_folder_ = &root_;
    }
    Folder& make_folder(std::string_view path);
    static Entry& child(Folder& folder, std::string_view name);
    const Folder* find_folder(std::string_view path) const;
    static void finish_folder(Level& level, const WriteTree& write_tree, BlobId& id);
    static Node finish_file(Entry& entry, Receipt& receipt);

    Folder root_{};
    std::unordered_set<std::string> unreadable_{};
    // The folder of the last put: sources list folder by folder.
    std::string last_path_{};
    Folder* last_folder_ = &root_;
};

}  // namespace lifeboat::repository
