// DeviceLink as the computer: the phone asks for files and folders, and a BackupFolder answers.
#pragma once

#include "base/event.h"
#include "phone/ios/backup_folder.h"
#include "phone/ios/connection.h"
#include "phone/ios/file_frames.h"

#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <string_view>

namespace lifeboat::phone::ios {

// One thread. All functions throw Gone, Silent, Garbled, Cancelled.
class DeviceLink {
public:
    // The version of the protocol is agreed on at once: the phone's, at most the newest we know.
    // `patience` is how long the phone may say nothing between two of its commands: it scans its
    // files for minutes, and waits for passcodes.
    DeviceLink(std::unique_ptr<Connection> connection, Connection::Patience patience);

    uint64_t version() const { return version_; }

    void send_process_message(const plist::Dict& message);
    // Answers everything the phone asks until it sends a message that is not about files: that one.
    // Files that the phone could not read are named to the folder. Throws Gone when the phone
    // disconnects before.
    plist::Dict serve(BackupFolder& folder, EventSink& events);
    // The next such message, when no files are to be asked for. Throws Garbled when they are.
    plist::Dict receive_process_message();
    // Says goodbye, if the phone still listens.
    void disconnect();

    // Rethrows the first failure of the folder, if there was one: what the phone then says is only
    // its consequence.
    void rethrow_folder_failure() const;

private:
    class Server;

    DlMessage receive();
    void answer(const DlStatus& status);

    std::unique_ptr<Connection> connection_;
    Connection::Patience patience_;
    uint64_t version_ = 0;
    std::exception_ptr folder_failure_{};
};

}  // namespace lifeboat::phone::ios
