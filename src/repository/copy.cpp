#include "repository/copy.h"

#include "base/error.h"
#include "base/task_group.h"
#include "repository/copier.h"
#include "repository/open_repository.h"
#include "repository/snapshot_rewrite.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <thread>

namespace lifeboat::repository {

namespace {

constexpr const char* phase = "copy";
// A gap between two wanted blobs that costs less to read than to ask again.
constexpr uint64_t gap_worth_reading = 64 << 10;
constexpr uint64_t largest_stretch = 16 << 20;
// After so much the snapshots copied so far are finished: their list of blobs need not grow.
constexpr uint64_t batch_bytes = uint64_t{4} << 30;

// As restic compares them: all but parent and original.
bool are_kin(const Snapshot& a, const SnapshotKin& kin_a, const Snapshot& b,
             const SnapshotKin& kin_b) {
    const auto sorted = [](std::vector<std::string> list) {
        std::sort(list.begin(), list.end());
        return list;
    };
    return a.time == b.time && a.tree == b.tree && a.hostname == b.hostname &&
           a.username == b.username && kin_a.uid == kin_b.uid && kin_a.gid == kin_b.gid &&
           kin_a.excludes == kin_b.excludes && sorted(a.paths) == sorted(b.paths) &&
           sorted(a.tags) == sorted(b.tags);
}

}  // namespace

Copier::Copier(const Ends& ends, RepositoryLock& lock, const CopyOptions& options,
               EventSink& events, std::stop_token stop)
    : from_(ends.from),
      to_(ends.to),
      lock_(lock),
      options_(options),
      events_(events),
      stop_(std::move(stop)),
      writer_(ends.to, lock, options.dry_run ? DryRun::yes : DryRun::no,
              [this](const IndexedPack& pack) {
                  to_.with_index(stop_, [&](Index& index) { index.resolve(pack.id, pack.blobs); });
              }) {}

CopyReport Copier::run() {
    events_.on(PhaseStarted{phase, to_.backend().where()});
    auto sources = choose();
    from_.refresh_index(stop_);
    to_.refresh_index(stop_);
    load_targets();
    try {
        std::vector<Source> batch;
        for (Source& source : sources) {
            if (const auto there = earlier_copy(source)) {
                report_.snapshots.push_back({source.id, there, true});
                continue;
            }
            try {
                want_tree(source.snapshot.tree);
            } catch (const Corrupt& damage) {
                report_.failed.emplace_back(source.id, damage.message());
                continue;
            }
            batch.push_back(std::move(source));
            if (wanted_bytes_ >= batch_bytes) copy_batch(batch);
        }
        copy_batch(batch);
    } catch (...) {
        name_what_is_stored();
        throw;
    }
    report_.bytes_written = writer_.counts().bytes;
    events_.on(PhaseEnded{phase, to_.backend().where()});
    return std::move(report_);
}

// What is stored and in no index would be copied again, and stay until somebody tidies up.
void Copier::name_what_is_stored() noexcept {
    try {
        writer_.write_index({});
    } catch (const std::exception& failure) {
        to_.note(Severity::debug, fmt::format("index of a copy: {}", failure.what()));
    }
}

std::vector<Copier::Source> Copier::choose() {
    std::vector<Source> chosen;
    const auto present = list_ids<SnapshotId>(from_.backend(), "snapshots/", stop_);
    for (const SnapshotId& id : options_.snapshots) {
        if (std::find(present.begin(), present.end(), id) != present.end()) continue;
        throw Missing(fmt::format("There is no backup {} at {}", id.hex(), from_.backend().where()),
                      "Nothing was copied. See `lifeboat snapshot list`.");
    }
    for (const SnapshotId& id : options_.snapshots.empty() ? present : options_.snapshots) {
        try {
            Source source{.id = id, .json = from_.load_document("snapshots/", {id.value}, stop_)};
            source.snapshot = decode_snapshot(source.json);
            chosen.push_back(std::move(source));
        } catch (const Corrupt& damage) {
            report_.failed.emplace_back(id, damage.message());
        }
    }
    // Oldest first, so that a copy that is cut off has what would be forgotten first.
    std::stable_sort(chosen.begin(), chosen.end(), [](const Source& a, const Source& b) {
        return a.snapshot.time < b.snapshot.time;
    });
    return chosen;
}

void Copier::load_targets() {
    for (const SnapshotId& id : list_ids<SnapshotId>(to_.backend(), "snapshots/", stop_)) {
        try {
            Target target{.id = id, .json = to_.load_document("snapshots/", {id.value}, stop_)};
            target.snapshot = decode_snapshot(target.json);
            targets_.push_back(std::move(target));
        } catch (const Corrupt&) {
            continue;  // a damaged copy counts as none
        } catch (const Missing&) {
            continue;
        }
    }
}

std::optional<SnapshotId> Copier::earlier_copy(const Source& source) const {
    const SnapshotKin kin = snapshot_kin(source.json);
    const SnapshotId original = kin.original.value_or(source.id);
    for (const Target& target : targets_) {
        const SnapshotKin other = snapshot_kin(target.json);
        if (target.id != original && other.original != original) continue;
        if (are_kin(source.snapshot, kin, target.snapshot, other)) return target.id;
    }
    return std::nullopt;
}

void Copier::want(const BlobId& id, BlobType type) {
    if (to_.with_index(stop_, [&](const Index& index) { return index.has(id, type); })) {
        if (queued_[static_cast<size_t>(type)].insert(id).second) ++report_.blobs_present;
        return;
    }
    if (!queued_[static_cast<size_t>(type)].insert(id).second) return;
    const auto wanted = from_.with_index(stop_, [&](const Index& index) -> std::optional<Wanted> {
        const auto entry = index.first_entry(id, type);
        if (!entry) return std::nullopt;
        const Index::Numbered stored = index.stored(*entry);
        return Wanted{.pack = stored.pack, .blob = stored.blob};
    });
    if (!wanted) {
        queued_[static_cast<size_t>(type)].erase(id);
        throw Corrupt(fmt::format("the source does not hold the {} {}",
                                  type == BlobType::tree ? "folder" : "piece", id.hex()));
    }
    wanted_.push_back(*wanted);
    wanted_bytes_ += wanted->blob.length;
    bytes_total_ += wanted->blob.length;
}

// Every folder is looked into, those too that the target has: what is below may not have arrived
// there before an earlier copy was cut off.
void Copier::want_tree(const BlobId& root) {
    std::vector<BlobId> trees{root};
    std::vector<BlobId> entered;
    try {
        while (!trees.empty()) {
            if (stop_.stop_requested()) throw Cancelled{};
            const BlobId id = trees.back();
            trees.pop_back();
            if (!seen_trees_.insert(id).second) continue;
            entered.push_back(id);
            const auto tree = from_.load_tree(id, stop_);
            want(id, BlobType::tree);
            for (const Node& node : *tree) {
                for (const BlobId& piece : node.content) want(piece, BlobType::data);
                if (node.type == NodeType::dir) trees.push_back(node.subtree);
            }
        }
    } catch (const Corrupt&) {
        // The next snapshot that has these folders must fail as well.
        for (const BlobId& id : entered) seen_trees_.erase(id);
        throw;
    }
}

std::vector<Copier::Stretch> Copier::stretches() {
    std::sort(wanted_.begin(), wanted_.end(), [](const Wanted& a, const Wanted& b) {
        return std::tie(a.pack, a.blob.offset) < std::tie(b.pack, b.blob.offset);
    });
    std::vector<Stretch> found;
    for (size_t i = 0; i < wanted_.size(); ++i) {
        const bool joins = !found.empty() && [&] {
            const Wanted& first = wanted_[found.back().first];
            const Wanted& last = wanted_[i - 1];
            const uint64_t end = uint64_t{last.blob.offset} + last.blob.length;
            return wanted_[i].pack == first.pack && wanted_[i].blob.offset >= end &&
                   wanted_[i].blob.offset - end <= gap_worth_reading &&
                   uint64_t{wanted_[i].blob.offset} + wanted_[i].blob.length - first.blob.offset <=
                       largest_stretch;
        }();
        if (joins) {
            ++found.back().count;
        } else {
            found.push_back({i, 1});
        }
    }
    return found;
}

void Copier::copy_wanted() {
    const auto all = stretches();
    std::atomic<size_t> next = 0;
    const unsigned asked = from_.options().workers;
    const size_t workers = asked != 0 ? asked : std::max(1u, std::thread::hardware_concurrency());
    TaskGroup group(stop_);
    for (size_t i = 0; i < std::min(workers, all.size()); ++i) {
        group.run([&](const std::stop_token& stop) {
            for (size_t at = next++; at < all.size() && !stop.stop_requested(); at = next++) {
                copy_stretch(all[at], stop);
            }
        });
    }
    group.join();
}

void Copier::copy_stretch(const Stretch& stretch, const std::stop_token& stop) {
    const Wanted& first = wanted_[stretch.first];
    const Wanted& last = wanted_[stretch.first + stretch.count - 1];
    const uint64_t length = uint64_t{last.blob.offset} + last.blob.length - first.blob.offset;
    const PackId pack =
        from_.with_index(stop, [&](const Index& index) { return index.pack_id(first.pack); });
    Bytes bytes;
    try {
        bytes = from_.backend().load(pack_name(pack), {first.blob.offset, length}, stop);
    } catch (const Missing&) {
        bytes.clear();  // each blob is looked for in other packs
    } catch (const Corrupt&) {
        bytes.clear();
    }
    for (size_t i = 0; i < stretch.count; ++i) {
        if (stop.stop_requested()) throw Cancelled{};
        const PackedBlob& blob = wanted_[stretch.first + i].blob;
        const size_t at = std::min<size_t>(bytes.size(), blob.offset - first.blob.offset);
        copy_blob(blob,
                  ByteView(bytes).subspan(at, std::min<size_t>(blob.length, bytes.size() - at)),
                  stop);
    }
    const Progress progress = done_.with([&](Progressed& done) {
        done.bytes += length;
        done.blobs += stretch.count;
        return Progress{.phase = phase,
                        .place = to_.backend().where(),
                        .items_done = done.blobs,
                        .bytes_done = done.bytes,
                        .bytes_total = std::max(bytes_total_, done.bytes)};
    });
    events_.on(progress);
}

// The payload goes over as it is; only what an old format left uncompressed is compressed now.
void Copier::copy_blob(const PackedBlob& blob, ByteView box, const std::stop_token& stop) {
    LoadedBlob opened;
    auto codec = from_.codecs().lend();
    if (!Store::open_blob(*codec, blob, box, opened).empty()) {
        copy_any_copy(blob, stop);
        return;
    }
    const bool compress =
        !blob.compressed() && (from_.config().version < 2 || blob.type == BlobType::tree);
    if (compress) {
        writer_.add_plain(blob.type, blob.id, opened.view(), stop);
    } else if (!blob.compressed()) {
        writer_.add_payload(blob.type, blob.id, opened.view(), 0, stop);
    } else {
        // open_blob() has left the frame behind, but that is its own affair: it is opened again.
        Bytes frame(blob.length - crypto::SealedBox::overhead);
        if (!codec->box.open(box, frame)) throw Corrupt("a box that was whole does not open");
        writer_.add_payload(blob.type, blob.id, frame, blob.raw_length, stop);
    }
}

void Copier::copy_any_copy(const PackedBlob& blob, const std::stop_token& stop) {
    try {
        const Blob found = from_.load_blob(blob.id, blob.type, stop);
        writer_.add_plain(blob.type, blob.id, found->view(), stop);
    } catch (const Corrupt&) {
        done_.with([&](Progressed& done) { done.lost.insert(blob.id); });
    }
}

bool Copier::needs_lost(const BlobId& root) {
    const auto lost = done_.with([](const Progressed& done) { return done.lost; });
    if (lost.empty()) return false;
    std::unordered_set<BlobId, IdHash> seen;
    std::vector<BlobId> trees{root};
    while (!trees.empty()) {
        const BlobId id = trees.back();
        trees.pop_back();
        if (!seen.insert(id).second) continue;
        if (lost.contains(id)) return true;
        const auto tree = from_.load_tree(id, stop_);
        for (const Node& node : *tree) {
            for (const BlobId& piece : node.content) {
                if (lost.contains(piece)) return true;
            }
            if (node.type == NodeType::dir) trees.push_back(node.subtree);
        }
    }
    return false;
}

// All blobs, their index, and only then the snapshots.
void Copier::copy_batch(std::vector<Source>& batch) {
    copy_wanted();
    report_.blobs_copied += wanted_.size();
    report_.bytes_read += wanted_bytes_;
    wanted_.clear();
    wanted_bytes_ = 0;
    writer_.finish(stop_);
    for (const Source& source : batch) {
        if (needs_lost(source.snapshot.tree)) {
            report_.failed.emplace_back(source.id, "some of its files are damaged in the source");
        } else {
            save_snapshot(source);
        }
    }
    batch.clear();
}

void Copier::save_snapshot(const Source& source) {
    CopiedSnapshot copied{.from = source.id};
    if (!options_.dry_run) {
        // A parent means nothing in another repository.
        const std::string json =
            rewrite_snapshot(source.json, {.original = source.id, .drop_parent = true});
        lock_.ensure_held(stop_);
        copied.to = SnapshotId{to_.save_document("snapshots/", json, stop_).value};
    }
    report_.snapshots.push_back(copied);
}

CopyReport copy_snapshots(Repository& from, Repository& to, const CopyOptions& options,
                          EventSink& events, const std::stop_token& stop) {
    Store& source = dynamic_cast<OpenRepository&>(from).store();
    Store& target = dynamic_cast<OpenRepository&>(to).store();
    if (source.config().id == target.config().id) {
        throw Misuse("Both places hold the same repository",
                     "Nothing was copied. `lifeboat backup` brings all your places level.");
    }
    if (target.config().version < 2) {
        throw Unsupported("The repository to copy into is of format version 1, which is only read",
                          "Nothing was changed. `restic migrate upgrade_repo_v2` brings it to "
                          "version 2.");
    }
    const auto hold = from.hold_to_read(stop);
    RepositoryLock lock(target, LockKind::shared, stop);
    return Copier({source, target}, lock, options, events, stop).run();
}

}  // namespace lifeboat::repository
