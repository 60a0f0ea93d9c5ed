#include "repository/repair.h"

#include "base/error.h"
#include "repository/hold_file.h"
#include "repository/key_file.h"
#include "repository/repairer.h"
#include "repository/steady_read.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::repository {

namespace {

constexpr const char* phase = "repair";
constexpr const char* aside = "damaged/";

// Any file that only this repository can have: a key of the same name, or a document under the same
// master key.
bool is_place_of(const storage::Backend& backend, Store& like, const std::stop_token& stop) {
    for (const KeyId& id : list_ids<KeyId>(backend, "keys/", stop)) {
        if (like.backend().size("keys/" + id.hex(), stop)) return true;
    }
    auto codec = like.codecs().lend();
    for (const std::string folder : {"snapshots/", "index/"}) {
        for (const Digest& id : list_ids<Digest>(backend, folder, stop)) {
            const auto bytes = load_steadily(backend, folder + id.hex(), {}, stop);
            if (!bytes || bytes->size() < crypto::SealedBox::overhead) continue;
            Bytes plain(bytes->size() - crypto::SealedBox::overhead);
            if (codec->box.open(*bytes, plain)) return true;
        }
    }
    return false;
}

}  // namespace

Repairer::Repairer(Store& store, RepositoryLock& lock, const RepairOptions& options,
                   EventSink& events, std::stop_token stop)
    : store_(store),
      lock_(lock),
      options_(options),
      events_(events),
      stop_(std::move(stop)),
      sources_(store, options.sources, events, stop_),
      writer_(store, lock, options.dry_run ? DryRun::yes : DryRun::no) {}

// The order is what makes it safe at every instant: what is fetched replaces whole files at once;
// new packs are durable before the index that names them, that before an old index goes, and only
// then a damaged pack.
RepairReport Repairer::run() {
    events_.on(PhaseStarted{phase, store_.backend().where()});
    mend_config();
    mend_keys();
    mend_holds();  // before the snapshots: a hold has the file of one
    const auto snapshots = mend_snapshots();
    read_claims();
    list_packs();
    survey_packs();
    mend_damaged_packs();
    for (const Loaded& loaded : snapshots) {
        find_lost(loaded.snapshot.tree);
        if (!whole_trees_[loaded.snapshot.tree]) report_affected(loaded.snapshot);
    }
    plan_index();
    if (options_.leave_out_lost) rewrite_snapshots(snapshots);
    writer_.finish(stop_);
    if (options_.leave_out_lost) {
        for (const Loaded& loaded : snapshots) {
            const BlobId& tree = loaded.snapshot.tree;
            if (!whole_trees_[tree]) rewrite_snapshot_file(loaded, rewritten_.at(tree));
        }
    }
    drop_old_indexes();
    drop_damaged_packs();
    conclude();
    events_.on(PhaseEnded{phase, store_.backend().where()});
    return std::move(report_);
}

void Repairer::conclude() {
    const auto written = writer_.counts();
    report_.index_files = written.index_files;
    report_.bytes_written += written.bytes;
    report_.blobs_lost = lost_count();
    if (lost_count() != 0 && report_.remaining.empty() && !options_.leave_out_lost) {
        report_.remaining.push_back(
            {"data/",
             fmt::format("{} of the pieces that backups need are in no pack", lost_count())});
    }
    report_.whole = report_.remaining.empty();
}

void Repairer::replace(const std::string& name, const RepairSources::File& file,
                       const std::string& problem) {
    if (!options_.dry_run) {
        lock_.ensure_held(stop_);
        store_.backend().save(name, file.bytes, stop_);
    }
    report_.bytes_written += file.bytes.size();
    report_.mended.push_back({name, problem, "fetched from " + file.from});
}

void Repairer::remove(const std::string& name) {
    if (options_.dry_run) return;
    lock_.ensure_held(stop_);
    store_.backend().remove(name, stop_);
}

// A copy first: the name in the repository must be free for a whole file, but what somebody could
// still make of the damaged one must not go. A file that cannot be read stays where it is.
void Repairer::set_aside(const std::string& name) {
    const auto bytes = load_steadily(store_.backend(), name, {}, stop_);
    if (!bytes) {
        if (!store_.backend().size(name, stop_)) return;
        report_.hints.push_back(name + " cannot be read at all and was left where it is");
        return;
    }
    report_.set_aside.push_back(aside + name);
    if (options_.dry_run) return;
    lock_.ensure_held(stop_);
    store_.backend().save(aside + name, *bytes, stop_);
    remove(name);
}

// It opened, or the repository was opened with the key of another place.
void Repairer::mend_config() {
    std::string problem = "it is missing";
    for (int round = 0; round < 2; ++round) {  // its name is no hash that would tell of an error
        const auto bytes = load_steadily(store_.backend(), "config", {}, stop_);
        if (!bytes) break;
        try {
            const auto text = open_plain(*store_.codecs().lend(), *bytes, "config");
            if (decode_config(text).id == store_.config().id) return;
            problem = "it is of another repository";
        } catch (const Corrupt& damage) {
            problem = damage.message();
        }
    }
    if (const auto file = sources_.config(stop_)) {
        replace("config", *file, problem);
        return;
    }
    // What it says is known, or the repository would not be open.
    const auto text = encode_config(store_.config());
    auto codec = store_.codecs().lend();
    if (!options_.dry_run) {
        lock_.ensure_held(stop_);
        store_.backend().save("config", seal_plain(*codec, store_.options().random, text), stop_);
    }
    report_.mended.push_back({"config", problem, "written anew"});
}

void Repairer::mend_keys() {
    bool own = false;
    for (const KeyId& id : list_ids<KeyId>(store_.backend(), "keys/", stop_)) {
        const std::string name = "keys/" + id.hex();
        own |= id == store_.key_id();
        std::string problem;
        const auto bytes = load_named_steadily(store_.backend(), name, id.bytes(), problem, stop_);
        if (!bytes) mend_named(name, id.bytes(), problem);
    }
    // A place that the password does not open any more has lost its key file.
    if (own || store_.key_id().is_zero()) return;
    const std::string name = "keys/" + store_.key_id().hex();
    mend_named(name, store_.key_id().bytes(), "it is missing");
}

void Repairer::mend_named(const std::string& name, ByteView hash, const std::string& problem) {
    if (const auto file = sources_.file(name, hash, stop_)) {
        replace(name, *file, problem);
        return;
    }
    if (!options_.leave_out_lost) {
        report_.remaining.push_back({name, problem});
        return;
    }
    set_aside(name);
}

std::string Repairer::problem_of_hold(const SnapshotId& id, const std::string& name) {
    const auto bytes = load_steadily(store_.backend(), name, {}, stop_);
    if (!bytes) return "it cannot be read";
    try {
        open_hold(store_, id, *bytes);
        return {};
    } catch (const Corrupt& damage) {
        return damage.message();
    } catch (const Unsupported& unknown) {
        return unknown.message();
    }
}

// One that nobody has whole stays where it is, damaged: that it is there holds the backup still,
// and nothing of it may be given up.
void Repairer::mend_holds() {
    for (const SnapshotId& id : list_ids<SnapshotId>(store_.backend(), holds_folder, stop_)) {
        if (stop_.stop_requested()) throw Cancelled{};
        const std::string name = holds_folder + id.hex();
        const std::string problem = problem_of_hold(id, name);
        if (problem.empty()) continue;
        if (const auto file = sources_.hold(id, stop_)) {
            replace(name, *file, problem);
            continue;
        }
        report_.remaining.push_back(
            {name, problem + "; the backup counts as held all the same. `lifeboat snapshot hold` "
                             "holds it anew, `lifeboat snapshot release` lets it go"});
    }
}

// A hold contains the bytes of the snapshot file that it holds.
std::optional<RepairSources::File> Repairer::snapshot_in_hold(const SnapshotId& id) {
    if (!is_held(store_, id, stop_)) return std::nullopt;
    Hold hold = load_hold(store_, id, stop_);
    if (crypto::sha256(hold.file) != id.value) return std::nullopt;
    return RepairSources::File{std::move(hold.file), "its hold"};
}

std::vector<Repairer::Loaded> Repairer::mend_snapshots() {
    std::vector<Loaded> loaded;
    for (const SnapshotId& id : list_ids<SnapshotId>(store_.backend(), "snapshots/", stop_)) {
        const std::string name = "snapshots/" + id.hex();
        std::string problem;
        auto bytes = load_named_steadily(store_.backend(), name, id.bytes(), problem, stop_);
        if (!bytes) {
            auto file = snapshot_in_hold(id);
            if (!file) file = sources_.file(name, id.bytes(), stop_);
            if (file) {
                replace(name, *file, problem);
                bytes = std::move(file->bytes);
            } else {
                mend_named(name, id.bytes(), problem);
                continue;
            }
        }
        try {
            Loaded one{.id = id, .json = open_document(*store_.codecs().lend(), *bytes, name)};
            one.snapshot = decode_snapshot(one.json);
            one.snapshot.id = id;
            loaded.push_back(std::move(one));
        } catch (const Corrupt& damage) {
            // It is as it was written, so no other place has a better one.
            mend_named(name, Digest{}.bytes(), damage.message());
        }
    }
    report_.snapshots = loaded.size();
    return loaded;
}

RepairReport repair(Repository& repository, const RepairOptions& options, EventSink& events,
                    const std::stop_token& stop) {
    auto& open = dynamic_cast<OpenRepository&>(repository);
    Store& known = open.store();
    // A store of its own: what is cached must not stand in for what is in the place now.
    Store store(known.backend(), known.options(), known.key(), known.config(), known.key_id());
    RepositoryLock lock(store, LockKind::exclusive, stop);
    return Repairer(store, lock, options, events, stop).run();
}

std::unique_ptr<Repository> open_for_repair(storage::Backend& backend, Repository& like,
                                            const Options& options, const std::stop_token& stop) {
    Store& known = dynamic_cast<OpenRepository&>(like).store();
    if (!is_place_of(backend, known, stop)) {
        throw Misuse(fmt::format("Nothing at {} shows that it is a place of your repository",
                                 backend.where()),
                     "Nothing was changed. Look whether the right disk or folder is there. To make "
                     "a new copy in an empty folder: lifeboat place add NAME FOLDER");
    }
    return std::make_unique<OpenRepository>(backend, options, known.key(), known.config(),
                                            known.key_id());
}

}  // namespace lifeboat::repository
