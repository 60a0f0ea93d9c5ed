// The audit of an iPhone. Nobody but its own backup sees what its apps hold, so a new backup is
// made and held against the one from before: databases by the identities of what is in them, since
// a new system writes nearly every database anew; photos and recordings by their bytes.
#include "content/media_class.h"
#include "crypto/sha256.h"
#include "engine/engine.h"
#include "engine/iphone_proof.h"
#include "engine/opened_tree.h"
#include "engine/phone_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace lifeboat::engine {

namespace {

// One side of the comparison.
struct Side {
    repository::Snapshot snapshot{};
    Manifest manifest{};
    IphoneContents contents{};
};

Side load_side(repository::Repository& repository, const repository::Snapshot& snapshot,
               const std::stop_token& stop) {
    const auto tree = repository.read(snapshot, stop);
    auto manifest = load_manifest(*tree);
    auto contents = load_iphone_contents(*tree);
    if (!manifest || !contents) {
        throw Denied(
            fmt::format("the backup of {} was never opened, so nothing can be compared with it",
                        to_rfc3339(snapshot.time)),
            "An audit of an iPhone needs a backup that was made with the password of its backups "
            "at hand. Choose another with --baseline: see 'lifeboat snapshot list'.");
    }
    return {snapshot, std::move(*manifest), std::move(*contents)};
}

// Opens both backups when their stored bytes differ: with new keys all do.
class StoredBytes {
public:
    StoredBytes(repository::Repository& repository, const Side& before, const Side& after,
                const SecretText* password, const std::stop_token& stop)
        : repository_(repository),
          before_(before),
          after_(after),
          password_(password),
          stop_(stop) {}

    bool equal(const ItemPath& path) {
        const Digest& old_stored = stored_digest(before_, path);
        if (old_stored == stored_digest(after_, path)) return true;
        if (!old_tree_.tree) {
            old_tree_ = open(before_);
            new_tree_ = open(after_);
        }
        return hash_of(*old_tree_.tree, path) == hash_of(*new_tree_.tree, path);
    }

private:
    static const Digest& stored_digest(const Side& side, const ItemPath& path) {
        return side.manifest.files.at(side.contents.media.at(path).stored).sha256;
    }
    OpenedTree open(const Side& side) const {
        auto tree = repository_.read(side.snapshot, stop_);
        if (side.contents.encrypted && password_ != nullptr && !opens_with(*tree, *password_)) {
            throw Denied(
                fmt::format("the password of the iPhone's backups was changed: it does not open "
                            "the backup of {}, so its photos cannot be compared",
                            to_rfc3339(side.snapshot.time)),
                "Both backups are kept and nothing is lost: that one opens with the password of "
                "its time. Compare with one that the present password opens: --baseline, see "
                "'lifeboat snapshot list'.");
        }
        return open_for_person(std::move(tree), password_, stop_);
    }
    static Digest hash_of(const FileTree& opened, const ItemPath& path) {
        const auto source = MediaTree(opened).open(path);
        crypto::Sha256 hash;
        Bytes buffer(size_t{256} << 10);
        while (const size_t size = source->read(buffer)) hash.update(ByteView(buffer).first(size));
        return {hash.finish()};
    }

    repository::Repository& repository_;
    const Side& before_;
    const Side& after_;
    const SecretText* password_;
    std::stop_token stop_;
    OpenedTree old_tree_{}, new_tree_{};
};

AuditItem item_of(const ItemPath& path, const MediaFile& file, std::string note = {}) {
    return {path, file.size, std::string(content::to_text(content::classify(path.text()))),
            std::move(note), name_in_backup(path, file.stored)};
}

// A photo under another name: the same name of file, size and date, where there was nothing before.
using Likeness = std::tuple<std::string, uint64_t, TimePoint>;
Likeness likeness(const ItemPath& path, const MediaFile& file) {
    return {std::string(path.name()), file.size, file.modified};
}

std::map<Likeness, ItemPath> new_places(const Side& before, const Side& after) {
    std::map<Likeness, ItemPath> places;
    for (const auto& [path, file] : after.contents.media) {
        if (!before.contents.media.contains(path)) places.emplace(likeness(path, file), path);
    }
    return places;
}

void compare_media(const Side& before, const Side& after, StoredBytes& bytes, AuditReport& report) {
    auto moved_to = new_places(before, after);
    for (const auto& [path, file] : before.contents.media) {
        const auto there = after.contents.media.find(path);
        if (there == after.contents.media.end()) {
            const auto moved = moved_to.find(likeness(path, file));
            if (moved == moved_to.end()) {
                report.lost.push_back(item_of(path, file));
                continue;
            }
            const ItemPath& now = moved->second;
            const ItemPath& stored = after.contents.media.at(now).stored;
            report.moved.push_back(item_of(path, file, name_in_backup(now, stored).text()));
            moved_to.erase(moved);
        } else if (file.size != there->second.size || file.modified != there->second.modified) {
            report.changed.push_back(
                item_of(path, file, "changed " + to_rfc3339(there->second.modified)));
        } else if (bytes.equal(path)) {
            ++report.same;
        } else {
            report.damaged.push_back(item_of(path, file, "other content under the same date"));
        }
    }
    for (const auto& [like, path] : moved_to)
        report.added.push_back(item_of(path, after.contents.media.at(path)));
}

void compare_databases(const Side& before, const Side& after, AuditReport& report) {
    for (const auto& old_class : before.contents.inventory.classes) {
        // Waiting for iCloud or no longer: nothing is lost or won by it.
        if (old_class.id == "photos_not_in_cloud") continue;
        const auto& new_class = after.contents.inventory.at(old_class.id);
        report.classes.push_back(
            {.id = old_class.id,
             .was_counted = old_class.state == content::InventoryState::counted,
             .change = content::compare_inventories(old_class, new_class)});
    }
}

void add_evidence(AuditReport& report, TimePoint now) {
    const auto add = [&](const std::string& fact, const std::string& subject, uint64_t count) {
        report.evidence.add({.fact = fact,
                             .subject = subject,
                             .value = std::to_string(count),
                             .grade = checklist::Grade::restored,
                             .method = "two opened backups compared",
                             .observed = now});
    };
    add("audit.same", "", report.same);
    add("audit.lost", "", report.lost.size());
    add("audit.damaged", "", report.damaged.size());
    add("audit.changed", "", report.changed.size());
    add("audit.moved", "", report.moved.size());
    add("audit.added", "", report.added.size());
    for (const ClassChange& one : report.classes) {
        if (one.change.comparable) add("audit.class_lost", one.id, one.change.lost_count());
    }
}

}  // namespace

AuditReport audit_iphone(phone::Phone& phone, repository::Repository& repository,
                         const repository::Snapshot& baseline, const BackupOptions& options,
                         const OperationContext& context) {
    AuditReport report;
    report.baseline = baseline;
    const Side before = load_side(repository, baseline, context.stop);
    report.build_before = before.manifest.build;
    report.facts = phone.facts(context.stop);
    report.evidence = inspect(report.facts, context);
    BackupOptions for_audit = options;
    for_audit.for_audit = true;
    const BackupReport made = backup(phone, report.facts, repository, context, for_audit);
    if (!made.iphone || !made.iphone->contents) {
        throw Denied("the new backup could not be opened, so nothing can be compared",
                     "It is kept. Run 'lifeboat audit' again with the password of the iPhone's "
                     "backups: --phone-password-file, or type it when asked.");
    }
    const auto snapshots = repository.snapshots(context.stop);
    const Side after =
        load_side(repository,
                  choose_snapshot(snapshots, made.receipt.snapshot.hex(), report.facts.device_key),
                  context.stop);
    report.compared_with = after.snapshot;
    StoredBytes bytes(repository, before, after, options.phone_password, context.stop);
    compare_media(before, after, bytes, report);
    compare_databases(before, after, report);
    add_evidence(report, context.clock.now());
    return report;
}

// Fewer photos only in the cloud are more photos here.
bool ClassChange::lost_something() const {
    return id != "photos_only_in_cloud" && change.lost_something();
}

bool AuditReport::lost_something() const {
    return !lost.empty() || !damaged.empty() ||
           std::any_of(classes.begin(), classes.end(),
                       [](const ClassChange& one) { return one.lost_something(); }) ||
           std::any_of(records.begin(), records.end(),
                       [](const personal::Change& one) { return one.lost_something(); });
}

uint64_t AuditReport::not_comparable() const {
    const auto unlike = std::count_if(classes.begin(), classes.end(), [](const ClassChange& one) {
        return one.was_counted && !one.change.comparable;
    });
    // What was not shown when the backup was made is a gap of the backup, told then.
    const auto unread =
        std::count_if(records.begin(), records.end(), [](const personal::Change& one) {
            return one.before > 0 && one.weight == personal::Weight::kept && !one.comparable;
        });
    return static_cast<uint64_t>(unlike + unread);
}

}  // namespace lifeboat::engine
