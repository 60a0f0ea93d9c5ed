#include "phone/ios/sync_lock.h"

namespace lifeboat::phone::ios {
namespace {

constexpr std::string_view lock_file = "/com.apple.itunes.lock_sync";
constexpr std::string_view will_start = "com.apple.itunes-mobdev.syncWillStart";
constexpr std::string_view lock_request = "com.apple.itunes-mobdev.syncLockRequest";
constexpr std::string_view did_start = "com.apple.itunes-mobdev.syncDidStart";
constexpr std::string_view did_finish = "com.apple.itunes-mobdev.syncDidFinish";

}  // namespace

SyncLock::SyncLock(std::unique_ptr<Afc> afc, Announcer announcer, sys::Clock& clock,
                   const std::stop_token& stop, SyncLockOptions options)
    : afc_(std::move(afc)), announcer_(std::move(announcer)) {
    announce(will_start);
    handle_ = afc_->open(lock_file, AfcMode::read_write);
    if (!handle_) throw Missing("the iPhone has no file to lock for a backup");
    announce(lock_request);
    take(clock, stop, options);
    announce(did_start);
}

void SyncLock::take(sys::Clock& clock, const std::stop_token& stop,
                    const SyncLockOptions& options) {
    for (int attempt = 0; attempt < options.attempts; ++attempt) {
        if (attempt > 0 && !clock.sleep(options.between, stop)) throw Cancelled();
        if (afc_->try_lock(*handle_)) return;
    }
    throw Temporary("another program is syncing with the iPhone",
                    "Wait until it is done, or quit it, and run this again.");
}

void SyncLock::announce(std::string_view name) {
    const auto proxy = announcer_();
    proxy->post(name);
    // Its answer is the proof that the announcement was read.
    proxy->close();
}

void SyncLock::release() {
    if (!handle_) return;
    const uint64_t handle = *handle_;
    handle_.reset();
    try {
        afc_->unlock(handle);
        afc_->close(handle);
        announce(did_finish);
    } catch (const Temporary&) {
        return;  // the phone dropped the connection, and the lock with it
    }
}

}  // namespace lifeboat::phone::ios
