#include "repository/tree.h"

#include "base/error.h"
#include "base/text.h"
#include "crypto/base64.h"
#include "repository/go_text.h"
#include "repository/json_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace lifeboat::repository {

namespace {

constexpr std::array<std::string_view, 8> type_names{"file",    "dir",  "symlink", "dev",
                                                     "chardev", "fifo", "socket",  "irregular"};

constexpr uint32_t go_dir = 1u << 31;
constexpr uint32_t go_symlink = 1u << 27;
constexpr uint32_t go_setuid = 1u << 23;
constexpr uint32_t go_setgid = 1u << 22;
constexpr uint32_t go_sticky = 1u << 20;

void append_number(std::string& json, const char* key, uint64_t value) {
    if (value != 0) fmt::format_to(std::back_inserter(json), ",\"{}\":{}", key, value);
}

void append_text(std::string& json, const char* key, std::string_view text) {
    if (text.empty()) return;
    json += ",\"";
    json += key;
    json += "\":";
    append_json_string(json, text);
}

// Readers that know only `linktarget` get replacement characters, newer ones the bytes. A
// replacement character that is really there is escaped too: in a tree of restic it stands for a
// bad byte that was lost before us, and so written the tree stays the same blob.
void append_link_target(std::string& json, std::string_view target) {
    constexpr std::string_view replacement = "\xef\xbf\xbd";
    std::string text;
    append_text(text, "linktarget", target);
    for (size_t at = 0; (at = text.find(replacement, at)) != std::string::npos;) {
        text.replace(at, replacement.size(), "\\ufffd");
    }
    json += text;
    if (!is_valid_utf8(target)) {
        append_text(json, "linktarget_raw", crypto::to_base64(as_bytes(target)));
    }
}

void append_raw(std::string& json, const char* key, std::string_view value) {
    if (value.empty()) return;
    json += ",\"";
    json += key;
    json += "\":";
    json += value;
}

void append_times(std::string& json, const Node& node) {
    const std::string modified = to_rfc3339(node.modified);
    const auto text = [&](TimePoint t) { return t == node.modified ? modified : to_rfc3339(t); };
    json += ",\"mtime\":\"" + modified + "\",\"atime\":\"";
    json += text(node.accessed);
    json += "\",\"ctime\":\"";
    json += text(node.changed);
    json += '"';
}

void append_content(std::string& json, const Node& node) {
    if (node.type != NodeType::file) {
        json += ",\"content\":null";
        return;
    }
    json += ",\"content\":[";
    for (size_t i = 0; i < node.content.size(); ++i) {
        json += i == 0 ? "\"" : ",\"";
        json += node.content[i].hex();
        json += '"';
    }
    json += ']';
}

void append_node(std::string& json, const Node& node) {
    static const NodeExtras none;
    const NodeExtras& x = node.extras ? *node.extras : none;
    json += "{\"name\":";
    append_json_string(json, quote_name(node.name));
    json += ",\"type\":\"";
    json += type_names[static_cast<size_t>(node.type)];
    json += '"';
    append_number(json, "mode", node.mode);
    append_times(json, node);
    fmt::format_to(std::back_inserter(json), ",\"uid\":{},\"gid\":{}", node.uid, node.gid);
    append_text(json, "user", x.user);
    append_text(json, "group", x.group);
    append_number(json, "inode", x.inode);
    append_number(json, "device_id", x.device_id);
    append_number(json, "size", node.size);
    append_number(json, "links", x.links);
    append_link_target(json, node.link_target);
    append_raw(json, "extended_attributes", x.extended_attributes);
    append_raw(json, "generic_attributes", x.generic_attributes);
    append_number(json, "device", x.device);
    append_content(json, node);
    if (node.type == NodeType::dir) json += ",\"subtree\":\"" + node.subtree.hex() + '"';
    append_text(json, "error", x.error);
    json += '}';
}

class NodeReader {
public:
    explicit NodeReader(JsonReader& json) : json_(json) {}

    Node read() {
        std::string_view key;
        json_.begin_object();
        while (json_.next_key(key)) {
            if (!read_main(key) && !read_number(key) && !read_extra(key)) json_.skip();
        }
        finish();
        return std::move(node_);
    }

private:
    bool read_main(std::string_view key) {
        if (key == "name") {
            auto name = unquote_name(json_.string());
            if (!name || name->empty()) json_.fail("a name that is none");
            node_.name = std::move(*name);
        } else if (key == "type") {
            const auto at = std::find(type_names.begin(), type_names.end(), json_.string());
            if (at == type_names.end()) json_.fail("an unknown type of node");
            node_.type = static_cast<NodeType>(at - type_names.begin());
            has_type_ = true;
        } else if (key == "content") {
            read_content();
        } else if (key == "subtree") {
            if (!json_.take_null()) node_.subtree = read_id<BlobId>(json_);
        } else if (key == "mtime") {
            node_.modified = time();
        } else if (key == "atime") {
            node_.accessed = time();
        } else if (key == "ctime") {
            node_.changed = time();
        } else if (key == "linktarget") {
            node_.link_target = json_.string();
        } else {
            return false;
        }
        return true;
    }

    bool read_number(std::string_view key) {
        if (key == "mode") {
            node_.mode = number32();
        } else if (key == "uid") {
            node_.uid = number32();
        } else if (key == "gid") {
            node_.gid = number32();
        } else if (key == "size") {
            node_.size = json_.number();
        } else if (key == "inode") {
            extras().inode = json_.number();
        } else if (key == "device_id") {
            extras().device_id = json_.number();
        } else if (key == "links") {
            extras().links = json_.number();
        } else if (key == "device") {
            extras().device = json_.number();
        } else {
            return false;
        }
        return true;
    }

    bool read_extra(std::string_view key) {
        if (key == "user") {
            extras().user = json_.string();
        } else if (key == "group") {
            extras().group = json_.string();
        } else if (key == "error") {
            extras().error = json_.string();
        } else if (key == "linktarget_raw") {
            link_target_raw_ = json_.string();
        } else if (key == "extended_attributes" || key == "generic_attributes") {
            if (json_.take_null()) return true;
            (key == "extended_attributes" ? extras().extended_attributes
                                          : extras().generic_attributes) = json_.skip();
        } else {
            return false;
        }
        return true;
    }

    void read_content() {
        if (json_.take_null()) return;
        has_content_ = true;
        json_.begin_array();
        while (json_.next_element()) node_.content.push_back(read_id<BlobId>(json_));
    }

    void finish() {
        if (!has_type_ || node_.name.empty()) json_.fail("a node without name or type");
        if (node_.type == NodeType::file && !has_content_) json_.fail("a file without content");
        if (node_.type == NodeType::dir && node_.subtree.is_zero()) {
            json_.fail("a folder without its tree");
        }
        if (node_.type != NodeType::file) node_.content.clear();
        if (const auto raw = crypto::from_base64(link_target_raw_); raw && !raw->empty()) {
            node_.link_target = to_text(*raw);
        }
        node_.extras = std::move(extras_);
    }

    TimePoint time() {
        const auto value = from_rfc3339(json_.string());
        if (!value) json_.fail("a time that is none");
        return *value;
    }
    uint32_t number32() {
        const uint64_t value = json_.number();
        if (value > UINT32_MAX) json_.fail("a number is too large");
        return static_cast<uint32_t>(value);
    }
    NodeExtras& extras() {
        if (!extras_) extras_ = std::make_shared<NodeExtras>();
        return *extras_;
    }

    JsonReader& json_;
    Node node_{};
    std::shared_ptr<NodeExtras> extras_{};
    std::string link_target_raw_{};
    bool has_type_ = false;
    bool has_content_ = false;
};

bool before(const Node& a, const Node& b) {
    return a.name < b.name;
}

}  // namespace

std::string encode_tree(std::span<const Node* const> nodes) {
    std::string json = "{\"nodes\":[";
    json.reserve(nodes.size() * 400 + 32);
    for (size_t i = 0; i < nodes.size(); ++i) {
        if (i > 0) json += ',';
        append_node(json, *nodes[i]);
    }
    json += "]}\n";
    return json;
}

std::string encode_tree(const Tree& nodes) {
    std::vector<const Node*> all;
    all.reserve(nodes.size());
    for (const Node& node : nodes) all.push_back(&node);
    return encode_tree(all);
}

Tree decode_tree(std::string_view text) {
    JsonReader json(text, "a tree");
    Tree tree;
    tree.reserve(text.size() / 340 +
                 1);  // what a file's node usually takes: growing copies them all
    std::string_view key;
    json.begin_object();
    while (json.next_key(key)) {
        if (key == "nodes" && !json.take_null()) {
            json.begin_array();
            while (json.next_element()) tree.push_back(NodeReader(json).read());
        } else if (key != "nodes") {
            json.skip();
        }
    }
    json.end();
    if (!std::is_sorted(tree.begin(), tree.end(), before)) {
        std::sort(tree.begin(), tree.end(), before);
    }
    const auto same = [](const Node& a, const Node& b) { return a.name == b.name; };
    if (std::adjacent_find(tree.begin(), tree.end(), same) != tree.end()) {
        json.fail("a name comes twice");
    }
    return tree;
}

const Node* find_node(const Tree& tree, std::string_view name) {
    const auto at =
        std::lower_bound(tree.begin(), tree.end(), name,
                         [](const Node& node, std::string_view n) { return node.name < n; });
    return at != tree.end() && at->name == name ? &*at : nullptr;
}

uint32_t go_mode(ItemKind kind, uint32_t mode) {
    uint32_t bits = mode & 0777;
    if ((mode & 04000) != 0) bits |= go_setuid;
    if ((mode & 02000) != 0) bits |= go_setgid;
    if ((mode & 01000) != 0) bits |= go_sticky;
    if (kind == ItemKind::folder) bits |= go_dir;
    if (kind == ItemKind::symlink) bits |= go_symlink;
    return bits;
}

uint32_t item_mode(uint32_t go) {
    return (go & 0777) | ((go & go_setuid) != 0 ? 04000u : 0u) |
           ((go & go_setgid) != 0 ? 02000u : 0u) | ((go & go_sticky) != 0 ? 01000u : 0u);
}

ItemKind item_kind(NodeType type) {
    switch (type) {
        case NodeType::file:
            return ItemKind::file;
        case NodeType::dir:
            return ItemKind::folder;
        case NodeType::symlink:
            return ItemKind::symlink;
        case NodeType::dev:
        case NodeType::chardev:
        case NodeType::fifo:
        case NodeType::socket:
        case NodeType::irregular:
            return ItemKind::other;
    }
    return ItemKind::other;
}

ItemPath path_below(const ItemPath& folder, std::string_view name) {
    if (folder.text().size() + 1 + name.size() > ItemPath::max_length) {
        throw Corrupt(fmt::format("The folders of this backup are nested deeper than a path can be "
                                  "({} bytes); no phone and no computer has such folders",
                                  ItemPath::max_length),
                      "All that is less deep is still safe: give the path of a folder above it.");
    }
    return folder.child(name);
}

Item item_of(const Node& node, const ItemPath& path) {
    return {.path = path,
            .kind = item_kind(node.type),
            .size = node.type == NodeType::file ? node.size : 0,
            .mode = item_mode(node.mode),
            .modified = node.modified,
            .link_target = node.type == NodeType::symlink ? node.link_target : std::string{}};
}

size_t memory_of(const Tree& tree) {
    size_t bytes = tree.capacity() * sizeof(Node);
    for (const Node& node : tree) {
        bytes += node.content.capacity() * sizeof(BlobId);
        if (node.name.capacity() > 15) bytes += node.name.capacity();
        if (node.extras) bytes += sizeof(NodeExtras);
    }
    return bytes;
}

}  // namespace lifeboat::repository
