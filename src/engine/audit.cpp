#include "content/media_class.h"
#include "engine/engine.h"
#include "engine/meter.h"
#include "engine/phone_view.h"

#include <algorithm>
#include <set>

namespace lifeboat::engine {

namespace {

struct OnPhone {
    std::map<ItemPath, Item> files{};
    std::map<ItemPath, Digest> digests{};
    std::map<ItemPath, std::string> unhashed{};
    std::map<Digest, ItemPath> by_content{};
};

OnPhone look_at(phone::Phone& phone, AuditReport& report, const OperationContext& context) {
    OnPhone now;
    auto inventory = phone.inventory(context.stop);
    for (auto& [path, reason] : inventory.unreadable) report.unreadable.push_back({path, reason});
    std::vector<ItemPath> paths;
    uint64_t bytes = 0;
    for (Item& item : inventory.items) {
        if (item.kind != ItemKind::file) continue;
        paths.push_back(item.path);
        bytes += item.size;
        now.files.emplace(item.path, std::move(item));
    }
    Meter meter(context.events, context.clock, "compare", "");
    meter.expect(paths.size(), bytes);
    phone.digests(
        paths,
        [&](const ItemPath& path, const std::optional<Digest>& digest, const std::string& why_not) {
            meter.add_items(1);
            meter.add_bytes(now.files.at(path).size);
            if (!digest) {
                now.unhashed[path] = why_not;
                return;
            }
            now.digests[path] = *digest;
            now.by_content.emplace(*digest, path);
        },
        context.stop);
    return now;
}

AuditItem item_of(const ItemPath& path, uint64_t size, std::string note = {}) {
    return {path, size, std::string(content::to_text(content::classify(path.text()))),
            std::move(note)};
}

// A file that is not under its path any more: moved when its content is elsewhere and was not there
// before.
void judge_absent(const ItemPath& path, const ManifestEntry& entry, const Manifest& before,
                  const OnPhone& now, AuditReport& report) {
    const auto elsewhere = now.by_content.find(entry.sha256);
    if (elsewhere != now.by_content.end() && entry.size > 0 &&
        !before.files.contains(elsewhere->second)) {
        report.moved.push_back(item_of(path, entry.size, elsewhere->second.text()));
        return;
    }
    report.lost.push_back(item_of(path, entry.size));
}

// Other content under the same date and size is damage; with a new date it is a change that
// something made.
void judge_present(const Item& item, const ManifestEntry& entry, const OnPhone& now,
                   AuditReport& report) {
    const auto digest = now.digests.find(item.path);
    if (digest == now.digests.end()) {
        const auto why = now.unhashed.find(item.path);
        report.unreadable.push_back(
            {item.path, why == now.unhashed.end() ? "it was not hashed" : why->second});
        return;
    }
    if (digest->second == entry.sha256) {
        ++report.same;
        return;
    }
    if (item.size == 0 && entry.size > 0) {
        report.damaged.push_back(item_of(item.path, entry.size, "it is empty now"));
    } else if (std::chrono::floor<std::chrono::seconds>(item.modified) ==
               std::chrono::floor<std::chrono::seconds>(entry.modified)) {
        report.damaged.push_back(
            item_of(item.path, entry.size, "other content under the same date"));
    } else {
        report.changed.push_back(
            item_of(item.path, entry.size, "changed " + to_rfc3339(item.modified)));
    }
}

bool unreadable_now(const ItemPath& path, const AuditReport& report) {
    return std::any_of(report.unreadable.begin(), report.unreadable.end(),
                       [&](const PathNote& note) { return path.is_within(note.path); });
}

// What is lost on the phone and in the backup: nobody must be told to bring it back from there.
void note_left_out(const std::set<ItemPath>& gone, std::vector<AuditItem>& items) {
    for (AuditItem& item : items) {
        if (!gone.contains(item.path)) continue;
        if (!item.note.empty()) item.note += "; ";
        item.note += std::string("it cannot be brought back from here: ") + left_out_reason;
    }
}

void compare(const Manifest& before, const OnPhone& now, AuditReport& report) {
    for (const auto& [path, entry] : before.files) {
        const auto there = now.files.find(path);
        if (there != now.files.end()) {
            judge_present(there->second, entry, now, report);
        } else if (!unreadable_now(path, report)) {
            judge_absent(path, entry, before, now, report);
        }
    }
    std::set<std::string> moved_to;
    for (const AuditItem& moved : report.moved) moved_to.insert(moved.note);
    for (const auto& [path, item] : now.files) {
        if (!before.files.contains(path) && !moved_to.contains(path.text())) {
            report.added.push_back(item_of(path, item.size));
        }
    }
}

// Messages, contacts, apps ...: by identity and content, since an update renumbers every row.
void compare_records(phone::Phone& phone, const FileTree& snapshot, AuditReport& report,
                     const OperationContext& context) {
    const auto before = personal::load_collections(snapshot);
    if (!before) return;
    report.records = personal::compare(*before, phone.personal(context.events, context.stop));
    for (const personal::Change& change : report.records) {
        if (!change.comparable) continue;
        report.evidence.add({.fact = "audit.class_lost",
                             .subject = change.id,
                             .value = std::to_string(change.lost.size()),
                             .grade = checklist::Grade::proven,
                             .method = "the phone's databases against the records of the backup",
                             .observed = context.clock.now()});
    }
}

void add_count(checklist::EvidenceBook& book, const std::string& fact, size_t count,
               TimePoint now) {
    book.add({.fact = fact,
              .value = std::to_string(count),
              .grade = checklist::Grade::proven,
              .method = "inventory and SHA-256 on the phone against the manifest",
              .observed = now});
}

}  // namespace

AuditReport audit(phone::Phone& phone, repository::Repository& repository,
                  const repository::Snapshot& baseline, const OperationContext& context) {
    AuditReport report;
    report.baseline = baseline;
    const auto tree = repository.read(baseline, context.stop);
    const auto before = load_manifest(*tree);
    if (!before) {
        throw Unsupported("this snapshot holds no manifest, so a phone cannot be compared with it",
                          "Choose a snapshot that Lifeboat made: see 'lifeboat snapshot list'.");
    }
    report.build_before = before->build;
    const Manifest files_before = view_of(*before).manifest;
    report.facts = phone.facts(context.stop);
    report.evidence = inspect(report.facts, context);
    const OnPhone now = look_at(phone, report, context);
    compare(files_before, now, report);
    compare_records(phone, *tree, report, context);
    const auto gone = left_out(*before, *tree);
    note_left_out(gone, report.lost);
    note_left_out(gone, report.damaged);

    const TimePoint time = context.clock.now();
    add_count(report.evidence, "audit.same", report.same, time);
    add_count(report.evidence, "audit.lost", report.lost.size(), time);
    add_count(report.evidence, "audit.damaged", report.damaged.size(), time);
    add_count(report.evidence, "audit.changed", report.changed.size(), time);
    add_count(report.evidence, "audit.moved", report.moved.size(), time);
    add_count(report.evidence, "audit.added", report.added.size(), time);
    return report;
}

}  // namespace lifeboat::engine
