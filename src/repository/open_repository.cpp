#include "repository/open_repository.h"

#include "base/error.h"
#include "repository/builder.h"
#include "repository/check.h"
#include "repository/hold_file.h"
#include "repository/key_file.h"
#include "repository/lock.h"
#include "repository/parity.h"
#include "repository/pruner.h"
#include "repository/snapshot_tree.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::repository {

namespace {

// Of unfinished files: a living writer, restic's too, ends one within seconds. Ours hold a lock of
// the kernel on it as well; those of others are safe by this age.
constexpr nanoseconds leftover_age = std::chrono::hours{1};

// Deriving the key touched more memory than a backup or a check is going to want again.
constexpr size_t work_memory = size_t{96} << 20;

class LockedHold final : public SharedHold {
public:
    LockedHold(Store& store, const std::stop_token& stop, WhenUnwritable when_unwritable)
        : lock_(store, LockKind::shared, stop, when_unwritable) {}

private:
    RepositoryLock lock_;
};

}  // namespace

std::unique_ptr<SharedHold> OpenRepository::hold(const std::stop_token& stop) {
    return std::make_unique<LockedHold>(store_, stop, WhenUnwritable::fail);
}

std::unique_ptr<SharedHold> OpenRepository::hold_to_read(const std::stop_token& stop) {
    return std::make_unique<LockedHold>(store_, stop, WhenUnwritable::go_without);
}

OpenRepository::OpenRepository(storage::Backend& backend, const Options& options,
                               const crypto::BoxKey& key, Config config, KeyId key_id)
    : store_(backend, options, key, std::move(config), key_id),
      cutter_(store_.config().polynomial) {
    sys::release_page_pool(work_memory);
}

std::vector<Snapshot> OpenRepository::snapshots(const std::stop_token& stop) {
    std::vector<Snapshot> found;
    for (const auto& id : list_ids<SnapshotId>(store_.backend(), "snapshots/", stop)) {
        try {
            found.push_back(decode_snapshot(store_.load_document("snapshots/", {id.value}, stop)));
            found.back().id = id;
        } catch (const Corrupt& damage) {
            // One damaged snapshot must not take the others away.
            store_.note(Severity::warning, damage.message());
        } catch (const Missing&) {
            // Forgotten by somebody since it was listed.
            continue;
        }
    }
    std::sort(found.begin(), found.end(), [](const Snapshot& a, const Snapshot& b) {
        return std::tie(a.time, a.id) < std::tie(b.time, b.id);
    });
    return found;
}

void OpenRepository::refuse_old_format() const {
    if (store_.config().version >= 2) return;
    throw Unsupported("This repository is of format version 1, which is only read",
                      "Nothing was changed. `restic migrate upgrade_repo_v2` brings it to "
                      "version 2; or create a new repository.");
}

std::unique_ptr<SnapshotBuilder> OpenRepository::build(const Snapshot* parent,
                                                       const std::stop_token& stop) {
    refuse_old_format();
    auto lock = std::make_unique<RepositoryLock>(store_, LockKind::shared, stop);
    remove_leftovers(stop);
    store_.protect_keys(stop);
    // Only under the lock nobody deletes what the index says.
    store_.refresh_index(stop);
    return std::make_unique<Builder>(store_, cutter_, std::move(lock), parent, stop);
}

uint64_t OpenRepository::remove_leftovers(const std::stop_token& stop) {
    try {
        const uint64_t freed =
            store_.backend().remove_leftovers(store_.options().clock, leftover_age, stop);
        if (freed == 0) return 0;
        store_.note(Severity::info,
                    fmt::format("Removed {} bytes that a program which was cut off had left half "
                                "written",
                                freed));
        return freed;
    } catch (const Error& failure) {
        // They cost room and nothing else; the backup is worth more.
        if (stop.stop_requested()) throw;
        store_.note(Severity::debug, "remove leftovers: " + failure.full_text());
        return 0;
    }
}

std::unique_ptr<FileTree> OpenRepository::read(const Snapshot& snapshot,
                                               const std::stop_token& stop) {
    // The snapshot may be newer than the index in memory: another program, or a copy, wrote it.
    store_.refresh_index(stop);
    return std::make_unique<SnapshotTree>(store_, snapshot.tree, stop);
}

CheckReport OpenRepository::check(const CheckOptions& options, EventSink& events,
                                  const std::stop_token& stop) {
    const RepositoryLock lock(store_, LockKind::exclusive, stop, WhenUnwritable::go_without);
    // A store of its own: what is cached here must not stand in for what is in the place now.
    Store fresh(store_.backend(), store_.options(), store_.key(), store_.config(), store_.key_id());
    return Checker(fresh, options, events, stop).check();
}

void OpenRepository::forget(const std::vector<SnapshotId>& ids, const std::stop_token& stop) {
    refuse_old_format();
    RepositoryLock lock(store_, LockKind::exclusive, stop);
    // Asked by name: a listing that is too short must not cost a backup.
    for (const SnapshotId& id : ids) {
        if (!is_held(store_, id, stop)) continue;
        throw Denied("The backup " + id.hex() + " is on hold in " + store_.backend().where(),
                     "Nothing was removed. Release it first with `lifeboat snapshot release`.");
    }
    for (const SnapshotId& id : ids) {
        lock.ensure_held(stop);
        const std::string name = "snapshots/" + id.hex();
        store_.backend().remove(name, stop);
        store_.backend().remove(parity_name(name), stop);
    }
}

PruneReport OpenRepository::prune(const PruneOptions& options, EventSink& events,
                                  const std::stop_token& stop) {
    refuse_old_format();
    RepositoryLock lock(store_, LockKind::exclusive, stop);
    const uint64_t leftover = options.dry_run ? 0 : remove_leftovers(stop);
    // A store of its own: only what is in the place now says what is needed.
    Store fresh(store_.backend(), store_.options(), store_.key(), store_.config(), store_.key_id());
    PruneReport report = Pruner(fresh, lock, options, events, stop).run();
    report.bytes_leftover = leftover;
    return report;
}

std::vector<KeyEntry> OpenRepository::keys(const std::stop_token& stop) {
    std::vector<KeyEntry> entries;
    for (const auto& id : list_ids<KeyId>(store_.backend(), "keys/", stop)) {
        KeyEntry entry{.id = id, .current = id == store_.key_id()};
        try {
            const KeyFile key = decode_key_file(
                as_text(load_named(store_.backend(), "keys/" + id.hex(), id.bytes(), stop)));
            entry.created = key.created;
            entry.username = key.username;
            entry.hostname = key.hostname;
            entry.scrypt_n = key.cost.n;
        } catch (const Corrupt& damage) {
            entry.problem = damage.message();
        } catch (const Unsupported& strange) {
            entry.problem = strange.message();
        } catch (const Missing&) {
            continue;  // removed since it was listed
        }
        entries.push_back(std::move(entry));
    }
    return entries;
}

KeyId OpenRepository::add_key(const SecretText& password, const std::stop_token& stop) {
    if (password.empty()) throw Misuse("a password must not be empty");
    const Options& options = store_.options();
    const RepositoryLock lock(store_, LockKind::shared, stop);
    if (list_ids<KeyId>(store_.backend(), "keys/", stop).size() >= most_keys) {
        throw Misuse(fmt::format("There are {} passwords already", most_keys),
                     "Nothing was changed. Remove one first: lifeboat key list, lifeboat key "
                     "remove ID.");
    }
    const KeyFile key = wrap_master_key(store_.key(), password,
                                        {.created = options.clock.now(),
                                         .username = options.username,
                                         .hostname = options.hostname,
                                         .cost = key_cost},
                                        options.random);
    const std::string json = encode_key_file(key);
    const KeyId id{crypto::sha256(as_bytes(json))};
    const std::string name = "keys/" + id.hex();
    store_.backend().save(name, as_bytes(json), stop);
    store_.protect(name, as_bytes(json), {id.value}, stop);
    return id;
}

void OpenRepository::remove_key(const KeyId& id, const std::stop_token& stop) {
    if (id == store_.key_id()) {
        throw Misuse("the key this repository was opened with cannot be removed",
                     "Open the repository with another of its passwords first.");
    }
    const RepositoryLock lock(store_, LockKind::exclusive, stop);
    const std::string name = "keys/" + id.hex();
    if (!store_.backend().size(name, stop)) throw Missing("there is no key " + id.hex());
    // Somebody may have removed, or the disk lost, the key that would be left.
    const KeyId& own = store_.key_id();
    if (!own.is_zero()) load_named(store_.backend(), "keys/" + own.hex(), own.bytes(), stop);
    // First its parity, which is a copy of it: the password must not open a copy either.
    store_.backend().remove(parity_name(name), stop);
    store_.backend().remove(name, stop);
}

}  // namespace lifeboat::repository
