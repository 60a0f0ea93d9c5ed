#include "phone/ios/backup_session.h"

#include "base/text.h"
#include "phone/ios/waiting.h"

#include <algorithm>
#include <array>

namespace lifeboat::phone::ios {
namespace {

constexpr std::string_view presented = "com.apple.LocalAuthentication.ui.presented";
constexpr std::string_view dismissed = "com.apple.LocalAuthentication.ui.dismissed";
constexpr std::string_view cancelled = "com.apple.itunes-client.syncCancelRequest";
// The others are observed as every program does that syncs: the phone may count on it.
constexpr std::array observed{presented,
                              dismissed,
                              cancelled,
                              std::string_view("com.apple.itunes-client.syncSuspendRequest"),
                              std::string_view("com.apple.itunes-client.syncResumeRequest"),
                              std::string_view("com.apple.mobile.backup.domain_changed")};
constexpr milliseconds listening_interval{60'000};

// "16.1" or later: these call out when they ask for the passcode.
bool calls_out(std::string_view version) {
    const auto parts = split(version, '.');
    const uint64_t major = parse_u64(parts.empty() ? "" : parts[0]).value_or(0);
    const uint64_t minor = parse_u64(parts.size() < 2 ? "" : parts[1]).value_or(0);
    return major > 16 || (major == 16 && minor >= 1);
}

// Gives the lock back however the work ends, if the phone is there to take it.
class HeldLock {
public:
    template <class Take>
    HeldLock(Take take, const Presence& presence) : lock_(take()), presence_(presence) {}
    ~HeldLock() {
        try {
            if (!presence_.is_gone()) lock_.release();
        } catch (const std::exception&) {
            return;  // the phone releases it with the connection
        }
    }
    HeldLock(const HeldLock&) = delete;
    HeldLock& operator=(const HeldLock&) = delete;

private:
    SyncLock lock_;
    const Presence& presence_;
};

}  // namespace

BackupSession::BackupSession(Device& device, const Device::World& world,
                             const DeviceOptions& options, const std::stop_token& stop)
    : device_(device),
      world_(world),
      options_(options),
      stop_(stop),
      passcode_(world.clock, world.events, options) {}

SyncLock BackupSession::take_lock() {
    const Escrow escrow = device_.best_escrow();
    return SyncLock(
        std::make_unique<Afc>(device_.open(afc_service, escrow)),
        [this, escrow] {
            return std::make_unique<NotificationProxy>(device_.open(notification_service, escrow));
        },
        world_.clock, stop_);
}

// What runs beside the conversation. Its connections are opened here, since the device belongs to
// this thread; they end with the group.
void BackupSession::start_helpers(TaskGroup& helpers) {
    const Escrow escrow = device_.best_escrow();
    notifications_ = std::make_unique<NotificationProxy>(
        device_.open(notification_service, escrow, helpers.stop()));
    for (const std::string_view name : observed) notifications_->observe(name);
    helpers.run([this](const std::stop_token& stop) { listen(*notifications_, stop); });
    if (device_.where().connection != MuxConnection::network) return;
    heartbeat_ = device_.open(heartbeat_service, escrow, helpers.stop());
    helpers.run([this](const std::stop_token& stop) {
        answer_heartbeat(*heartbeat_, *device_.presence(), stop);
    });
}

void BackupSession::listen(NotificationProxy& proxy, const std::stop_token& stop) {
    try {
        while (!stop.stop_requested()) {
            const auto name = proxy.next(listening_interval);
            if (!name) continue;
            if (*name == presented) passcode_.presented();
            if (*name == dismissed) passcode_.dismissed();
            if (*name == cancelled) {
                throw Temporary("somebody stopped it on the iPhone",
                                "Nothing that was saved is lost. Run the same command again.");
            }
        }
    } catch (const Gone&) {
        return;  // phones end quiet conversations: the backup is the one that counts
    }
}

// A "no" of lockdown means that there is no passcode, on some versions only that the phone is
// unlocked: it is believed where a question would be called out anyhow.
PasscodeWatch::Silence BackupSession::meaning_of_silence() {
    const auto has_passcode = device_.look_up({}, "PasswordProtected").value;
    const auto version = device_.look_up({}, "ProductVersion").value;
    const bool none = has_passcode && has_passcode->boolean() == false;
    const std::string* text = version ? version->text() : nullptr;
    return none && text != nullptr && calls_out(*text)
               ? PasscodeWatch::Silence::is_work
               : PasscodeWatch::Silence::may_be_the_question;
}

void BackupSession::converse(const Job& job, TaskGroup& helpers) {
    const PasscodeWatch::Silence silence = meaning_of_silence();
    auto connection = device_.open(mobile_backup_service, Escrow::with, helpers.stop());
    connection->set_patience(options_.transfer_silence);
    MobileBackup service(std::move(connection), device_.where().udid, passcode_.patience());
    passcode_.requested(silence);
    job(service);
}

void BackupSession::run(SyncLocking locking, const Job& job) {
    TaskGroup helpers(stop_);
    start_helpers(helpers);
    try {
        if (locking == SyncLocking::locked) {
            const HeldLock held([this] { return take_lock(); }, *device_.presence());
            converse(job, helpers);
        } else {
            converse(job, helpers);
        }
    } catch (const Cancelled&) {
        helpers.rethrow_failure();  // a helper ended it, and says why
        throw;
    }
}

}  // namespace lifeboat::phone::ios
