// A backup with the data of its apps opened: what lies in it as one .ab file is shown as files,
// below "apps". "apps/PACKAGE/f/notes.txt" is in the file under the same name; what it has of the
// shared storage is below "apps/shared". The .ab file itself stays where it is.
#pragma once

#include "ab/archive_tree.h"
#include "base/event.h"
#include "base/secret.h"
#include "item/item.h"

#include <memory>
#include <stop_token>
#include <vector>

namespace lifeboat::engine {

const ItemPath& apps_folder();

// Whether there is an .ab file, and a place beside it where its files can be shown.
bool has_closed_apps(const FileTree& snapshot);

// Any thread. The .ab file is not touched before somebody looks into the root or below "apps", and
// not read before somebody looks below "apps". What does not open is told once, as a note, and
// everything else is there all the same.
class TreeWithApps final : public FileTree {
public:
    // has_closed_apps() said yes to the tree. `events` outlives it.
    TreeWithApps(std::shared_ptr<const FileTree> snapshot, const SecretText& password,
                 EventSink& events, std::stop_token stop);

    std::optional<Item> find(const ItemPath& path) const override;
    void list(const ItemPath& folder, const Each& each) const override;
    std::unique_ptr<ByteSource> open(const ItemPath& path) const override;

    // Nothing for what is not a file of an app, and stored as itself.
    std::optional<Digest> digest(const ItemPath& path) const;
    // Files of apps in the order in which they can be read in one go, behind everything else.
    void sort_to_read(std::vector<Item>& items) const;
    // Why the .ab file is not whole, as far as it was read up to now; empty: it is, or was not
    // looked into.
    std::string damage() const;

private:
    struct State {
        std::optional<bool> opens{};  // header and password
        std::shared_ptr<const ab::ArchiveTree> apps{};
        std::string damage{};
    };

    bool opens() const;
    void say(State& state, const std::string& why) const;
    // Null: it does not open.
    std::shared_ptr<const ab::ArchiveTree> apps() const;
    std::unique_ptr<ByteSource> open_archive() const;

    std::shared_ptr<const FileTree> snapshot_;
    SecretText password_;
    EventSink& events_;
    std::stop_token stop_;
    mutable Guarded<State> state_{};
};

}  // namespace lifeboat::engine
