#include "repository/hold.h"

#include "base/error.h"
#include "base/text.h"
#include "repository/hold_file.h"
#include "repository/lock.h"
#include "repository/open_repository.h"

#include <algorithm>

namespace lifeboat::repository {

namespace {

Store& store_of(Repository& repository) {
    return dynamic_cast<OpenRepository&>(repository).store();
}

void save_hold(Store& store, const Hold& hold, const std::stop_token& stop) {
    const Bytes sealed =
        seal_document(*store.codecs().lend(), store.options().random, encode_hold(hold));
    store.backend().save(holds_folder + hold.snapshot.id.hex(), sealed, stop);
}

void refuse_bad_note(const std::string& note) {
    if (note.size() <= hold_note_limit && is_valid_utf8(note)) return;
    throw Misuse("the reason of a hold must be text of at most 1000 bytes");
}

}  // namespace

std::vector<Hold> list_holds(Repository& repository, const std::stop_token& stop) {
    return load_holds(store_of(repository), stop);
}

void hold_snapshot(Repository& repository, const SnapshotId& id, const std::string& note,
                   const std::stop_token& stop) {
    refuse_bad_note(note);
    Store& store = store_of(repository);
    // Under the lock nobody removes the backup between the look at it and the hold.
    const RepositoryLock lock(store, LockKind::shared, stop);
    const std::string name = "snapshots/" + id.hex();
    if (!store.backend().size(name, stop)) {
        throw Missing("There is no backup " + id.hex() + " in " + store.backend().where());
    }
    save_hold(store,
              {.snapshot = {.id = id},
               .since = store.options().clock.now(),
               .note = note,
               .hostname = store.options().hostname,
               .username = store.options().username,
               .file = load_named(store.backend(), name, id.bytes(), stop)},
              stop);
}

void release_snapshot(Repository& repository, const SnapshotId& id, const std::stop_token& stop) {
    Store& store = store_of(repository);
    // Alone, as for everything that takes something away: who looks at holds must see them all.
    const RepositoryLock lock(store, LockKind::exclusive, stop);
    if (!is_held(store, id, stop)) {
        throw Missing("The backup " + id.hex() + " is not on hold in " + store.backend().where());
    }
    store.backend().remove(holds_folder + id.hex(), stop);
}

bool bring_back(Repository& repository, const SnapshotId& id, const std::stop_token& stop) {
    Store& store = store_of(repository);
    const RepositoryLock lock(store, LockKind::shared, stop);
    const std::string name = "snapshots/" + id.hex();
    const Hold hold = load_hold(store, id, stop);
    if (store.backend().size(name, stop)) return false;
    if (!hold.problem.empty()) throw Corrupt(hold.problem);
    store.backend().save(name, hold.file, stop);
    return true;
}

size_t copy_holds(Repository& from, Repository& to, const std::stop_token& stop) {
    const auto holds = list_holds(from, stop);
    if (holds.empty()) return 0;
    Store& store = store_of(to);
    const RepositoryLock lock(store, LockKind::shared, stop);
    size_t copied = 0;
    for (const Hold& hold : holds) {
        // A hold without its data would only stop everything there.
        const bool here =
            store.backend().size("snapshots/" + hold.snapshot.id.hex(), stop).has_value();
        if (!hold.problem.empty() || !here || is_held(store, hold.snapshot.id, stop)) continue;
        save_hold(store, hold, stop);
        ++copied;
    }
    return copied;
}

}  // namespace lifeboat::repository
