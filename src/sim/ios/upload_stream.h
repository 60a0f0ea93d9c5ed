// One transfer of files to the computer: the command, the raw frames, and what the computer says
// about them.
#pragma once

#include "sim/ios/backup_faults.h"
#include "sim/ios/device_link.h"

#include <string>

namespace lifeboat::sim::ios {

// From its making to finish(); one thread.
class UploadStream {
public:
    UploadStream(DeviceLink& link, BackupFaults& faults, uint64_t total_bytes);

    struct Names {
        std::string on_phone{};
        std::string in_backup{};
    };
    // Sends a file. What `content` throws, an Error, ends the file with its text as not readable;
    // false then.
    bool send(const Names& names, ByteSource& content);
    // Ends a file that cannot be read, with the code of its last block.
    void send_failure(const Names& names, int code, std::string_view text);
    // Throws BackupFailure 104 when the computer could not store them all.
    void finish();

private:
    void begin(const Names& names);
    void send_block(ByteView content);

    DeviceLink& link_;
    BackupFaults& faults_;
    FaultPlan plan_;
    Bytes frame_{};
};

}  // namespace lifeboat::sim::ios
