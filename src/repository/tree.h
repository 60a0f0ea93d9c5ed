// Trees: one folder's nodes as the JSON that its blob id is the hash of, byte for byte as restic
// writes it.
#pragma once

#include "repository/repository.h"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::repository {

enum class NodeType : uint8_t { file, dir, symlink, dev, chardev, fifo, socket, irregular };

// What only nodes that restic made have: carried along unchanged when a file is kept.
struct NodeExtras {
    std::string user{}, group{};
    uint64_t inode = 0, device_id = 0, links = 0, device = 0;
    std::string extended_attributes{};  // JSON text of the array
    std::string generic_attributes{};   // JSON text of the object
    std::string error{};

    bool operator==(const NodeExtras&) const = default;
};

struct Node {
    std::string name{};  // raw bytes
    NodeType type = NodeType::file;
    uint32_t mode = 0;  // Go's FileMode bits
    uint32_t uid = 0, gid = 0;
    uint64_t size = 0;
    TimePoint modified{}, accessed{}, changed{};
    std::string link_target{};
    std::vector<BlobId> content{};  // files only
    BlobId subtree{};               // folders only
    std::shared_ptr<const NodeExtras> extras{};

    // Extras are equal when they are the same object: nodes of one reading.
    bool operator==(const Node&) const = default;
};

// Sorted by raw name, names unique.
using Tree = std::vector<Node>;

// `nodes` must be sorted.
std::string encode_tree(std::span<const Node* const> nodes);
std::string encode_tree(const Tree& nodes);
// Throws Corrupt; an unsorted tree is sorted, a name that comes twice is damage.
Tree decode_tree(std::string_view json);

const Node* find_node(const Tree& tree, std::string_view name);

// Between Item::mode (07777) with its kind and Go's bits.
uint32_t go_mode(ItemKind kind, uint32_t mode);
uint32_t item_mode(uint32_t go_mode);
ItemKind item_kind(NodeType type);
// As an item at `path`.
Item item_of(const Node& node, const ItemPath& path);
// `name` must be a valid part. Throws Corrupt where folders are nested deeper than a path can be: a
// hostile backup must not decide how much memory and time it takes to walk through it.
ItemPath path_below(const ItemPath& folder, std::string_view name);

// About how much memory the nodes take, for caches.
size_t memory_of(const Tree& tree);

}  // namespace lifeboat::repository
