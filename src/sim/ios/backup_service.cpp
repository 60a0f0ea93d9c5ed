#include "sim/ios/backup_service.h"

#include "sim/ios/backup_run.h"
#include "sim/ios/password_change.h"
#include "sim/ios/restore_run.h"
#include "sys/stream_socket.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::sim::ios {

namespace {

using plist::Dict;

constexpr double spoken_version = 2.1;
constexpr std::chrono::milliseconds patience{3000};

// The phone does one thing at a time.
class Turn {
public:
    // The one before may be about to notice that its computer left. Throws BackupFailure 14.
    Turn(Device& device, Channel& channel) : device_(device) {
        for (int tries = 0; !device_.begin_backup(); ++tries) {
            if (tries == most_tries) {
                throw BackupFailure(MbCode::busy, "another backup or restore is under way");
            }
            channel.pause(look_again);
        }
    }
    ~Turn() { device_.end_backup(); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

private:
    static constexpr int most_tries = 60;
    static constexpr std::chrono::milliseconds look_again{50};

    Device& device_;
};

class BackupService {
public:
    BackupService(Device& device, Channel& channel, const PhoneActions& actions)
        : device_(device), link_(channel), actions_(actions) {}

    void run() {
        const auto planned = device_.faults().copy().device_link;
        link_.shake_hands(planned.value_or(device_.state().who.device_link));
        try {
            while (const auto request = link_.next_request()) answer(*request);
        } catch (const sys::ConnectionLost&) {
            if (!reboots_) throw;
        }
        if (reboots_) actions_.reboot();
    }

private:
    void answer(const Dict& request) {
        const auto* name = request.text("MessageName");
        if (name == nullptr) throw phone::Garbled("a request has no name");
        if (*name == "Hello") {
            say_hello(request);
            return;
        }
        try {
            check_target(request);
            const Turn turn(device_, link_.channel());
            serve(*name, request);
        } catch (const BackupFailure& failure) {
            actions_.note(fmt::format("{} fails with {}: {}", *name,
                                      static_cast<int64_t>(failure.code), failure.message()));
            link_.respond(failure.code, failure.message());
            return;
        }
        link_.respond(MbCode::ok, "");
    }

    void say_hello(const Dict& request) {
        const plist::Array* versions = request.array("SupportedProtocolVersions");
        const bool known =
            versions != nullptr && std::ranges::any_of(*versions, [](const plist::Value& one) {
                return one.number() && *one.number() <= spoken_version;
            });
        if (known) {
            link_.respond(MbCode::ok, "", {{"ProtocolVersion", spoken_version}});
        } else {
            link_.respond(MbCode::failed, "No common protocol version");
        }
    }

    void check_target(const Dict& request) const {
        const auto* target = request.text("TargetIdentifier");
        if (target != nullptr && *target == device_.udid()) return;
        throw BackupFailure(MbCode::failed, "the request is for another phone");
    }

    void serve(const std::string& name, const Dict& request) {
        const Dict* given = request.dict("Options");
        const Dict options = given == nullptr ? Dict() : *given;
        if (name == "Backup") {
            BackupRun(device_, link_, actions_)
                .run(options.boolean("ForceFullBackup").value_or(false));
        } else if (name == "Restore") {
            restore(request);
        } else if (name == "ChangePassword") {
            BackupFaults faults(device_, link_.channel(), actions_);
            change_backup_password(device_, faults, request);
        } else if (name == "EnableCloudBackup") {
            const bool on = request.boolean("CloudBackupState").value_or(false);
            device_.change([&](DeviceState& s) { s.cloud_backup = on; });
        } else {
            // Info, List, Unback and Extract fail since iOS 10.
            throw BackupFailure(MbCode::failed, "Unsupported request: " + name);
        }
    }

    void restore(const Dict& request) {
        RestoreOptions options = parse_restore_options(request);
        const bool reboots = options.reboot;
        RestoreRun(device_, link_, actions_, std::move(options)).run();
        if (!reboots) return;
        // When the computer has its answer: it says goodbye, or says nothing more.
        reboots_ = true;
        link_.channel().on_silence(
            patience, [] { throw sys::ConnectionLost("the computer says nothing more"); });
    }

    Device& device_;
    DeviceLink link_;
    const PhoneActions& actions_;
    bool reboots_ = false;
};

}  // namespace

void run_backup_service(Device& device, Channel& channel, const PhoneActions& actions) {
    BackupService(device, channel, actions).run();
}

}  // namespace lifeboat::sim::ios
