#include "repository/browse.h"

#include "repository/open_file.h"
#include "repository/open_repository.h"

#include <sys/stat.h>

namespace lifeboat::repository {

namespace {

uint32_t posix_type(NodeType type) {
    switch (type) {
        case NodeType::file:
            return S_IFREG;
        case NodeType::dir:
            return S_IFDIR;
        case NodeType::symlink:
            return S_IFLNK;
        case NodeType::dev:
            return S_IFBLK;
        case NodeType::chardev:
            return S_IFCHR;
        case NodeType::fifo:
            return S_IFIFO;
        case NodeType::socket:
            return S_IFSOCK;
        case NodeType::irregular:
            break;
    }
    return S_IFREG;
}

class OpenBrowser final : public Browser {
public:
    OpenBrowser(Store& store, const BrowseLimits& limits)
        : store_(store),
          trees_(limits.tree_memory),
          large_(limits.tree_memory / 2),
          blobs_(store, limits.blob_memory, limits.ahead_threads) {}

    std::shared_ptr<const OpenFolder> open(const Snapshot& snapshot) override;
    void refresh(const std::stop_token& stop) override { store_.refresh_index(stop); }

    std::shared_ptr<const Tree> tree(const BlobId& id, const std::stop_token& stop) {
        if (auto cached = trees_.get(id)) return cached;
        auto last = last_large_.with([](const LastLarge& l) { return l; });
        if (last.tree != nullptr && last.id == id) return last.tree;
        auto loaded = store_.load_tree(id, stop);
        const size_t size = memory_of(*loaded);
        if (size > large_)
            last_large_.with([&](LastLarge& l) { l = {id, loaded}; });
        else
            trees_.put(id, loaded, size);
        return loaded;
    }
    std::unique_ptr<OpenFile> file(std::shared_ptr<const Tree> tree, const Node& node,
                                   const std::stop_token& stop) {
        return std::make_unique<SnapshotFile>(store_, blobs_, std::move(tree), node, stop);
    }

private:
    // The caches pass over what is larger than half of them; decoding a huge folder anew at each
    // look into it would cost a second each.
    struct LastLarge {
        BlobId id{};
        std::shared_ptr<const Tree> tree{};
    };

    Store& store_;
    LruCache<BlobId, Tree, IdHash> trees_;
    size_t large_;
    Guarded<LastLarge> last_large_;
    BlobReader blobs_;
};

class SnapshotFolder final : public OpenFolder {
public:
    SnapshotFolder(OpenBrowser& browser, const BlobId& tree) : browser_(browser), tree_(tree) {}
    std::shared_ptr<const FolderListing> listing(const std::stop_token& stop) const override;

private:
    OpenBrowser& browser_;
    BlobId tree_;
};

class SnapshotListing final : public FolderListing {
public:
    SnapshotListing(OpenBrowser& browser, std::shared_ptr<const Tree> tree)
        : browser_(browser), tree_(std::move(tree)) {}

    size_t size() const override { return tree_->size(); }
    OpenEntry entry(size_t number) const override {
        const Node& node = tree_->at(number);
        const bool link = node.type == NodeType::symlink;
        return {.name = node.name,
                .mode = posix_type(node.type) | item_mode(node.mode),
                .size = link ? node.link_target.size() : node.size,
                .modified = node.modified,
                .accessed = node.accessed,
                .changed = node.changed};
    }
    bool can_be_shown(size_t number) const override {
        return ItemPath::is_valid_part(tree_->at(number).name);
    }
    std::optional<size_t> find(std::string_view name) const override {
        const Node* node = find_node(*tree_, name);
        if (node == nullptr) return std::nullopt;
        return static_cast<size_t>(node - tree_->data());
    }
    const std::string& link_target(size_t number) const override {
        return tree_->at(number).link_target;
    }
    std::shared_ptr<const OpenFolder> folder(size_t number) const override {
        return std::make_shared<SnapshotFolder>(browser_, tree_->at(number).subtree);
    }
    std::unique_ptr<OpenFile> file(size_t number, const std::stop_token& stop) const override {
        return browser_.file(tree_, tree_->at(number), stop);
    }

private:
    OpenBrowser& browser_;
    std::shared_ptr<const Tree> tree_;
};

std::shared_ptr<const FolderListing> SnapshotFolder::listing(const std::stop_token& stop) const {
    return std::make_shared<SnapshotListing>(browser_, browser_.tree(tree_, stop));
}

std::shared_ptr<const OpenFolder> OpenBrowser::open(const Snapshot& snapshot) {
    return std::make_shared<SnapshotFolder>(*this, snapshot.tree);
}

}  // namespace

std::unique_ptr<Browser> browse(Repository& repository, const BrowseLimits& limits) {
    return std::make_unique<OpenBrowser>(dynamic_cast<OpenRepository&>(repository).store(), limits);
}

}  // namespace lifeboat::repository
