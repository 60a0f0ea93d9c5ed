#include "repository/lock.h"

#include "base/error.h"
#include "base/text.h"
#include "repository/go_text.h"
#include "repository/json_reader.h"
#include "sys/own_process.h"

#include <fmt/format.h>

#include <array>

namespace lifeboat::repository {

namespace {

using std::chrono::minutes;
using std::chrono::seconds;
constexpr nanoseconds settle_time = std::chrono::milliseconds{200};
constexpr nanoseconds refresh_interval = minutes{5};
constexpr nanoseconds trust_time = minutes{22} + seconds{30};
constexpr nanoseconds tick = seconds{5};
constexpr std::array<nanoseconds, 3> unreadable_waits{seconds{5}, seconds{10}, seconds{20}};

uint32_t number32(JsonReader& json) {
    const uint64_t value = json.number();
    if (value > UINT32_MAX) json.fail("a number is too large");
    return static_cast<uint32_t>(value);
}

}  // namespace

std::string encode_lock(const LockFile& lock) {
    std::string json = fmt::format(R"({{"time":"{}","exclusive":{},"hostname":)",
                                   to_rfc3339(lock.time), lock.exclusive);
    append_json_string(json, lock.hostname);
    json += ",\"username\":";
    append_json_string(json, lock.username);
    json += fmt::format(",\"pid\":{}", lock.pid);
    if (lock.uid != 0) json += fmt::format(",\"uid\":{}", lock.uid);
    if (lock.gid != 0) json += fmt::format(",\"gid\":{}", lock.gid);
    return json + "}";
}

LockFile decode_lock(std::string_view text) {
    JsonReader json(text, "a lock");
    LockFile lock;
    std::string_view key;
    bool has_time = false;
    json.begin_object();
    while (json.next_key(key)) {
        if (key == "time") {
            const auto time = from_rfc3339(json.string());
            if (!time) json.fail("a time that is none");
            lock.time = *time;
            has_time = true;
        } else if (key == "exclusive") {
            lock.exclusive = json.boolean();
        } else if (key == "hostname") {
            lock.hostname = json.string();
        } else if (key == "username") {
            lock.username = json.string();
        } else if (key == "pid") {
            lock.pid = json.number();
        } else if (key == "uid") {
            lock.uid = number32(json);
        } else if (key == "gid") {
            lock.gid = number32(json);
        } else {
            json.skip();
        }
    }
    json.end();
    if (!has_time) json.fail("it has no time");
    return lock;
}

RepositoryLock::RepositoryLock(Store& store, LockKind kind, const std::stop_token& stop)
    : store_(store), kind_(kind) {
    sys::survive_hangup();
    take(stop);
    refresher_ = std::jthread([this](const std::stop_token& own_stop) {
        // Real time, whatever clock the store uses: whether it is due is asked of that one.
        sys::SystemClock real;
        while (real.sleep(tick, own_stop)) {
            try {
                refresh_if_due(own_stop);
            } catch (const std::exception& failure) {
                // Tried again at the next tick; ensure_held() stops the writers in time.
                store_.note(Severity::debug, fmt::format("refresh lock: {}", failure.what()));
            }
        }
    });
}

RepositoryLock::~RepositoryLock() {
    refresher_.request_stop();
    if (refresher_.joinable()) refresher_.join();
    remove(held_.with([](const Held& h) { return h.file; }));
}

void RepositoryLock::take(const std::stop_token& stop) {
    refuse_conflicts(nullptr, stop);
    const LockId own = write(stop);
    try {
        if (!store_.options().clock.sleep(settle_time, stop)) throw Cancelled{};
        refuse_conflicts(&own, stop);
    } catch (...) {
        remove(own);
        throw;
    }
    held_.with([&](Held& h) { h = {own, store_.options().clock.now()}; });
}

LockId RepositoryLock::write(const std::stop_token& stop) {
    const sys::OwnProcess self = sys::own_process();
    const Options& options = store_.options();
    const LockFile lock{.time = options.clock.now(),
                        .exclusive = kind_ == LockKind::exclusive,
                        .hostname = options.hostname,
                        .username = options.username,
                        .pid = self.pid,
                        .uid = self.uid,
                        .gid = self.gid};
    return {store_.save_document("locks/", encode_lock(lock), stop).value};
}

void RepositoryLock::remove(const LockId& id) noexcept {
    try {
        store_.backend().remove("locks/" + id.hex(), {});
    } catch (const std::exception& failure) {
        // It grows stale by itself, and the next start removes it.
        store_.note(Severity::warning, fmt::format("remove lock: {}", failure.what()));
    }
}

std::optional<LockFile> RepositoryLock::load(const LockId& id, const std::stop_token& stop) {
    for (size_t round = 0;; ++round) {
        try {
            const auto size = store_.backend().size("locks/" + id.hex(), stop);
            if (!size || *size == 0) return std::nullopt;
            return decode_lock(store_.load_document("locks/", {id.value}, stop));
        } catch (const Missing&) {
            return std::nullopt;
        } catch (const Corrupt&) {
            // Perhaps it is just being written by a place that is not all or nothing.
            if (round == unreadable_waits.size()) throw;
        }
        if (!store_.options().clock.sleep(unreadable_waits[round], stop)) throw Cancelled{};
    }
}

bool RepositoryLock::is_own_dead(const LockFile& lock) const {
    return !lock.hostname.empty() && lock.hostname == store_.options().hostname &&
           !sys::process_exists(lock.pid);
}

void RepositoryLock::refuse_conflicts(const LockId* own, const std::stop_token& stop) {
    for (const LockId& id : list_ids<LockId>(store_.backend(), "locks/", stop)) {
        if (own != nullptr && id == *own) continue;
        const auto lock = load(id, stop);
        if (!lock) continue;
        if (is_own_dead(*lock)) {
            remove(id);
        } else if (lock->exclusive || kind_ == LockKind::exclusive) {
            throw_locked(*lock);
        }
    }
}

void RepositoryLock::throw_locked(const LockFile& holder) const {
    throw Locked(
        fmt::format("The repository is in use: {} on {} (process {}) holds it {}since {}",
                    printable(holder.username.empty() ? "somebody" : holder.username),
                    printable(holder.hostname.empty() ? "another computer" : holder.hostname),
                    holder.pid, holder.exclusive ? "alone " : "", to_rfc3339(holder.time)),
        "Nothing was changed. Wait until that program has finished. If it was cut off and runs no "
        "longer, remove its lock with `restic unlock`.");
}

void RepositoryLock::replace(Held& held, const std::stop_token& stop) {
    const LockId old = held.file;
    held.file = write(stop);
    held.refreshed = store_.options().clock.now();
    if (old != held.file) remove(old);
}

void RepositoryLock::refresh_if_due(const std::stop_token& stop) {
    held_.with([&](Held& held) {
        const nanoseconds age = store_.options().clock.now() - held.refreshed;
        // Once it is too old, only ensure_held() may decide.
        if (age >= refresh_interval && age < trust_time) replace(held, stop);
    });
}

void RepositoryLock::ensure_held(const std::stop_token& stop) {
    held_.with([&](Held& held) {
        sys::Clock& clock = store_.options().clock;
        if (clock.now() - held.refreshed < trust_time) return;
        if (!store_.backend().size("locks/" + held.file.hex(), stop)) {
            throw Locked("The lock on the repository was lost while this computer did not run",
                         "Finished packs are kept and reused. Start the backup again.");
        }
        replace(held, stop);
        if (!clock.sleep(settle_time, stop)) throw Cancelled{};
        refuse_conflicts(&held.file, stop);
    });
}

}  // namespace lifeboat::repository
