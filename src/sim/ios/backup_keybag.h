// How a phone encrypts its backup: makes the keybag, wraps the keys of files, encrypts their bytes,
// and writes what Manifest.db says about a file. The counterpart of content/ios_backup, which
// reads.
#pragma once

#include "base/bytes.h"
#include "base/secret.h"
#include "sys/random.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace lifeboat::sim {

// What phones ask for. Tests lower it: the whole takes seconds.
struct KeybagCost {
    uint32_t iterations = 10'000;
    uint32_t double_iterations = 10'000'000;  // 0: as before iOS 10.2, one round only
};

// How a password becomes a key: the head of a keybag.
struct PasswordRecipe {
    KeybagCost cost{};
    Bytes salt{};
    Bytes double_salt{};  // of the first round, unless there is none

    static PasswordRecipe make(const KeybagCost& cost, sys::Random& random);
    // Takes seconds at real costs. 32 bytes.
    SecretBytes key(const SecretText& password) const;
};

class BackupKeybag {
public:
    // Fresh class keys under the password, for the classes that phones have.
    BackupKeybag(const SecretText& password, const KeybagCost& cost, sys::Random& random);
    // The same, where the password's key is known.
    BackupKeybag(const PasswordRecipe& recipe, ByteView password_key, sys::Random& random);
    // One that was made before. Throws Corrupt when it is none, Denied when the key is not its own.
    static BackupKeybag open(ByteView bytes, ByteView password_key);
    // Throws Corrupt, also for costs that no phone asks for.
    static PasswordRecipe recipe_of(ByteView bytes);

    const Bytes& bytes() const { return bytes_; }  // Manifest.plist, BackupKeyBag
    // Class (4 bytes, least significant first) and the wrapped key: 44 bytes, as EncryptionKey and
    // ManifestKey have it. `key` has 32 bytes.
    Bytes wrap(uint32_t protection_class, ByteView key) const;
    // Throws Corrupt when this keybag did not wrap it.
    SecretBytes unwrap(ByteView class_and_key) const;

private:
    BackupKeybag() = default;
    void make(const PasswordRecipe& recipe, ByteView password_key, sys::Random& random);

    std::map<uint32_t, SecretBytes> keys_;
    Bytes bytes_;
};

// AES-256-CBC with a zero IV and PKCS#7: one to sixteen bytes longer than `plain`.
Bytes encrypt_backup_file(ByteView key, ByteView plain);

// The name of a file in a backup: 40 hexadecimal digits.
std::string backup_file_id(std::string_view domain, std::string_view relative_path);

// The columns of `Files.file`.
struct BackupFileFacts {
    std::string relative_path{};
    uint64_t size = 0;
    uint32_t mode = 0100644;
    int64_t modified = 0, changed = 0, born = 0;  // seconds since 1970
    uint32_t protection_class = 3;
    uint64_t inode = 0;
    std::string link_target{};
    Bytes digest{};          // 20 bytes or none
    Bytes encryption_key{};  // 44 bytes or none
};

// A binary list as NSKeyedArchiver writes it, of one MBFile.
Bytes mb_file_archive(const BackupFileFacts& facts);

}  // namespace lifeboat::sim
