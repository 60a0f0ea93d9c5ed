#include "engine/recording_sink.h"

#include "base/error.h"
#include "crypto/sha256.h"
#include "item/memory_items.h"

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

// Calls `use` for the entry at `path` and all below it, which are neighbours but for names such as
// "DCIM-2" between "DCIM" and "DCIM/x".
template <class Map, class Use>
void for_all_within(Map& map, const ItemPath& path, Use use) {
    auto at = map.lower_bound(path);
    while (at != map.end() && at->first.text().starts_with(path.text())) {
        at = at->first.is_within(path) ? use(at) : std::next(at);
    }
}

}  // namespace

RecordingSink::RecordingSink(repository::SnapshotBuilder& inner, const PreviousBackup& previous,
                             Meter& meter, EventSink& events, MakeJournal make_journal)
    : inner_(inner),
      previous_(previous),
      meter_(meter),
      events_(events),
      make_journal_(std::move(make_journal)) {}

void RecordingSink::expect(const Totals& totals) {
    meter_.expect(totals.items, totals.bytes);
    inner_.expect(totals);
}

void RecordingSink::put(const Item& item, ByteSource& content) {
    HashingSource hashing(content);
    MeteredSource metered(hashing, meter_);
    inner_.put(item, metered);
    if (item.kind == ItemKind::file) {
        record(item.path, {hashing.size(), item.modified, hashing.digest()});
        if (journal_) put_.with([&](auto& paths) { paths.insert(item.path); });
    } else if (item.kind == ItemKind::folder) {
        journal(PutFolder{item.path});
    }
    done(item, hashing.size());
}

bool RecordingSink::keep_quietly(const Item& item) {
    if (item.kind != ItemKind::file) return inner_.keep(item);
    if (previous_.manifest == nullptr) return false;
    const auto before = previous_.manifest->files.find(item.path);
    if (before == previous_.manifest->files.end() || !inner_.keep(item)) return false;
    record(item.path, before->second);
    return true;
}

bool RecordingSink::keep(const Item& item) {
    if (!keep_quietly(item)) return false;
    const uint64_t bytes =
        item.kind == ItemKind::file ? previous_.manifest->files.at(item.path).size : uint64_t{0};
    meter_.add_bytes(bytes);
    done(item, bytes);
    return true;
}

void RecordingSink::keep_all() {
    kept_all_ = true;
    if (make_journal_) journal_ = make_journal_();
    if (previous_.tree != nullptr) {
        walk(*previous_.tree, ItemPath(), [&](const Item& item) {
            if (!item.path.is_within(records_folder())) keep_quietly(item);
        });
    }
    journal(KeptAll{});
}

void RecordingSink::unreadable(const ItemPath& path, const std::string& reason) {
    inner_.unreadable(path, reason);
    recorded_.with([&](Manifest& m) { m.unreadable[path] = reason; });
    events_.on(ItemFailed{path.text(), reason});
}

void RecordingSink::move(const ItemPath& from, const ItemPath& to) {
    settle_puts();
    inner_.move(from, to);
    recorded_.with([&](Manifest& m) {
        std::vector<std::pair<ItemPath, ManifestEntry>> moved;
        for_all_within(m.files, from, [&](auto at) {
            moved.emplace_back(to.text() + at->first.text().substr(from.text().size()), at->second);
            return m.files.erase(at);
        });
        for_all_within(m.files, to, [&](auto at) { return m.files.erase(at); });
        for (auto& [path, entry] : moved) m.files[path] = entry;
    });
    journal(Moved{from, to});
}

void RecordingSink::remove(const ItemPath& path) {
    settle_puts();
    inner_.remove(path);
    recorded_.with([&](Manifest& m) {
        for_all_within(m.files, path, [&](auto at) { return m.files.erase(at); });
        for_all_within(m.unreadable, path, [&](auto at) { return m.unreadable.erase(at); });
    });
    journal(Removed{path});
}

// A long row of moves is written down now and then; that a few are done again is no harm.
void RecordingSink::journal(const JournalStep& step) {
    if (!journal_) return;
    journal_->add(step);
    if (journal_->waiting() >= longest_batch) settle();
}

// What was put is written down before it goes elsewhere.
void RecordingSink::settle_puts() {
    if (put_.with([](const auto& paths) { return !paths.empty(); })) settle();
}

void RecordingSink::settle() {
    inner_.settle();
    if (!journal_) return;
    const auto paths = put_.with([](auto& put) { return std::exchange(put, {}); });
    for (const ItemPath& path : paths) {
        const auto entry = recorded_.with([&](const Manifest& m) { return m.files.at(path); });
        journal_->add(PutFile{path, entry, inner_.content_of(path)});
    }
    journal_->settle();
}

void RecordingSink::again(const PutFile& put) {
    const Item item{
        .path = put.path, .size = put.entry.size, .mode = 0644, .modified = put.entry.modified};
    if (inner_.adopt(item, put.blobs)) {
        record(put.path, put.entry);
    } else {
        remove(put.path);
    }
}

void RecordingSink::again(const PutFolder& put) {
    MemorySource nothing({});
    inner_.put({.path = put.path, .kind = ItemKind::folder, .mode = 0755}, nothing);
}

void RecordingSink::again(const Moved& moved) {
    if (inner_.so_far().find(moved.from)) move(moved.from, moved.to);
}

void RecordingSink::replay(const std::vector<JournalStep>& steps) {
    for (const JournalStep& step : steps) {
        std::visit([this](const auto& one) { again(one); }, step);
    }
}

void RecordingSink::record(const ItemPath& path, const ManifestEntry& entry) {
    recorded_.with([&](Manifest& m) { m.files[path] = entry; });
}

void RecordingSink::done(const Item& item, uint64_t bytes) {
    if (item.kind == ItemKind::file) meter_.add_items(1);
    events_.on(ItemDone{item.path.text(), bytes});
}

}  // namespace lifeboat::engine
