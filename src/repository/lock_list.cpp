#include "repository/lock_list.h"

#include "base/error.h"
#include "repository/open_repository.h"
#include "sys/own_process.h"

#include <algorithm>

namespace lifeboat::repository {

namespace {

// restic's own limit: locks are refreshed every five minutes, so this one missed six times.
constexpr nanoseconds stale_age = std::chrono::minutes{30};

Holder holder_of(const LockFile& lock, const Options& options) {
    if (lock.hostname.empty() || lock.hostname != options.hostname) return Holder::elsewhere;
    if (lock.pid == sys::own_process().pid) return Holder::this_program;
    return sys::process_exists(lock.pid) ? Holder::alive : Holder::gone;
}

}  // namespace

std::vector<ListedLock> list_locks(Repository& repository, const std::stop_token& stop) {
    Store& store = dynamic_cast<OpenRepository&>(repository).store();
    std::vector<ListedLock> locks;
    for (const LockId& id : list_ids<LockId>(store.backend(), "locks/", stop)) {
        ListedLock listed{.id = id};
        try {
            listed.lock = decode_lock(store.load_document("locks/", {id.value}, stop));
            const nanoseconds age = store.options().clock.now() - listed.lock.time;
            listed.age = std::max(age, nanoseconds{});
            listed.holder = holder_of(listed.lock, store.options());
            listed.old = age > stale_age;
        } catch (const Corrupt& damage) {
            listed.problem = damage.message();
        } catch (const Missing&) {
            continue;  // released since it was listed
        }
        locks.push_back(std::move(listed));
    }
    std::stable_sort(locks.begin(), locks.end(), [](const ListedLock& a, const ListedLock& b) {
        return a.lock.time < b.lock.time;
    });
    return locks;
}

}  // namespace lifeboat::repository
