// A whole backup as an iPhone leaves it on a computer: hashed names, Manifest.db, the three lists,
// encrypted or not. For tests of what reads backups, and for the simulated phone.
#pragma once

#include "base/bytes.h"
#include "base/secret.h"
#include "item/item.h"
#include "sim/ios/backup_keybag.h"
#include "sim/ios/database_maker.h"
#include "sys/random.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lifeboat::sim {

struct MadeBackup {
    std::string folder{};  // below the sink's root: the UDID, or nothing
    std::string udid = "00008101-000A11112222801E";
    std::string device_name = "Ada's iPhone";
    std::string product_type = "iPhone14,5";
    std::string product_version = "17.6.1";
    std::string snapshot_state = "finished";
    bool with_digests = true;
    KeybagCost cost{.iterations = 10, .double_iterations = 10};
};

// A file of a phone: "CameraRollDomain", "Media/DCIM/100APPLE/IMG_0001.HEIC".
struct PhonePath {
    std::string_view domain{};
    std::string_view relative{};
};

class BackupMaker {
public:
    // `sink` and `random` outlive it. No password: no encryption.
    BackupMaker(ItemSink& sink, MadeBackup backup, const std::optional<SecretText>& password,
                sys::Random& random);

    void add_folder(const PhonePath& path, int64_t modified);
    void add_file(const PhonePath& path, ByteView content, int64_t modified,
                  uint32_t protection_class = 3);
    void add_link(const PhonePath& path, const std::string& target);
    // Any row, for what no phone writes.
    void add_row(const std::string& id, const PhonePath& path, int flags, ByteView file);
    // Manifest.db, Manifest.plist, Status.plist, Info.plist.
    void finish();

private:
    void put(const std::string& name, ByteView content);
    void add_described(const PhonePath& path, int flags, BackupFileFacts facts);
    void put_lists();

    ItemSink& sink_;
    MadeBackup backup_;
    sys::Random& random_;
    std::optional<BackupKeybag> keybag_;
    DatabaseMaker manifest_;
    uint64_t next_inode_ = 1000;
};

}  // namespace lifeboat::sim
