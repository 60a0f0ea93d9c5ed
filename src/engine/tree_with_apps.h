// A backup with the data of its apps opened: what lies in it as one .ab file is shown as files,
// below "apps". "apps/PACKAGE/f/notes.txt" is in the file under the same name; what it has of the
// shared storage is below "apps/shared". The .ab file itself stays where it is.
#pragma once

#include "ab/archive_tree.h"
#include "base/event.h"
#include "base/secret.h"
#include "item/item.h"
#include "repository/repository.h"

#include <memory>
#include <stop_token>
#include <vector>

namespace lifeboat::engine {

const ItemPath& apps_folder();

// Whether there is an .ab file, and a place beside it where its files can be shown.
bool has_closed_apps(const FileTree& snapshot);

// The .ab files whose lists were read in this run: one that is in several backups is read once.
// Any thread.
class KnownApps {
public:
    using Key = std::vector<repository::BlobId>;  // what the file is stored as
    using Tree = std::shared_ptr<const ab::ArchiveTree>;

    // What they may take in memory together.
    static constexpr uint64_t most_memory = ab::ArchiveTree::most_for_names;

    Tree find(const Key& key) const;  // null: not known
    // Instead of others when they take too much.
    void keep(const Key& key, Tree tree);

private:
    Guarded<std::map<Key, Tree>> known_{};
};

// What an .ab file is called among those; no `apps`: nobody else asks for it.
struct KnownFile {
    std::shared_ptr<KnownApps> apps{};
    KnownApps::Key key{};
};

// Any thread. The .ab file is not touched before somebody looks into the root or below "apps", and
// not read before somebody looks below "apps". What does not open is told once, as a note, and
// everything else is there all the same.
class TreeWithApps final : public FileTree {
public:
    using Known = KnownFile;

    // has_closed_apps() said yes to the tree. `events` outlives it.
    TreeWithApps(std::shared_ptr<const FileTree> snapshot, const SecretText& password,
                 EventSink& events, std::stop_token stop, Known known = {});

    std::optional<Item> find(const ItemPath& path) const override;
    void list(const ItemPath& folder, const Each& each) const override;
    // Throws Corrupt for a file of an app that is not proven: nobody gets wrong bytes unasked.
    std::unique_ptr<ByteSource> open(const ItemPath& path) const override;
    // A file of an app as it is, proven or not.
    std::unique_ptr<ByteSource> open_unproven(const ItemPath& path) const;

    // Nothing for what is not a file of an app, and stored as itself.
    std::optional<Digest> digest(const ItemPath& path) const;
    // False for a file of an app that came out of a damaged .ab file which does not tell where it
    // is wrong. Such a file is shown; its bytes may be all there is, and may be others.
    bool is_proven(const ItemPath& path) const;
    // Files of apps in the order in which they can be read in one go, behind everything else.
    void sort_to_read(std::vector<Item>& items) const;
    // Why the .ab file is not whole, as far as it was read up to now; empty: it is, or was not
    // looked into.
    std::string damage() const;
    // Throws why there is nothing below "apps": Denied for a password, Missing for an empty file,
    // Corrupt, Unsupported.
    void require_open() const;

private:
    enum class Why { open, password, empty, damaged, unknown };
    struct State {
        std::optional<bool> opens{};  // header and password
        Why why = Why::open;
        std::string closed{};  // in words
        KnownApps::Tree apps{};
        std::string damage{};
    };

    bool opens() const;
    void close(State& state, Why why, const std::string& words) const;
    // Null: it does not open.
    KnownApps::Tree apps() const;
    KnownApps::Tree read_apps() const;
    void tell_of(const ab::ArchiveTree& apps) const;

    std::shared_ptr<const FileTree> snapshot_;
    SecretText password_;
    EventSink& events_;
    std::stop_token stop_;
    Known known_;
    mutable Guarded<State> state_{};
};

}  // namespace lifeboat::engine
