// Stands between a phone and the builder: writes the manifest while the items go by, and the
// journal for phones that count on what they were told.
#pragma once

#include "base/guarded.h"
#include "engine/backup_journal.h"
#include "engine/manifest.h"
#include "engine/meter.h"
#include "repository/repository.h"

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace lifeboat::engine {

// What a backup goes on from; both null for the first.
struct PreviousBackup {
    const FileTree* tree = nullptr;
    const Manifest* manifest = nullptr;
};

class RecordingSink final : public ItemSink {
public:
    // Makes the journal of a source that begins with keep_all(); may be empty, and may give none.
    using MakeJournal = std::function<std::unique_ptr<BackupJournal>()>;

    // All references outlive it.
    RecordingSink(repository::SnapshotBuilder& inner, const PreviousBackup& previous, Meter& meter,
                  EventSink& events, MakeJournal make_journal = {});

    void expect(const Totals& totals) override;
    void put(const Item& item, ByteSource& content) override;
    // Without a hash from the last manifest nothing could be proven of the file later: then it is
    // read again.
    bool keep(const Item& item) override;
    void keep_all() override;
    void unreadable(const ItemPath& path, const std::string& reason) override;
    void move(const ItemPath& from, const ItemPath& to) override;
    void remove(const ItemPath& path) override;
    const FileTree& so_far() const override { return inner_.so_far(); }
    std::optional<uint64_t> room() const override { return inner_.room(); }
    void settle() override;

    // Whether the source began with keep_all(): what is missing then was removed.
    bool kept_all() const { return kept_all_; }
    Manifest recorded() const {
        return recorded_.with([](const Manifest& m) { return m; });
    }
    // Does again what a journal tells. A file whose blobs are gone is left out: its phone sees that
    // it is not here, and sends it again.
    void replay(const std::vector<JournalStep>& steps);

private:
    // A journal holds at most so much that a crash would undo.
    static constexpr size_t longest_batch = 128;

    void record(const ItemPath& path, const ManifestEntry& entry);
    bool keep_quietly(const Item& item);
    void done(const Item& item, uint64_t bytes);
    void journal(const JournalStep& step);
    void settle_puts();

    void again(const KeptAll&) { keep_all(); }
    void again(const PutFile& put);
    void again(const PutFolder& put);
    void again(const Moved& moved);
    void again(const Removed& removed) { remove(removed.path); }

    repository::SnapshotBuilder& inner_;
    PreviousBackup previous_;
    Meter& meter_;
    EventSink& events_;
    MakeJournal make_journal_;
    std::unique_ptr<BackupJournal> journal_{};
    bool kept_all_ = false;
    Guarded<Manifest> recorded_;
    // Files that the journal does not have yet: their blobs are known only when they are stored.
    Guarded<std::set<ItemPath>> put_{};
};

}  // namespace lifeboat::engine
