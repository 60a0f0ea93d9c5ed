#include "engine/opened_tree.h"

#include "base/error.h"
#include "base/text.h"

#include <array>
#include <map>

namespace lifeboat::engine {

namespace {

constexpr std::array domains{"CameraRollDomain", "MediaDomain"};

// Both trees in one: the opened one reads from the raw one.
class IphoneTree final : public FileTree {
public:
    IphoneTree(std::unique_ptr<FileTree> raw, const SecretText& password,
               const std::stop_token& stop)
        : raw_(std::move(raw)), opened_(*raw_, password, stop) {}

    std::optional<Item> find(const ItemPath& path) const override { return opened_.find(path); }
    void list(const ItemPath& folder, const Each& each) const override {
        opened_.list(folder, each);
    }
    std::unique_ptr<ByteSource> open(const ItemPath& path) const override {
        return opened_.open(path);
    }

private:
    std::unique_ptr<FileTree> raw_;
    content::IosBackup opened_;
};

}  // namespace

OpenedTree open_for_person(std::unique_ptr<FileTree> snapshot, const SecretText* password,
                           const std::stop_token& stop) {
    OpenedTree opened;
    const auto kind = content::recognise_ios_backup(*snapshot);
    opened.is_iphone = kind.has_value();
    if (!kind) {
        opened.tree = std::move(snapshot);
    } else if (kind->encrypted && password == nullptr) {
        opened.closed = "it is encrypted, and the password of the iPhone's backups is not known";
        opened.tree = std::move(snapshot);
    } else {
        const SecretText none;
        opened.tree = std::make_unique<IphoneTree>(std::move(snapshot),
                                                   kind->encrypted ? *password : none, stop);
    }
    return opened;
}

void open_apps(OpenedTree& opened, const SecretText& password, EventSink& events,
               const std::stop_token& stop, std::shared_ptr<KnownApps> known,
               const std::function<KnownApps::Key()>& key) {
    if (opened.is_iphone || !has_closed_apps(*opened.tree)) return;
    TreeWithApps::Known shared{.apps = std::move(known)};
    if (shared.apps != nullptr) shared.key = key();
    auto tree = std::make_unique<TreeWithApps>(std::move(opened.tree), password, events, stop,
                                               std::move(shared));
    opened.apps = tree.get();
    opened.tree = std::move(tree);
}

std::optional<ItemPath> MediaTree::source_of(const ItemPath& path) const {
    for (const char* domain : domains) {
        const ItemPath there(std::string(domain) + "/" + path.text());
        if (opened_.find(there)) return there;
    }
    return std::nullopt;
}

std::optional<Item> MediaTree::find(const ItemPath& path) const {
    if (path.is_root()) return Item{.kind = ItemKind::folder, .mode = 0755};
    const auto source = source_of(path);
    if (!source) return std::nullopt;
    auto item = opened_.find(*source);
    item->path = path;
    return item;
}

void MediaTree::list(const ItemPath& folder, const Each& each) const {
    std::map<ItemPath, Item> children;
    bool found = folder.is_root();
    for (const char* domain : domains) {
        const ItemPath there(folder.is_root() ? std::string(domain)
                                              : std::string(domain) + "/" + folder.text());
        const auto self = opened_.find(there);
        if (!self || self->kind != ItemKind::folder) continue;
        found = true;
        opened_.list(there, [&](const Item& item) {
            Item child = item;
            child.path = folder.child(item.path.name());
            if (folder.is_root() && child.path.name() != "Media") return;
            children.emplace(child.path, std::move(child));
        });
    }
    if (!found) throw Missing("there is no folder '" + printable(folder.text()) + "'");
    for (const auto& [path, item] : children) each(item);
}

std::unique_ptr<ByteSource> MediaTree::open(const ItemPath& path) const {
    const auto source = source_of(path);
    if (!source) throw Missing("there is no file '" + printable(path.text()) + "'");
    return opened_.open(*source);
}

}  // namespace lifeboat::engine
