#include "item/memory_items.h"

#include "base/error.h"
#include "base/text.h"

#include <algorithm>

namespace lifeboat {

size_t MemorySource::read(MutableByteView out) {
    const size_t size = std::min(out.size(), bytes_.size() - at_);
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(at_), size, out.begin());
    at_ += size;
    return size;
}

std::optional<Item> MemoryTree::find(const ItemPath& path) const {
    if (path.is_root()) return Item{.kind = ItemKind::folder, .mode = 0755};
    return content_.with([&](const Content& c) -> std::optional<Item> {
        const auto found = c.entries.find(path);
        if (found == c.entries.end()) return std::nullopt;
        return found->second.item;
    });
}

void MemoryTree::list(const ItemPath& folder, const Each& each) const {
    const auto self = find(folder);
    if (!self || self->kind != ItemKind::folder) {
        throw Missing("there is no folder '" + printable(folder.text()) + "'");
    }
    std::vector<Item> children;
    content_.with([&](const Content& c) {
        for (const auto& [path, entry] : c.entries) {
            if (path.parent() == folder) children.push_back(entry.item);
        }
    });
    std::sort(children.begin(), children.end(),
              [](const Item& a, const Item& b) { return a.path.name() < b.path.name(); });
    for (const Item& child : children) each(child);
}

std::unique_ptr<ByteSource> MemoryTree::open(const ItemPath& path) const {
    return content_.with([&](const Content& c) -> std::unique_ptr<ByteSource> {
        const auto found = c.entries.find(path);
        if (found == c.entries.end() || found->second.item.kind != ItemKind::file) {
            throw Missing("there is no file '" + printable(path.text()) + "'");
        }
        return std::make_unique<MemorySource>(found->second.content);
    });
}

void MemoryTree::store(const Item& item, Bytes content) {
    content_.with([&](Content& c) {
        for (ItemPath up = item.path.parent(); !up.is_root(); up = up.parent()) {
            c.entries.try_emplace(
                up, Entry{.item = {.path = up, .kind = ItemKind::folder, .mode = 0755}});
        }
        c.entries[item.path] = Entry{.item = item, .content = std::move(content)};
    });
}

void MemoryTree::put(const Item& item, ByteSource& content) {
    Bytes bytes;
    if (item.kind == ItemKind::file) bytes = read_all(content, UINT64_MAX);
    Item stored = item;
    stored.size = bytes.size();
    store(stored, std::move(bytes));
}

bool MemoryTree::keep(const Item& item) {
    if (previous_ == nullptr) return false;
    const auto before = previous_->find(item.path);
    if (!before || before->kind != item.kind) return false;
    Bytes bytes;
    if (before->kind == ItemKind::file) bytes = read_all(*previous_->open(item.path), UINT64_MAX);
    store(*before, std::move(bytes));
    return true;
}

void MemoryTree::keep_all() {
    if (previous_ == nullptr) return;
    walk(*previous_, ItemPath(), [&](const Item& item) { keep(item); });
}

void MemoryTree::unreadable(const ItemPath& path, const std::string& reason) {
    content_.with([&](Content& c) { c.unreadable[path] = reason; });
}

void MemoryTree::move(const ItemPath& from, const ItemPath& to) {
    if (to.is_within(from)) throw Misuse("a folder cannot be moved into itself");
    std::vector<Entry> moved;
    content_.with([&](Content& c) {
        if (!c.entries.contains(from))
            throw Missing("there is no item '" + printable(from.text()) + "'");
        std::erase_if(c.entries, [&](auto& entry) {
            if (!entry.first.is_within(from)) return false;
            moved.push_back(std::move(entry.second));
            return true;
        });
    });
    remove(to);
    for (Entry& entry : moved) {
        entry.item.path = ItemPath(to.text() + entry.item.path.text().substr(from.text().size()));
        store(entry.item, std::move(entry.content));
    }
}

void MemoryTree::remove(const ItemPath& path) {
    content_.with([&](Content& c) {
        std::erase_if(c.entries, [&](const auto& entry) { return entry.first.is_within(path); });
    });
}

void MemoryTree::add_file(const ItemPath& path, Bytes content, TimePoint modified) {
    const uint64_t size = content.size();
    store({.path = path, .size = size, .mode = 0644, .modified = modified}, std::move(content));
}

std::map<ItemPath, std::string> MemoryTree::refused() const {
    return content_.with([](const Content& c) { return c.unreadable; });
}

}  // namespace lifeboat
