#include "base/guarded.h"
#include "base/text.h"
#include "crypto/sha256.h"
#include "engine/engine.h"
#include "engine/meter.h"
#include "item/memory_items.h"

#include <algorithm>
#include <set>

namespace lifeboat::engine {

namespace {

// Passes bytes on and hashes them on the way: what the manifest will say of the file.
class HashingSource final : public ByteSource {
public:
    explicit HashingSource(ByteSource& inner) : inner_(inner) {}
    size_t read(MutableByteView out) override {
        const size_t size = inner_.read(out);
        hash_.update(out.first(size));
        read_ += size;
        return size;
    }
    Digest digest() { return {hash_.finish()}; }
    uint64_t size() const { return read_; }

private:
    ByteSource& inner_;
    crypto::Sha256 hash_;
    uint64_t read_ = 0;
};

// Stands between a phone and the builder: writes the manifest while the items go by.
class RecordingSink final : public ItemSink {
public:
    RecordingSink(repository::SnapshotBuilder& inner, const Manifest* previous, Meter& meter,
                  EventSink& events)
        : inner_(inner), previous_(previous), meter_(meter), events_(events) {}

    void expect(const Totals& totals) override {
        meter_.expect(totals.items, totals.bytes);
        inner_.expect(totals);
    }

    void put(const Item& item, ByteSource& content) override {
        HashingSource hashing(content);
        MeteredSource metered(hashing, meter_);
        inner_.put(item, metered);
        if (item.kind == ItemKind::file)
            record(item.path, {hashing.size(), item.modified, hashing.digest()});
        done(item, hashing.size());
    }

    // Without a hash from the last manifest nothing could be proven of the file later: then it is
    // read again.
    bool keep(const Item& item) override {
        if (item.kind == ItemKind::file) {
            if (previous_ == nullptr) return false;
            const auto before = previous_->files.find(item.path);
            if (before == previous_->files.end() || !inner_.keep(item)) return false;
            record(item.path, before->second);
            meter_.add_bytes(before->second.size);
            done(item, before->second.size);
            return true;
        }
        if (!inner_.keep(item)) return false;
        done(item, 0);
        return true;
    }

    void unreadable(const ItemPath& path, const std::string& reason) override {
        inner_.unreadable(path, reason);
        recorded_.with([&](Manifest& m) { m.unreadable[path] = reason; });
        events_.on(ItemFailed{path.text(), reason});
    }

    void move(const ItemPath& from, const ItemPath& to) override { inner_.move(from, to); }
    void remove(const ItemPath& path) override { inner_.remove(path); }
    std::unique_ptr<ByteSource> reopen(const ItemPath& path) override {
        return inner_.reopen(path);
    }

    Manifest recorded() const {
        return recorded_.with([](const Manifest& m) { return m; });
    }

private:
    void record(const ItemPath& path, const ManifestEntry& entry) {
        recorded_.with([&](Manifest& m) { m.files[path] = entry; });
    }
    void done(const Item& item, uint64_t bytes) {
        if (item.kind == ItemKind::file) meter_.add_items(1);
        events_.on(ItemDone{item.path.text(), bytes});
    }

    repository::SnapshotBuilder& inner_;
    const Manifest* previous_;
    Meter& meter_;
    EventSink& events_;
    Guarded<Manifest> recorded_;
};

// The backup to continue from: the newest snapshot of this phone, interrupted ones included, with
// what it holds.
struct Parent {
    std::optional<repository::Snapshot> snapshot{};
    std::unique_ptr<FileTree> tree{};
    std::optional<Manifest> manifest{};
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

repository::Snapshot draft_of(const phone::Facts& facts, const Manifest& manifest,
                              std::string_view outcome, TimePoint time) {
    std::set<std::string> roots;
    for (const auto& [path, entry] : manifest.files)
        roots.insert("/" + std::string(path.parts().front()));
    if (roots.empty()) roots.insert("/sdcard");
    return {.time = time,
            .paths = {roots.begin(), roots.end()},
            .hostname = facts.model.empty() ? "phone" : printable(facts.model),
            .username = {},
            .tags = {std::string(tag_lifeboat), tag_phone(facts.device_key), std::string(outcome)}};
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

repository::Receipt finish(repository::SnapshotBuilder& builder, const Manifest& manifest,
                           const phone::Facts& facts, std::string_view outcome, TimePoint time) {
    const std::string text = encode_manifest(manifest);
    MemorySource source(to_bytes(text));
    builder.put({.path = manifest_path(), .size = text.size(), .mode = 0644, .modified = time},
                source);
    // The person's stop was heard already: what is finished now must not be stopped half-way again.
    return builder.finish(draft_of(facts, manifest, outcome, time), std::stop_token{});
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

// A cut cable must not cost what was copied: it becomes a snapshot that only the next run looks at.
void save_interrupted(repository::SnapshotBuilder& builder, RecordingSink& sink,
                      const Parent& parent, const phone::Facts& facts,
                      const OperationContext& context) {
    try {
        keep_the_rest(sink, parent);
        const Manifest manifest =
            with_header(header_of(facts, parent, context.clock.now()), sink.recorded());
        if (manifest.files.empty()) return;
        finish(builder, manifest, facts, tag_interrupted, context.clock.now());
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

}  // namespace

BackupReport backup(phone::Phone& phone, const phone::Facts& facts,
                    repository::Repository& repository, const OperationContext& context) {
    BackupReport report;
    const auto snapshots = repository.snapshots(context.stop);
    const Parent parent = find_parent(snapshots, facts.device_key, repository, context);
    count_previous(snapshots, facts, repository, context, report);
    const TimePoint started = context.clock.now();

    // Not the person's stop token: a stopped backup still stores what it has (save_interrupted).
    const auto builder =
        repository.build(parent.snapshot ? &*parent.snapshot : nullptr, std::stop_token{});
    Meter meter(context.events, context.clock, "copy", repository.backend().where());
    RecordingSink sink(*builder, parent.manifest ? &*parent.manifest : nullptr, meter,
                       context.events);
    try {
        phone.backup(parent.tree.get(), sink, context.events, context.stop);
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
    report.receipt = finish(*builder, report.manifest, facts,
                            report.complete ? tag_complete : tag_partial, report.finished);
    report.finished = context.clock.now();
    return report;
}

}  // namespace lifeboat::engine
