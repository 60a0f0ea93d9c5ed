#include "repository/pending_tree.h"

#include "base/error.h"
#include "base/text.h"

#include <algorithm>
#include <utility>

namespace lifeboat::repository {

namespace {

std::string_view parent_of(const ItemPath& path) {
    const std::string_view text = path.text();
    const size_t slash = text.rfind('/');
    return slash == std::string_view::npos ? std::string_view{} : text.substr(0, slash);
}

// Cuts the first part off `path`.
std::string_view next_part(std::string_view& path) {
    const std::string_view part = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), part.size() + 1));
    return part;
}

}  // namespace

PendingTree::Entry& PendingTree::child(Folder& folder, std::string_view name) {
    const auto found = folder.children.find(name);
    if (found != folder.children.end()) return found->second;
    return folder.children.try_emplace(std::string(name)).first->second;
}

PendingTree::Folder& PendingTree::make_folder(std::string_view path) {
    if (path == last_path_) return *last_folder_;
    Folder* folder = &root_;
    for (std::string_view rest = path; !rest.empty();) {
        Entry& entry = child(*folder, next_part(rest));
        if (entry.folder == nullptr) {
            // Perhaps a file was here; the later word counts.
            entry = Entry{.own = std::make_unique<Node>(
                              Node{.type = NodeType::dir, .mode = go_mode(ItemKind::folder, 0755)}),
                          .folder = std::make_unique<Folder>(),
                          .implied = true};
        }
        folder = entry.folder.get();
    }
    last_path_ = path;
    last_folder_ = folder;
    return *folder;
}

const PendingTree::Folder* PendingTree::find_folder(std::string_view path) const {
    const Folder* folder = &root_;
    while (folder != nullptr && !path.empty()) {
        const auto found = folder->children.find(next_part(path));
        folder = found != folder->children.end() ? found->second.folder.get() : nullptr;
    }
    return folder;
}

Node& PendingTree::Entry::make_own() {
    if (kept != nullptr) own = std::make_unique<Node>(*std::exchange(kept, nullptr));
    return *own;
}

// What is at the path now counts no more; a folder keeps its children.
PendingTree::Entry& PendingTree::start_entry(const ItemPath& path, bool is_folder) {
    if (!unreadable_.empty()) unreadable_.erase(path.text());
    Entry& entry = child(make_folder(parent_of(path)), path.name());
    if (entry.folder != nullptr && !is_folder) {
        entry.folder = nullptr;
        forget_last_folder();
    }
    if (is_folder && entry.folder == nullptr) entry.folder = std::make_unique<Folder>();
    entry.kept = nullptr;
    entry.own = nullptr;
    entry.content = nullptr;
    entry.was_kept = false;
    entry.implied = false;
    return entry;
}

void PendingTree::put(const ItemPath& path, Node node, std::shared_ptr<FileContent> content) {
    if (path.is_root()) return;  // it has no node
    Entry& entry = start_entry(path, node.type == NodeType::dir);
    entry.own = std::make_unique<Node>(std::move(node));
    entry.content = std::move(content);
}

void PendingTree::keep(const ItemPath& path, const SnapshotTree::Place& place) {
    if (path.is_root()) return;
    const Node& node = *place.node;
    Entry& entry = start_entry(path, node.type == NodeType::dir);
    entry.was_kept = true;
    Folder& folder = make_folder(parent_of(path));
    if (folder.parent.nodes == nullptr) folder.parent = place.folder;
    if (folder.parent.nodes == place.folder.nodes && node.type != NodeType::dir) {
        entry.kept = &node;
    } else {
        entry.own = std::make_unique<Node>(node);
    }
}

void PendingTree::unreadable(const ItemPath& path) {
    unreadable_.insert(path.text());
}

void PendingTree::move(const ItemPath& from, const ItemPath& to) {
    if (to.is_within(from)) throw Misuse("a folder cannot be moved into itself");
    Folder& source = make_folder(parent_of(from));
    const auto found = source.children.find(from.name());
    if (found == source.children.end()) {
        throw Missing("there is no item '" + printable(from.text()) + "'");
    }
    Entry moved = std::move(found->second);
    moved.make_own();  // its new folder has another parent
    source.children.erase(found);
    forget_last_folder();
    child(make_folder(parent_of(to)), to.name()) = std::move(moved);
    forget_last_folder();  // what was replaced may have been it
}

void PendingTree::remove(const ItemPath& path) {
    forget_last_folder();
    if (path.is_root()) {
        root_ = Folder();
        return;
    }
    if (find_folder(parent_of(path)) == nullptr) return;
    Folder& folder = make_folder(parent_of(path));
    const auto found = folder.children.find(path.name());
    if (found != folder.children.end()) folder.children.erase(found);
    forget_last_folder();
}

const PendingTree::Entry* PendingTree::find_entry(const ItemPath& path) const {
    const Folder* folder = find_folder(parent_of(path));
    if (folder == nullptr) return nullptr;
    const auto found = folder->children.find(path.name());
    return found != folder->children.end() ? &found->second : nullptr;
}

std::optional<Item> PendingTree::find(const ItemPath& path) const {
    if (path.is_root()) return Item{.kind = ItemKind::folder, .mode = 0755};
    const Entry* entry = find_entry(path);
    if (entry == nullptr) return std::nullopt;
    return item_of(entry->node(), path);
}

void PendingTree::list(const ItemPath& path, const FileTree::Each& each) const {
    const Folder* folder = find_folder(path.text());
    if (folder == nullptr) {
        throw Missing("there is no folder '" + printable(path.text()) + "' in this backup");
    }
    std::vector<decltype(Folder::children)::const_pointer> sorted;
    sorted.reserve(folder->children.size());
    for (const auto& child : folder->children) sorted.push_back(&child);
    std::sort(sorted.begin(), sorted.end(),
              [](const auto* a, const auto* b) { return a->first < b->first; });
    for (const auto* child : sorted) each(item_of(child->second.node(), path.child(child->first)));
}

std::unique_ptr<std::vector<BlobId>> PendingTree::content_of(const ItemPath& path) const {
    const Entry* entry = find_entry(path);
    if (entry == nullptr || entry->node().type != NodeType::file) return nullptr;
    return std::make_unique<std::vector<BlobId>>(entry->content ? entry->content->ids
                                                                : entry->node().content);
}

const Node* PendingTree::finish_file(Entry& entry, std::string_view name, Receipt& receipt) {
    if (entry.own != nullptr) entry.own->name = name;
    if (entry.content) entry.own->content = std::move(entry.content->ids);
    entry.content = nullptr;
    const Node& node = entry.node();
    if (node.type == NodeType::file) {
        ++receipt.files;
        receipt.bytes += node.size;
        if (entry.was_kept) ++receipt.files_kept;
    }
    return &node;
}

// Whether all nodes are those of the parent snapshot's folder, and no node of that is missing.
bool PendingTree::is_unchanged(const Level& level) {
    const auto& parent = level.folder->parent.nodes;
    if (parent == nullptr || parent->size() != level.nodes.size()) return false;
    for (size_t i = 0; i < level.nodes.size(); ++i) {  // both are sorted
        const Node& before = (*parent)[i];
        if (level.nodes[i] != &before && *level.nodes[i] != before) return false;
    }
    return true;
}

void PendingTree::date_by_children(const Level& level) {
    const auto newest =
        std::max_element(level.nodes.begin(), level.nodes.end(),
                         [](const Node* a, const Node* b) { return a->modified < b->modified; });
    Node& node = level.self->make_own();
    if (newest != level.nodes.end()) node.modified = (*newest)->modified;
    node.accessed = node.changed = node.modified;
}

BlobId PendingTree::finish_folder(Level& level, const WriteTree& write_tree) {
    std::sort(level.nodes.begin(), level.nodes.end(),
              [](const Node* a, const Node* b) { return a->name < b->name; });
    if (level.self != nullptr && level.self->implied) date_by_children(level);
    return is_unchanged(level) ? level.folder->parent.id : write_tree(level.nodes);
}

// Walks with a stack of its own: a path may have two thousand parts.
BlobId PendingTree::write(const WriteTree& write_tree, Receipt& receipt) {
    std::vector<Level> levels;
    const auto enter = [&](Folder& folder, Entry* self) {
        levels.push_back({.folder = &folder, .self = self, .next = folder.children.begin()});
        levels.back().nodes.reserve(folder.children.size());
    };
    receipt.failed += unreadable_.size();
    forget_last_folder();
    enter(root_, nullptr);
    for (;;) {
        Level& level = levels.back();
        if (level.next != level.folder->children.end()) {
            auto& [name, entry] = *level.next++;
            ++receipt.items;
            if (entry.folder != nullptr) {
                entry.make_own().name = name;
                enter(*entry.folder, &entry);
            } else {
                level.nodes.push_back(finish_file(entry, name, receipt));
            }
            continue;
        }
        const BlobId id = finish_folder(level, write_tree);
        Entry* self = level.self;
        levels.pop_back();
        if (self == nullptr) {
            root_ = Folder();
            unreadable_.clear();
            return id;
        }
        self->own->subtree = id;
        levels.back().nodes.push_back(self->own.get());
        self->folder = nullptr;
    }
}

}  // namespace lifeboat::repository
