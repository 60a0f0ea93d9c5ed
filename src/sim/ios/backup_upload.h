// Sends the phone's files to the computer, batch after batch, and keeps the rows of what arrived.
#pragma once

#include "sim/ios/backup_plan.h"
#include "sim/ios/backup_target.h"
#include "sim/ios/upload_stream.h"
#include "sys/random.h"

#include <optional>

namespace lifeboat::sim::ios {

// One backup; one thread.
class BackupUpload {
public:
    struct Tools {
        DeviceLink& link;
        BackupFaults& faults;
        const BackupTarget& target;
        const BackupKeybag* keybag;  // null: nothing is encrypted
        std::string scratch;         // a folder of this machine
    };
    explicit BackupUpload(Tools tools) : tools_(std::move(tools)) {}

    // Throws BackupFailure: 104 when the computer cannot store a file, or when the phone cannot
    // read one twice that is there. A file that is gone gets no row.
    void send_files(const std::vector<PhoneEntry>& entries, const BackupPlan& plan,
                    ManifestStore& draft);
    // One file of the backup's own, in a transfer of its own.
    void send_list(const std::string& name, ByteSource& content, uint64_t size);
    void send_list(const std::string& name, const Bytes& content);

private:
    using Batch = std::vector<const PhoneEntry*>;

    void send_batch(const Batch& batch, ManifestStore& draft, Batch& failed);
    bool send_file(UploadStream& stream, const PhoneEntry& entry, ManifestStore& draft);
    bool send_content(UploadStream& stream, const PhoneEntry& entry, const std::string& host_path,
                      ManifestStore& draft);
    void send_again(const Batch& failed, ManifestStore& draft);
    UploadStream::Names names_of(const PhoneEntry& entry) const;

    Tools tools_;
    sys::SystemRandom random_;
    uint64_t sent_bytes_ = 0;
    uint64_t all_bytes_ = 0;
};

}  // namespace lifeboat::sim::ios
