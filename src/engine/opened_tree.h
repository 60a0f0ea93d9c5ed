// A snapshot as a person knows it: an iPhone's backup by its domains and real paths, decrypted on
// the way; an Android phone's with the data of its apps as files; any other as it is.
#pragma once

#include "base/secret.h"
#include "content/ios_backup/ios_backup.h"
#include "engine/tree_with_apps.h"
#include "item/item.h"

#include <functional>
#include <memory>
#include <stop_token>
#include <string>

namespace lifeboat::engine {

struct OpenedTree {
    std::unique_ptr<FileTree> tree{};
    bool is_iphone = false;
    // Why an iPhone's backup is shown as it is stored; empty: it is not.
    std::string closed{};
    // The same tree, when it has the data of an Android phone's apps in it; else null.
    const TreeWithApps* apps = nullptr;

    // Whether names and sizes are the phone's, and not those of the snapshot.
    bool is_decoded() const { return is_iphone && closed.empty(); }
};

// `password` may be null. Throws content::WrongBackupPassword, Corrupt.
OpenedTree open_for_person(std::unique_ptr<FileTree> snapshot, const SecretText* password,
                           const std::stop_token& stop);

// Shows the data of apps below "apps", where there is any. `events` outlives the tree; `password`
// is empty when it is not known. `key` gives the pieces of the .ab file where `known` is not null.
void open_apps(OpenedTree& opened, const SecretText& password, EventSink& events,
               const std::stop_token& stop, std::shared_ptr<KnownApps> known = nullptr,
               const std::function<KnownApps::Key()>& key = {});

// What an iPhone shows in its media folder, out of its opened backup: "Media/DCIM/...", which lies
// in two domains there. `opened` outlives it.
class MediaTree final : public FileTree {
public:
    explicit MediaTree(const FileTree& opened) : opened_(opened) {}
    std::optional<Item> find(const ItemPath& path) const override;
    void list(const ItemPath& folder, const Each& each) const override;
    std::unique_ptr<ByteSource> open(const ItemPath& path) const override;

private:
    std::optional<ItemPath> source_of(const ItemPath& path) const;

    const FileTree& opened_;
};

}  // namespace lifeboat::engine
