#include "base/text.h"
#include "crypto/sha256.h"
#include "engine/engine.h"
#include "engine/meter.h"
#include "engine/opened_tree.h"
#include "engine/phone_view.h"
#include "engine/restore_selection.h"
#include "item/folder_sink.h"
#include "personal/collection.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace lifeboat::engine {

namespace {

Digest hash_of(ByteSource& source) {
    crypto::Sha256 hash;
    Bytes buffer(256 * 1024);
    while (const size_t size = source.read(buffer))
        hash.update(MutableByteView(buffer).first(size));
    return {hash.finish()};
}

// What the file must be: the manifest knows, else the place is read (its blob hashes are checked on
// the way).
Digest expected_digest(const FileTree& tree, const std::optional<Manifest>& manifest,
                       const ItemPath& path, const TreeWithApps* apps = nullptr) {
    if (apps != nullptr) {
        if (const auto of_app = apps->digest(path)) return *of_app;
    }
    if (manifest) {
        const auto entry = manifest->files.find(path);
        if (entry != manifest->files.end()) return entry->second.sha256;
    }
    return hash_of(*tree.open(path));
}

constexpr const char* not_proven =
    "not proven: the data of apps is damaged, and any of its files may be wrong";

class FolderRestore {
public:
    FolderRestore(const OpenedTree& opened, const std::optional<Manifest>& manifest,
                  FolderSink& sink, const RestoreRequest& request, RestoreReport& report)
        : tree_(*opened.tree),
          apps_(opened.apps),
          manifest_(manifest),
          sink_(sink),
          request_(request),
          report_(report) {}

    void restore(const Item& item, Meter& meter) {
        try {
            if (item.kind == ItemKind::file) {
                restore_file(item, meter);
                if (!is_proven(item.path)) report_.failed.push_back({item.path, not_proven});
            } else if (!request_.dry_run) {
                MemoryNothing nothing;
                sink_.put(item, nothing);
            }
        } catch (const NoSpace&) {
            throw;
        } catch (const Error& error) {
            report_.failed.push_back({item.path, error.full_text()});
        }
    }

private:
    struct MemoryNothing final : ByteSource {
        size_t read(MutableByteView) override { return 0; }
    };

    bool is_proven(const ItemPath& path) const {
        return apps_ == nullptr || apps_->is_proven(path);
    }

    void restore_file(const Item& item, Meter& meter) {
        const Digest expected = expected_digest(tree_, manifest_, item.path, apps_);
        if (const auto there = sink_.find(item.path)) {
            if (there->kind == ItemKind::file && there->size == item.size &&
                hash_of(*sink_.open(item.path)) == expected) {
                ++report_.already_there;
                meter.add_items(1);
                meter.add_bytes(item.size);
                return;
            }
            if (request_.overwrite == Overwrite::refuse) {
                report_.conflicts.push_back({item.path, "something else is there under this name"});
                return;
            }
        }
        if (!request_.dry_run) write(item, expected, meter);
        ++report_.files;
        report_.bytes += item.size;
        meter.add_items(1);
    }

    void write(const Item& item, const Digest& expected, Meter& meter) {
        const bool proven = is_proven(item.path);
        const auto source = proven ? tree_.open(item.path) : apps_->open_unproven(item.path);
        MeteredSource metered(*source, meter);
        sink_.put(item, metered);
        if (hash_of(*sink_.open(item.path)) != expected) {
            throw Corrupt(
                "what was written reads back differently; this disk or memory cannot be trusted");
        }
        if (proven) ++report_.compared_equal;
    }

    const FileTree& tree_;
    const TreeWithApps* apps_;
    const std::optional<Manifest>& manifest_;
    FolderSink& sink_;
    const RestoreRequest& request_;
    RestoreReport& report_;
};

void require_space(uint64_t needed, uint64_t free, const std::string& where) {
    if (needed <= free) return;
    throw NoSpace(
        fmt::format("{} needs {} and has {} free", where, human_bytes(needed), human_bytes(free)),
        "Nothing was written. Free some space or choose another target.");
}

// The files of a tree that are wanted, as a tree of their own for a phone to pull from.
std::vector<ItemPath> paths_of(const std::vector<Item>& items) {
    std::vector<ItemPath> paths;
    for (const Item& item : items) {
        if (item.kind == ItemKind::file) paths.push_back(item.path);
    }
    return paths;
}

std::map<ItemPath, Digest> digests_on(phone::Phone& phone, const std::vector<ItemPath>& paths,
                                      const OperationContext& context) {
    std::map<ItemPath, Digest> found;
    if (paths.empty()) return found;
    Meter meter(context.events, context.clock, "prove", "");
    meter.expect(paths.size(), 0);
    phone.digests(
        paths,
        [&](const ItemPath& path, const std::optional<Digest>& digest, const std::string&) {
            meter.add_items(1);
            if (digest) found.emplace(path, *digest);
        },
        context.stop);
    return found;
}

// What the backup has.
struct Original {
    const FileTree& tree;
    const std::optional<Manifest>& manifest;
    Digest digest(const ItemPath& path) const { return expected_digest(tree, manifest, path); }
};

// Which of the wanted files are on the phone already: same content, something else, or nothing.
struct OnPhone {
    std::vector<ItemPath> absent{}, same{}, different{};
};

OnPhone compare_with_phone(const Original& original, phone::Phone& phone,
                           const std::vector<ItemPath>& wanted, const OperationContext& context) {
    std::map<ItemPath, uint64_t> there;
    for (const Item& item : phone.inventory(context.stop).items) {
        if (item.kind == ItemKind::file) there.emplace(item.path, item.size);
    }
    OnPhone result;
    std::vector<ItemPath> to_hash;
    for (const ItemPath& path : wanted) {
        (there.contains(path) ? to_hash : result.absent).push_back(path);
    }
    const auto digests = digests_on(phone, to_hash, context);
    for (const ItemPath& path : to_hash) {
        const auto digest = digests.find(path);
        const bool equal = digest != digests.end() && digest->second == original.digest(path);
        (equal ? result.same : result.different).push_back(path);
    }
    return result;
}

void compare_restored(const Original& original, phone::Phone& phone,
                      const std::vector<ItemPath>& written, RestoreReport& report,
                      const OperationContext& context) {
    const auto digests = digests_on(phone, written, context);
    for (const ItemPath& path : written) {
        const bool failed = std::any_of(report.failed.begin(), report.failed.end(),
                                        [&](const PathNote& note) { return note.path == path; });
        if (failed) continue;
        const auto digest = digests.find(path);
        if (digest == digests.end()) {
            report.failed.push_back({path, "the phone does not have it after the restore"});
        } else if (digest->second != original.digest(path)) {
            report.failed.push_back(
                {path, "the phone has other bytes than the backup after the restore"});
        } else {
            ++report.compared_equal;
        }
    }
}

// A backup to bring files back from. The manifest knows the hashes of what is stored; what is
// decrypted on the way has none.
struct Wanted {
    OpenedTree opened{};
    std::optional<Manifest> manifest{};
    bool holds_apps = false;  // the data of apps as one file
};

Wanted open_wanted(repository::Repository& repository, const repository::Snapshot& snapshot,
                   const RestoreRequest& request, const OperationContext& context) {
    Wanted wanted;
    auto tree = repository.read(snapshot, context.stop);
    auto manifest = load_manifest(*tree);
    wanted.holds_apps = has_closed_apps(*tree) || has_lost_apps(*tree, manifest);
    if (request.as_stored) {
        wanted.opened.tree = std::move(tree);
    } else {
        wanted.opened = open_for_person(std::move(tree), request.phone_password, context.stop);
    }
    if (!wanted.opened.closed.empty()) {
        context.events.on(Noted{Severity::warning,
                                "The backup comes back as it is stored: " + wanted.opened.closed});
    }
    if (!wanted.opened.is_decoded()) wanted.manifest = std::move(manifest);
    return wanted;
}

}  // namespace

RestoreReport restore_to_folder(repository::Repository& repository,
                                const repository::Snapshot& snapshot, const std::string& folder,
                                const RestoreRequest& request, const OperationContext& context) {
    RestoreReport report{.snapshot = snapshot.id};
    Wanted wanted = open_wanted(repository, snapshot, request, context);
    // Onto a phone they go by its own service only: not as files.
    if (!request.as_stored) {
        const SecretText none;
        open_apps(wanted.opened, request.app_password ? *request.app_password : none,
                  context.events, context.stop);
    }
    const FileTree* tree = wanted.opened.tree.get();
    const auto& manifest = wanted.manifest;
    const TreeWithApps* apps = wanted.opened.apps;
    const AppsInBackup where{.there = wanted.holds_apps, .opened = apps};
    report.failed = lost_of(*tree, manifest, request.only, where);
    Selection selection = select(*tree, request.only, report.failed, where);
    if (apps != nullptr) {
        apps->sort_to_read(selection.items);
        if (!apps->damage().empty() && (request.only.empty() || selection.has_apps()))
            report.failed.push_back({apps_folder(), apps->damage()});
    }
    FolderSink sink(folder);
    if (!request.dry_run) require_space(selection.bytes, sink.free_bytes(), "the target folder");

    Meter meter(context.events, context.clock, "restore", folder);
    meter.expect(selection.files, selection.bytes);
    FolderRestore restore(wanted.opened, manifest, sink, request, report);
    for (const Item& item : selection.items) {
        if (context.stop.stop_requested()) throw Cancelled{};
        restore.restore(item, meter);
    }
    if (request.dry_run) return report;
    for (auto item = selection.items.rbegin(); item != selection.items.rend(); ++item) {
        if (item->kind == ItemKind::folder) sink.set_folder(*item);
    }
    return report;
}

RestoreReport restore_to_phone(repository::Repository& repository,
                               const repository::Snapshot& snapshot, phone::Phone& phone,
                               const RestoreRequest& request, const OperationContext& context) {
    RestoreReport report{.snapshot = snapshot.id};
    const Wanted source = open_wanted(repository, snapshot, request, context);
    const auto& manifest = source.manifest;
    const MediaTree media(*source.opened.tree);
    const FileTree* tree = source.opened.tree.get();
    std::vector<ItemPath> only = request.only;
    if (source.opened.is_iphone) {
        if (!source.opened.is_decoded()) {
            throw Denied(
                "the files of this backup cannot be brought onto a phone: " + source.opened.closed,
                "Give its password: --phone-password-file, or type it when asked.");
        }
        tree = &media;  // all that an iPhone takes file by file
        std::ranges::transform(only, only.begin(), name_on_phone);
    }
    const AppsInBackup apps{.there = source.holds_apps};
    report.failed = lost_of(*tree, manifest, only, apps);
    auto wanted = paths_of(select(*tree, only, report.failed, apps).items);
    std::erase_if(wanted, personal::is_personal);  // not files of the phone: see restore_records
    OnPhone there = compare_with_phone({*tree, manifest}, phone, wanted, context);
    report.already_there = there.same.size();

    std::vector<ItemPath> to_write = std::move(there.absent);
    if (request.overwrite == Overwrite::replace) {
        to_write.insert(to_write.end(), there.different.begin(), there.different.end());
    } else {
        for (const ItemPath& path : there.different) {
            report.conflicts.push_back({path, "the phone has something else under this name"});
        }
    }
    if (request.dry_run) {
        report.files = to_write.size();
        for (const ItemPath& path : to_write) report.bytes += tree->find(path)->size;
        return report;
    }
    if (to_write.empty()) return report;
    {
        Meter meter(context.events, context.clock, "restore", "phone");
        uint64_t bytes = 0;
        for (const ItemPath& path : to_write) bytes += tree->find(path)->size;
        meter.expect(to_write.size(), bytes);
        const MeteredTree metered(*tree, meter);
        const auto outcome = phone.restore(metered, to_write, context.events, context.stop);
        report.files = outcome.files;
        report.bytes = outcome.bytes;
        for (const auto& failed : outcome.failed)
            report.failed.push_back({failed.path, failed.reason});
    }
    compare_restored({*tree, manifest}, phone, to_write, report, context);
    return report;
}

std::vector<personal::RestoreOutcome> restore_records(repository::Repository& repository,
                                                      const repository::Snapshot& snapshot,
                                                      phone::Phone& phone,
                                                      const personal::RestoreRequest& request,
                                                      const OperationContext& context) {
    const auto tree = repository.read(snapshot, context.stop);
    const auto collections = personal::load_collections(*tree);
    if (!collections) {
        throw Missing("this backup holds no messages, contacts or apps as records",
                      "Choose a newer backup: see 'lifeboat snapshot list'. Files come back "
                      "without --records.");
    }
    for (const std::string& id : request.classes) {
        const bool known = std::any_of(collections->begin(), collections->end(),
                                       [&](const auto& one) { return one.id == id; });
        if (!known) throw Misuse("the backup has no records of '" + printable(id) + "'");
    }
    return phone.restore_personal(*tree, request, context.events, context.stop);
}

}  // namespace lifeboat::engine
