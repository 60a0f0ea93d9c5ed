// The phone's side of DeviceLink: it agrees on a version with the computer, takes its request, and
// then asks it for files and folders until it can answer.
#pragma once

#include "phone/ios/device_link_wire.h"
#include "phone/ios/file_frames.h"
#include "sim/ios/backup_failure.h"
#include "sim/ios/channel.h"

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lifeboat::sim::ios {

// One connection; one thread. Everything throws sys::ConnectionLost when the computer hangs up or
// says goodbye, and phone::Garbled when it breaks the rules: a phone hangs up then.
class DeviceLink {
public:
    explicit DeviceLink(Channel& channel) : channel_(channel) {}

    // Offers `major`; the version that both speak is the smaller one.
    void shake_hands(uint64_t major);
    uint64_t version() const { return version_; }
    // What the computer asks of the backup service; nothing when it says goodbye.
    std::optional<plist::Dict> next_request();
    void respond(MbCode code, const std::string& description, plist::Dict more = {});

    // How far the whole job is: goes out with the next commands.
    void set_progress(double percent) { progress_ = percent; }

    // A command and its answer, whatever it says.
    wire::DlStatus ask(wire::DlCommand command);
    // For raw frames behind a command.
    void send(wire::DlCommand command);
    wire::DlStatus status();
    Channel& channel() { return channel_; }

    // These throw BackupFailure when the computer says that it could not.
    uint64_t free_bytes();
    std::vector<wire::DlEntry> list(const std::string& path);  // empty: no such folder
    void create_folder(const std::string& path);
    void move(std::vector<std::pair<std::string, std::string>> moves);
    void remove(std::vector<std::string> paths);  // missing ones are fine
    void copy(const std::string& from, const std::string& to);
    // How many bytes the computer made free; nothing when it cannot.
    std::optional<uint64_t> purge(uint64_t bytes);

    // Each file as it comes, in the order that the computer chooses; what it does not have is
    // returned. `content` throws as the connection does; what is left of it is skipped.
    using Take = std::function<void(const std::string& path, ByteSource& content)>;
    std::vector<std::string> download(const std::vector<std::string>& paths, const Take& take);

private:
    Channel& channel_;
    double progress_ = 0;
    uint64_t version_ = 0;
};

}  // namespace lifeboat::sim::ios
