#include "base/text.h"
#include "engine/backup_journal.h"
#include "engine/engine.h"
#include "engine/finish_backup.h"
#include "engine/meter.h"
#include "engine/recording_sink.h"
#include "item/memory_items.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>

namespace lifeboat::engine {

namespace {

// The backup to continue from: the newest snapshot of this phone, interrupted ones included, with
// what it holds.
struct Parent {
    std::optional<repository::Snapshot> snapshot{};
    std::unique_ptr<FileTree> tree{};
    std::optional<Manifest> manifest{};

    PreviousBackup previous() const { return {tree.get(), manifest ? &*manifest : nullptr}; }
};

Parent find_parent(const std::vector<repository::Snapshot>& snapshots,
                   const std::string& device_key, repository::Repository& repository,
                   const OperationContext& context) {
    Parent parent;
    for (const auto& snapshot : snapshots) {
        const auto& tags = snapshot.tags;
        if (std::find(tags.begin(), tags.end(), tag_phone(device_key)) == tags.end()) continue;
        if (!parent.snapshot || snapshot.time >= parent.snapshot->time) parent.snapshot = snapshot;
    }
    if (!parent.snapshot) return parent;
    try {
        parent.tree = repository.read(*parent.snapshot, context.stop);
        parent.manifest = load_manifest(*parent.tree);
    } catch (const Corrupt& damage) {
        // A damaged earlier backup costs time, not the new backup: everything is read from the
        // phone again.
        context.events.on(Noted{
            Severity::warning,
            "The last backup is damaged, so every file is copied again: " + damage.full_text()});
        return {};
    }
    return parent;
}

Manifest header_of(const phone::Facts& facts, const Parent& parent, TimePoint started) {
    return {.device_key = facts.device_key,
            .model = facts.model,
            .os_version = facts.os_version,
            .build = facts.build,
            .previous_snapshot = parent.snapshot ? parent.snapshot->id.hex() : "",
            .counter = parent.manifest ? parent.manifest->counter + 1 : 1,
            .started = started};
}

Manifest with_header(Manifest header, Manifest recorded) {
    header.files = std::move(recorded.files);
    header.unreadable = std::move(recorded.unreadable);
    return header;
}

// What the last snapshot has and this run had not come to yet stays in the journal, so that nothing
// of it is sent again.
void keep_the_rest(RecordingSink& sink, const Parent& parent) {
    if (!parent.manifest) return;
    const Manifest seen = sink.recorded();
    for (const auto& [path, entry] : parent.manifest->files) {
        if (seen.files.contains(path)) continue;
        if (const auto item = parent.tree->find(path)) sink.keep(*item);
    }
}

void finish_as_interrupted(repository::SnapshotBuilder& builder, const RecordingSink& sink,
                           const Parent& parent, const phone::Facts& facts,
                           const OperationContext& context) {
    const Manifest manifest =
        with_header(header_of(facts, parent, context.clock.now()), sink.recorded());
    if (!manifest.files.empty())
        finish_backup(builder, manifest, facts, {std::string(tag_interrupted)},
                      context.clock.now());
}

// A cut cable must not cost what was copied: it becomes a snapshot that only the next run looks at.
void save_interrupted(repository::SnapshotBuilder& builder, RecordingSink& sink,
                      const Parent& parent, const phone::Facts& facts,
                      const OperationContext& context) {
    try {
        if (!sink.kept_all()) keep_the_rest(sink, parent);
        finish_as_interrupted(builder, sink, parent, facts, context);
        context.events.on(
            Noted{Severity::info, "What was copied is kept; the next run goes on from here."});
    } catch (const Error& second) {
        // The first failure is the one to tell; this one only means that the next run copies more.
        context.events.on(Noted{Severity::warning,
                                "The state of this run could not be kept: " + second.full_text()});
    }
}

void count_previous(const std::vector<repository::Snapshot>& snapshots, const phone::Facts& facts,
                    repository::Repository& repository, const OperationContext& context,
                    BackupReport& report) {
    const auto last = newest_backup(snapshots, facts.device_key);
    if (!last) return;
    try {
        const auto manifest = load_manifest(*repository.read(*last, context.stop));
        if (!manifest) return;
        report.has_previous = true;
        report.previous_files = manifest->files.size();
        report.previous_bytes = manifest->bytes();
    } catch (const Corrupt& damage) {
        context.events.on(Noted{Severity::warning,
                                "The last backup cannot be compared with: " + damage.full_text()});
    }
}

// A run that was killed could not say goodbye: what its journal tells becomes the interrupted
// backup that this run goes on from.
void recover_killed_run(const phone::Facts& facts, repository::Repository& repository,
                        const OperationContext& context) {
    JournalOwner owner{.repository = repository.id(), .device_key = facts.device_key};
    const std::string path = journal_path(context.journal_folder, owner);
    const auto stored = read_journal(path);
    if (!stored) return;
    const auto parent =
        find_parent(repository.snapshots(context.stop), facts.device_key, repository, context);
    if (parent.snapshot) owner.parent = parent.snapshot->id;
    // Another run, perhaps of another computer, has gone on since: its state is the newer one.
    if (stored->owner != owner || stored->steps.empty()) return remove_journal(path);
    const auto builder =
        repository.build(parent.snapshot ? &*parent.snapshot : nullptr, context.stop);
    Meter meter(context.events, context.clock, "resume", repository.backend().where());
    RecordingSink sink(*builder, parent.previous(), meter, context.events);
    sink.replay(stored->steps);
    finish_as_interrupted(*builder, sink, parent, facts, context);
    remove_journal(path);
}

RecordingSink::MakeJournal journal_maker(const phone::Facts& facts, const Parent& parent,
                                         repository::Repository& repository,
                                         const OperationContext& context) {
    if (context.journal_folder.empty()) return {};
    JournalOwner owner{.repository = repository.id(), .device_key = facts.device_key};
    if (parent.snapshot) owner.parent = parent.snapshot->id;
    return [owner, &context]() -> std::unique_ptr<BackupJournal> {
        try {
            return std::make_unique<BackupJournal>(journal_path(context.journal_folder, owner),
                                                   owner);
        } catch (const Error& error) {
            context.events.on(Noted{Severity::warning,
                                    "If this run is killed, the next one begins anew, since its "
                                    "journal cannot be written: " +
                                        error.full_text()});
            return nullptr;
        }
    };
}

void forget_journal(const phone::Facts& facts, repository::Repository& repository,
                    const OperationContext& context) {
    if (context.journal_folder.empty()) return;
    remove_journal(journal_path(context.journal_folder,
                                {.repository = repository.id(), .device_key = facts.device_key}));
}

// What is not whole is taken out: an iPhone looks for names, so it sends again what is not there.
[[noreturn]] void refuse_broken(const content::RehearsalReport& rehearsal, ItemSink& sink) {
    if (!rehearsal.finished) {
        throw Corrupt("the iPhone stopped before its backup was finished",
                      "The last finished backup is untouched. Run the same command again.");
    }
    for (const auto& wrong : rehearsal.wrong) {
        if (wrong.stored) sink.remove(*wrong.stored);
    }
    const auto& first = rehearsal.wrong.front();
    throw Corrupt(
        fmt::format("the iPhone calls its backup finished, but {} of {} files are not "
                    "whole: \"{}\": {}",
                    rehearsal.wrong.size(), rehearsal.files_in_backup, first.path, first.why),
        "It was not kept as a backup, and the last good one is untouched. Run the same "
        "command again: the iPhone sends the files again.");
}

// A password that was right for the last backup that was opened, and is wrong now: somebody changed
// it. Only that one is tried, since each try takes seconds.
std::optional<TimePoint> opens_earlier(std::vector<repository::Snapshot> snapshots,
                                       const std::string& device_key,
                                       repository::Repository& repository,
                                       const SecretText& password, const std::stop_token& stop) {
    std::ranges::sort(snapshots, std::ranges::greater{}, &repository::Snapshot::time);
    for (const auto& snapshot : snapshots) {
        if (!has_tag(snapshot, tag_phone(device_key))) continue;
        try {
            const auto tree = repository.read(snapshot, stop);
            if (!tree->find(iphone_contents_path())) continue;  // nobody opened it
            if (!opens_with(*tree, password)) return std::nullopt;
            return snapshot.time;
        } catch (const Corrupt&) {
            continue;  // only a hint hangs on it
        }
    }
    return std::nullopt;
}

std::optional<IphoneProof> prove(RecordingSink& sink, const BackupOptions& options,
                                 const OperationContext& context) {
    auto proof = prove_iphone(sink.so_far(),
                              {.password = options.phone_password, .deep = options.deep_rehearsal},
                              context.events, context.clock, context.stop);
    if (proof && !proof->rehearsal.passed()) refuse_broken(proof->rehearsal, sink);
    return proof;
}

}  // namespace

BackupReport backup(phone::Phone& phone, const phone::Facts& facts,
                    repository::Repository& repository, const OperationContext& context,
                    const BackupOptions& options) {
    BackupReport report;
    if (!context.journal_folder.empty()) recover_killed_run(facts, repository, context);
    const auto snapshots = repository.snapshots(context.stop);
    const Parent parent = find_parent(snapshots, facts.device_key, repository, context);
    count_previous(snapshots, facts, repository, context, report);
    const TimePoint started = context.clock.now();

    // Not the person's stop token: a stopped backup still stores what it has (save_interrupted).
    const auto builder =
        repository.build(parent.snapshot ? &*parent.snapshot : nullptr, std::stop_token{});
    Meter meter(context.events, context.clock, "copy", repository.backend().where());
    RecordingSink sink(*builder, parent.previous(), meter, context.events,
                       journal_maker(facts, parent, repository, context));
    try {
        phone.backup(parent.tree.get(), sink, context.events, context.stop);
        report.iphone = prove(sink, options, context);
        if (!report.iphone)
            report.records = personal::load_collections(sink.so_far())
                                 .value_or(std::vector<personal::Collection>{});
        if (report.iphone && report.iphone->not_opened == NotOpened::wrong_password)
            report.iphone->opens_earlier = opens_earlier(snapshots, facts.device_key, repository,
                                                         *options.phone_password, context.stop);
    } catch (const storage::Unreachable&) {
        throw;  // the place is gone: there is nowhere to keep anything
    } catch (const NoSpace&) {
        throw;
    } catch (const Error&) {
        save_interrupted(*builder, sink, parent, facts, context);
        throw;
    } catch (const Cancelled&) {
        save_interrupted(*builder, sink, parent, facts, context);
        throw;
    }
    report.manifest = with_header(header_of(facts, parent, started), sink.recorded());
    report.complete = report.manifest.unreadable.empty();
    for (const auto& [path, reason] : report.manifest.unreadable)
        report.unreadable.push_back({path, reason});
    report.finished = context.clock.now();
    std::vector<std::string> tags;
    if (options.for_audit) tags.emplace_back(tag_audit);
    tags.emplace_back(report.complete ? tag_complete : tag_partial);
    report.receipt = finish_backup(*builder, report.manifest, facts, std::move(tags),
                                   report.finished, report.iphone ? &*report.iphone : nullptr);
    report.finished = context.clock.now();
    forget_journal(facts, repository, context);
    return report;
}

}  // namespace lifeboat::engine
