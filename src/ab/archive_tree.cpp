#include "ab/archive_tree.h"

#include "base/text.h"
#include "crypto/sha256.h"
#include "item/memory_items.h"

#include <array>

namespace lifeboat::ab {

namespace {

// A file up to this size may stay in memory.
constexpr uint64_t small_file = uint64_t{64} << 10;
// What an entry takes beside its name, which is kept three times.
constexpr uint64_t for_an_entry = 320;

// "shared/..." may be shown as "apps/shared/...".
constexpr size_t longest_shared = ItemPath::max_length - std::string_view("apps/").size();

// Ends where somebody asked to stop: passing over gigabytes takes long.
class Stoppable final : public ByteSource {
public:
    Stoppable(std::unique_ptr<ByteSource> inner, std::stop_token stop)
        : inner_(std::move(inner)), stop_(std::move(stop)) {}
    size_t read(MutableByteView out) override {
        if (stop_.stop_requested()) throw Cancelled{};
        over_ = true;  // unless it gives something
        const size_t size = inner_->read(out);
        over_ = size == 0 && !out.empty();
        return size;
    }
    // Nothing came any more at the last read: it was at its end, or could not be read on.
    bool is_over() const { return over_; }

private:
    std::unique_ptr<ByteSource> inner_;
    std::stop_token stop_;
    bool over_ = false;
};

// Whether an entry can be shown under its name.
bool has_place(const Entry& entry) {
    if (!entry.path || entry.tar.kind == TarKind::other) return false;
    const auto place = place_of(*entry.path);
    return place && (!place->app.empty() || entry.path->text().size() <= longest_shared);
}

Item folder_item(const ItemPath& path) {
    return {.path = path, .kind = ItemKind::folder, .mode = 0755};
}

}  // namespace

// The file, read up to the entry before `next`.
struct ArchiveTree::Reading {
    Reading(std::unique_ptr<ByteSource> from, const SecretText& password, std::stop_token stop)
        : raw(std::move(from), std::move(stop)), reader(raw, password) {}

    Stoppable raw;
    ArchiveReader reader;
    uint64_t next = 0;
};

struct ArchiveTree::Shared {
    // Where the last opened file ended; null while somebody reads from there.
    Guarded<std::unique_ptr<Reading>> last{};
    // What was taken along; whoever needs it waits for whoever reads it.
    Guarded<Contents> along{};
};

// The bytes of one file; leaves the place where it ended to the next.
class ArchiveTree::Content final : public ByteSource {
public:
    Content(std::shared_ptr<Shared> shared, std::unique_ptr<Reading> reading)
        : shared_(std::move(shared)), reading_(std::move(reading)) {}
    ~Content() override {
        if (whole_) shared_->last.with([&](auto& last) { last = std::move(reading_); });
    }
    Content(const Content&) = delete;
    Content& operator=(const Content&) = delete;

    size_t read(MutableByteView out) override {
        whole_ = false;
        const size_t size = reading_->reader.content().read(out);
        whole_ = true;
        return size;
    }

private:
    std::shared_ptr<Shared> shared_;
    std::unique_ptr<Reading> reading_;
    bool whole_ = true;
};

ArchiveTree::ArchiveTree(OpenArchive open, const SecretText& password, std::stop_token stop)
    : open_(std::move(open)),
      password_(password.duplicate()),
      stop_(std::move(stop)),
      shared_(std::make_shared<Shared>()) {
    read_all_entries();
}

ArchiveTree::~ArchiveTree() = default;

std::unique_ptr<ArchiveTree::Reading> ArchiveTree::begin() const {
    return std::make_unique<Reading>(open_(), password_, stop_);
}

// To its end, whatever cannot be shown: only there it is known to be whole.
void ArchiveTree::take_entries(Reading& reading) {
    while (const auto entry = reading.reader.next()) {
        if (for_names_ > most_for_names) {
            damage_ = "it has more files than can be shown";
            continue;
        }
        take(*entry, reading.next++, reading.reader.content());
    }
}

void ArchiveTree::read_all_entries() {
    folders_[ItemPath()];
    const auto reading = begin();
    try {
        take_entries(*reading);
    } catch (const Corrupt& broken) {
        damage_ = broken.message();
        const Header& header = reading->reader.header();
        proven_ = reading->raw.is_over() && !header.compressed && !header.encryption;
    }
}

void ArchiveTree::take(const Entry& entry, uint64_t position, ByteSource& content) {
    if (is_frame(entry)) return;
    if (!has_place(entry) || !make_folders(entry.path->parent())) {
        ++left_out_;
        return;
    }
    Node one{.item = {.path = *entry.path,
                      .kind = entry.tar.kind == TarKind::file ? ItemKind::file : ItemKind::folder,
                      .size = entry.tar.size,
                      // A phone's permissions are no good elsewhere: the owner may read.
                      .mode = entry.tar.kind == TarKind::file ? (entry.tar.mode & 0777) | 0400
                                                              : uint32_t{0755},
                      .modified = entry.tar.modified},
             .position = position};
    const Node* there = node(*entry.path);
    if (there != nullptr && there->item.kind != one.item.kind) {
        ++left_out_;
    } else if (one.item.kind == ItemKind::folder) {
        put(std::move(one));
        folders_[*entry.path];
    } else {
        take_file(std::move(one), content);
    }
}

// What is named is what was read: nothing that ends in the middle.
void ArchiveTree::take_file(Node one, ByteSource& content) {
    const bool keep = one.item.size <= small_file && for_contents_ < most_for_contents;
    crypto::Sha256 hash;
    Bytes kept;
    std::array<std::byte, small_file> part{};
    while (const size_t size = content.read(part)) {
        hash.update(ByteView(part).first(size));
        if (keep) append(kept, ByteView(part).first(size));
    }
    one.digest = {hash.finish()};
    if (keep) {
        for_contents_ += kept.size();
        one.small = std::make_shared<const Bytes>(std::move(kept));
    }
    put(std::move(one));
}

// False when a file stands where a folder would have to.
bool ArchiveTree::make_folders(const ItemPath& path) {
    if (path.is_root()) return true;
    if (const Node* there = node(path)) return there->item.kind == ItemKind::folder;
    ItemPath at;
    for (const std::string_view part : path.parts()) {
        at = at.child(part);
        const Node* there = node(at);
        if (there != nullptr && there->item.kind != ItemKind::folder) return false;
        if (there == nullptr) put({.item = folder_item(at)});
        folders_[at];
    }
    return true;
}

void ArchiveTree::put(Node one) {
    for_names_ += for_an_entry + 3 * one.item.path.text().size();
    auto& children = folders_[one.item.path.parent()];
    std::string name(one.item.path.name());
    children.insert_or_assign(std::move(name), std::move(one));
}

const ArchiveTree::Node* ArchiveTree::node(const ItemPath& path) const {
    const auto folder = folders_.find(path.parent());
    if (folder == folders_.end()) return nullptr;
    const auto found = folder->second.find(std::string(path.name()));
    return found == folder->second.end() ? nullptr : &found->second;
}

const ArchiveTree::Node& ArchiveTree::file(const ItemPath& path) const {
    const Node* found = path.is_root() ? nullptr : node(path);
    if (found == nullptr || found->item.kind != ItemKind::file) {
        throw Missing("there is no file '" + printable(path.text()) + "' in the Android backup");
    }
    return *found;
}

std::optional<Item> ArchiveTree::find(const ItemPath& path) const {
    if (path.is_root()) return folder_item(path);
    const Node* found = node(path);
    return found == nullptr ? std::nullopt : std::optional(found->item);
}

void ArchiveTree::list(const ItemPath& folder, const Each& each) const {
    const auto found = folders_.find(folder);
    if (found == folders_.end()) {
        throw Missing("there is no folder '" + printable(folder.text()) +
                      "' in the Android backup");
    }
    for (const auto& [name, child] : found->second) each(child.item);
}

// Null: it is not in memory.
std::shared_ptr<const Bytes> ArchiveTree::kept(const ItemPath& path) const {
    if (const auto& small = file(path).small) return small;
    return shared_->along.with([&](const Contents& along) {
        const auto found = along.find(path);
        return found == along.end() ? nullptr : found->second;
    });
}

std::shared_ptr<const Bytes> ArchiveTree::take_along(const Node& wanted) const {
    return shared_->along.with([&](Contents& along) {
        auto found = along.find(wanted.item.path);
        if (found == along.end()) {
            along.clear();  // room before the next are taken
            along = read_along(wanted);
            found = along.find(wanted.item.path);
        }
        return found->second;
    });
}

// This file and the next ones of its folder, as far as there is room, in one go through the file.
ArchiveTree::Contents ArchiveTree::read_along(const Node& wanted) const {
    std::map<uint64_t, const Node*> missing;
    const auto& folder = folders_.at(wanted.item.path.parent());
    uint64_t bytes = 0;
    for (auto it = folder.find(std::string(wanted.item.path.name())); it != folder.end(); ++it) {
        const Node& one = it->second;
        if (one.item.kind != ItemKind::file || one.small != nullptr) continue;
        if (bytes + one.item.size > most_along) break;
        bytes += one.item.size;
        missing.emplace(one.position, &one);
    }
    Contents contents;
    const auto reading = begin();
    while (contents.size() < missing.size()) {
        if (!reading->reader.next()) throw Corrupt("the Android backup is another one by now");
        const auto found = missing.find(reading->next++);
        if (found == missing.end()) continue;
        contents.emplace(found->second->item.path,
                         std::make_shared<const Bytes>(
                             read_all(reading->reader.content(), found->second->item.size)));
    }
    return contents;
}

std::unique_ptr<ByteSource> ArchiveTree::open(const ItemPath& path) const {
    const Node& wanted = file(path);
    if (const auto there = kept(path)) return std::make_unique<MemorySource>(*there);
    auto reading = shared_->last.with([](auto& last) { return std::move(last); });
    const bool back = reading != nullptr && reading->next > wanted.position;
    if (back && wanted.item.size <= most_along) {
        shared_->last.with(
            [&](auto& last) { last = std::move(reading); });  // others may go on there
        return std::make_unique<MemorySource>(*take_along(wanted));
    }
    if (back || reading == nullptr) reading = begin();
    while (reading->next <= wanted.position) {
        if (!reading->reader.next()) throw Corrupt("the Android backup is another one by now");
        ++reading->next;
    }
    return std::make_unique<Content>(shared_, std::move(reading));
}

Digest ArchiveTree::digest(const ItemPath& path) const {
    return file(path).digest;
}

uint64_t ArchiveTree::position(const ItemPath& path) const {
    return file(path).position;
}

}  // namespace lifeboat::ab
