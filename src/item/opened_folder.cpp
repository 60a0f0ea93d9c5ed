#include "item/opened_folder.h"

#include "base/error.h"
#include "base/guarded.h"
#include "item/stream_file.h"

#include <sys/stat.h>

#include <algorithm>
#include <list>

namespace lifeboat {

namespace {

constexpr size_t most_listings = 64;

uint32_t posix_type(ItemKind kind) {
    switch (kind) {
        case ItemKind::file:
            return S_IFREG;
        case ItemKind::folder:
            return S_IFDIR;
        case ItemKind::symlink:
            return S_IFLNK;
        case ItemKind::other:
            break;
    }
    return S_IFIFO;
}

// What the folders of one tree share.
struct Source {
    TreeOpener open{};
    std::shared_ptr<ListingMemory> memory{};
};

class TreeListing final : public FolderListing {
public:
    TreeListing(std::shared_ptr<const Source> source, ItemPath folder)
        : source_(std::move(source)), folder_(std::move(folder)) {}

    void read(const std::stop_token& stop) {
        const auto tree = source_->open(stop);
        tree->list(folder_, [&](const Item& item) {
            if (stop.stop_requested()) throw Cancelled();
            add(item);
        });
    }
    size_t size() const override { return entries_.size(); }
    OpenEntry entry(size_t number) const override {
        const Entry& one = entries_.at(number);
        return {.name = name(one),
                .mode = one.mode,
                .size = one.size,
                .modified = one.modified,
                .accessed = one.modified,
                .changed = one.modified};
    }
    bool can_be_shown(size_t number) const override {
        return ItemPath::is_valid_part(name(entries_.at(number)));
    }
    std::optional<size_t> find(std::string_view wanted) const override {
        const auto found = std::lower_bound(
            entries_.begin(), entries_.end(), wanted,
            [&](const Entry& one, std::string_view than) { return name(one) < than; });
        if (found == entries_.end() || name(*found) != wanted) return std::nullopt;
        return static_cast<size_t>(found - entries_.begin());
    }
    const std::string& link_target(size_t number) const override {
        static const std::string none;
        const Entry& one = entries_.at(number);
        return S_ISLNK(one.mode) ? links_.at(one.link) : none;
    }
    std::shared_ptr<const OpenFolder> folder(size_t number) const override;
    std::unique_ptr<OpenFile> file(size_t number, const std::stop_token&) const override {
        const Entry& one = entries_.at(number);
        return std::make_unique<StreamFile>(source_->open, folder_.child(name(one)), one.size);
    }

private:
    struct Entry {
        uint64_t size = 0;
        TimePoint modified{};
        size_t name_at = 0;
        uint32_t mode = 0;
        uint32_t link = 0;  // which of the targets
        uint16_t name_size = 0;
    };

    std::string_view name(const Entry& one) const {
        return std::string_view(names_).substr(one.name_at, one.name_size);
    }
    void add(const Item& item) {
        const std::string_view called = item.path.name();  // at most ItemPath::max_part
        Entry one{.size = item.size,
                  .modified = item.modified,
                  .name_at = names_.size(),
                  .mode = posix_type(item.kind) | (item.mode & 07777),
                  .name_size = static_cast<uint16_t>(called.size())};
        names_ += called;
        if (item.kind == ItemKind::symlink) {
            one.link = static_cast<uint32_t>(links_.size());
            one.size = item.link_target.size();
            links_.push_back(item.link_target);
        }
        entries_.push_back(one);
    }

    std::shared_ptr<const Source> source_;
    ItemPath folder_;
    std::vector<Entry> entries_{};
    std::string names_{};
    std::vector<std::string> links_{};
};

class TreeFolder final : public OpenFolder {
public:
    TreeFolder(std::shared_ptr<const Source> source, ItemPath path)
        : source_(std::move(source)), path_(std::move(path)) {}

    std::shared_ptr<const FolderListing> listing(const std::stop_token& stop) const override {
        auto known = last_.with([](const auto& last) { return last.lock(); });
        if (known == nullptr) {
            auto made = std::make_shared<TreeListing>(source_, path_);
            made->read(stop);
            known = std::move(made);
            last_.with([&](auto& last) { last = known; });
        }
        source_->memory->used(known);
        return known;
    }

private:
    std::shared_ptr<const Source> source_;
    ItemPath path_;
    mutable Guarded<std::weak_ptr<const FolderListing>> last_{};
};

std::shared_ptr<const OpenFolder> TreeListing::folder(size_t number) const {
    return std::make_shared<TreeFolder>(source_, folder_.child(name(entries_.at(number))));
}

}  // namespace

struct ListingMemory::Parts {
    using Listings = std::list<std::shared_ptr<const FolderListing>>;
    struct Kept {
        Listings listings{};  // the last one used first
        size_t entries = 0;
    };
    size_t most_entries = 0;
    Guarded<Kept> kept{};
};

ListingMemory::ListingMemory(size_t most_entries) : parts_(std::make_unique<Parts>()) {
    parts_->most_entries = most_entries;
}

ListingMemory::~ListingMemory() = default;

void ListingMemory::used(const std::shared_ptr<const FolderListing>& listing) {
    Parts::Listings gone;  // freed outside of the lock
    parts_->kept.with([&](Parts::Kept& kept) {
        auto& all = kept.listings;
        const auto known = std::find(all.begin(), all.end(), listing);
        if (known != all.end()) {
            all.splice(all.begin(), all, known);
            return;
        }
        all.push_front(listing);
        kept.entries += listing->size();
        while (all.size() > 1 &&
               (all.size() > most_listings || kept.entries > parts_->most_entries)) {
            kept.entries -= all.back()->size();
            gone.splice(gone.begin(), all, std::prev(all.end()));
        }
    });
}

size_t ListingMemory::entries() const {
    return parts_->kept.with([](const Parts::Kept& kept) { return kept.entries; });
}

std::shared_ptr<const OpenFolder> opened_folder(TreeOpener open,
                                                std::shared_ptr<ListingMemory> memory) {
    auto source = std::make_shared<const Source>(
        Source{.open = std::move(open), .memory = std::move(memory)});
    return std::make_shared<TreeFolder>(std::move(source), ItemPath());
}

}  // namespace lifeboat
