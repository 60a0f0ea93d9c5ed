// The keybag of an encrypted phone backup: one key for each protection class, under the password.
//
// Format: tag (4 letters), length (4 bytes, most significant first), value, and so on. What stands
// before the second UUID is about the whole bag; each UUID after that begins a class.
#pragma once

#include "base/bytes.h"
#include "base/error.h"
#include "base/secret.h"

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace lifeboat::content {

// The password does not open this backup.
struct WrongBackupPassword : Denied {
    using Denied::Denied;
};

struct KeybagClass {
    uint32_t number = 0;  // protection class: 1-5 for files, 6-11 for the keychain
    uint32_t wrap = 0;    // bit 0: under the phone's own key, bit 1: under the password
    uint32_t key_type = 0;
    Bytes wrapped_key{};  // 40 bytes: RFC 3394 around 32
};

struct Keybag {
    uint32_t version = 0;
    uint32_t type = 0;  // 1: of a backup
    Bytes uuid{};
    Bytes salt{};
    uint32_t iterations = 0;
    // The first, expensive round; only since iOS 10.2.
    Bytes double_salt{};
    uint32_t double_iterations = 0;
    std::vector<KeybagClass> classes{};
};

// Throws Corrupt. Iterations that would keep a machine busy for hours are refused here.
Keybag parse_keybag(ByteView bytes);

// An opened keybag: unwraps the keys of files. Any thread may ask.
class OpenKeybag {
public:
    explicit OpenKeybag(std::map<uint32_t, SecretBytes> keys) : keys_(std::move(keys)) {}

    bool has(uint32_t protection_class) const { return keys_.contains(protection_class); }
    std::vector<uint32_t> classes() const;
    // The 32 bytes inside of `wrapped`. Throws Corrupt when the class is not in the bag or its key
    // does not fit.
    SecretBytes unwrap(uint32_t protection_class, ByteView wrapped) const;
    // The same for "class (4 bytes, least significant first), wrapped key", as Manifest.plist and
    // Manifest.db have it.
    SecretBytes unwrap_with_class(ByteView class_and_key) const;

private:
    std::map<uint32_t, SecretBytes> keys_;
};

// Takes seconds: the phone asks for ten million rounds. Throws WrongBackupPassword when no class
// opens, Corrupt when some open and others do not.
OpenKeybag open_keybag(const Keybag& keybag, const SecretText& password);

}  // namespace lifeboat::content
