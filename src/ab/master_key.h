// The key of an encrypted .ab file: sealed by a password, and how it is opened again.
#pragma once

#include "ab/header.h"
#include "base/secret.h"

#include <functional>

namespace lifeboat::ab {

// The password does not open the file, or is needed and was not given.
struct WrongPassword : Denied {
    using Denied::Denied;
};

struct MasterKey {
    SecretBytes key{};  // 32 bytes
    Bytes iv{};         // 16 bytes: of the payload
};

// Fills with random bytes, good enough for keys.
using RandomFill = std::function<void(MutableByteView)>;

// Some 30 ms for the rounds of a real phone; four times as long for a wrong password of version 1,
// whose passwords and checksums come in two forms. Throws WrongPassword.
MasterKey open_master_key(const Header& header, const SecretText& password);

// A new key for a file of this version, sealed by a password as UTF-8.
struct SealedKey {
    MasterKey master{};
    Encryption encryption{};
};
SealedKey seal_master_key(uint32_t version, const SecretText& password, uint32_t rounds,
                          const RandomFill& random);

// AES-256-CBC with a first vector of its own; whole blocks, in place.
class Cipher {
public:
    Cipher(ByteView key, ByteView iv, bool encrypts);
    ~Cipher();
    Cipher(const Cipher&) = delete;
    Cipher& operator=(const Cipher&) = delete;
    void crypt(MutableByteView blocks);

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace lifeboat::ab
