#include "phone/ios/sink_folder.h"

#include "base/error.h"
#include "item/memory_items.h"

#include <algorithm>

namespace lifeboat::phone::ios {

namespace {

constexpr uint64_t reserve = uint64_t{64} << 20;
constexpr uint64_t room_untold = uint64_t{1} << 50;

DlKind kind_of(const Item& item) {
    if (item.kind == ItemKind::folder) return DlKind::folder;
    return item.kind == ItemKind::file ? DlKind::file : DlKind::other;
}

}  // namespace

std::optional<std::vector<DlEntry>> dl_entries(const FileTree& tree, const ItemPath& folder) {
    const auto self = tree.find(folder);
    if (!self || self->kind != ItemKind::folder) return std::nullopt;
    std::vector<DlEntry> entries;
    tree.list(folder, [&](const Item& item) {
        entries.push_back({.name = std::string(item.path.name()),
                           .kind = kind_of(item),
                           .size = item.size,
                           .modified = plist::Date::from(item.modified)});
    });
    return entries;
}

std::optional<BackupFolder::Readable> readable(const FileTree& tree, const ItemPath& path) {
    const auto item = tree.find(path);
    if (!item || item->kind != ItemKind::file) return std::nullopt;
    return BackupFolder::Readable{item->size, tree.open(path)};
}

SinkFolder::SinkFolder(ItemSink& sink, sys::Clock& clock, EventSink& events)
    : sink_(sink), clock_(clock), events_(events) {
    sink_.keep_all();
}

std::optional<BackupFolder::Readable> SinkFolder::open(const ItemPath& path) {
    return readable(sink_.so_far(), path);
}

void SinkFolder::store(const ItemPath& path, ByteSource& content) {
    sink_.put({.path = path, .mode = 0644, .modified = clock_.now()}, content);
}

void SinkFolder::unreadable(const std::string& on_phone, const std::string& reason) {
    const size_t start = std::min(on_phone.find_first_not_of('/'), on_phone.size());
    const auto path = ItemPath::parse(std::string_view(on_phone).substr(start));
    sink_.unreadable(path && !path->is_root() ? *path : ItemPath("a file without a name"), reason);
}

std::optional<std::vector<DlEntry>> SinkFolder::list(const ItemPath& path) {
    return dl_entries(sink_.so_far(), path);
}

bool SinkFolder::make_folder(const ItemPath& path) {
    if (sink_.so_far().find(path)) return false;
    MemorySource nothing({});
    sink_.put({.path = path, .kind = ItemKind::folder, .mode = 0755, .modified = clock_.now()},
              nothing);
    return true;
}

bool SinkFolder::move(const ItemPath& from, const ItemPath& to) {
    if (!sink_.so_far().find(from)) return false;
    if (from != to) sink_.move(from, to);
    return true;
}

bool SinkFolder::remove(const ItemPath& path) {
    if (!sink_.so_far().find(path)) return false;
    sink_.remove(path);
    return true;
}

// The bytes are known already: nothing of them is stored twice.
bool SinkFolder::copy(const ItemPath& from, const ItemPath& to) {
    const FileTree& tree = sink_.so_far();
    const auto source = tree.find(from);
    if (!source) return false;
    std::vector<Item> items{*source};
    if (source->kind == ItemKind::folder) {
        if (to.is_within(from)) throw Misuse("a folder cannot be copied into itself");
        walk(tree, from, [&](const Item& item) { items.push_back(item); });
    }
    for (Item item : items) {
        std::unique_ptr<ByteSource> content = std::make_unique<MemorySource>(Bytes{});
        if (item.kind == ItemKind::file) content = tree.open(item.path);
        item.path = ItemPath(to.text() + item.path.text().substr(from.text().size()));
        sink_.put(item, *content);
    }
    return true;
}

uint64_t SinkFolder::free_bytes() {
    const uint64_t room = sink_.room().value_or(room_untold);
    return room - std::min(room, reserve);
}

uint64_t SinkFolder::kept_back() {
    return std::min(sink_.room().value_or(0), reserve);
}

void SinkFolder::progress(double percent) {
    events_.on(Progress{.phase = "iphone",
                        .place = {},
                        .items_done = static_cast<uint64_t>(std::clamp(percent, 0.0, 100.0)),
                        .items_total = 100});
}

}  // namespace lifeboat::phone::ios
