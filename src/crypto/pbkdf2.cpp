#include "crypto/pbkdf2.h"

#include "crypto/evp.h"

#include <cassert>
#include <limits>

namespace lifeboat::crypto {

SecretBytes pbkdf2(Pbkdf2Hash hash, ByteView password, ByteView salt, uint32_t iterations,
                   size_t key_size) {
    constexpr uint32_t most = std::numeric_limits<int>::max();
    assert(iterations >= 1 && iterations <= most);
    const EvpMd digest(
        EVP_MD_fetch(nullptr, hash == Pbkdf2Hash::sha1 ? "SHA1" : "SHA256", nullptr));
    must(digest != nullptr, "offer the hash of a key derivation");
    SecretBytes key(key_size);
    must(PKCS5_PBKDF2_HMAC(as_text(password).data(), static_cast<int>(password.size()),
                           as_uchar(salt), static_cast<int>(salt.size()),
                           static_cast<int>(iterations), digest.get(), static_cast<int>(key_size),
                           as_uchar(key.storage())) == 1,
         "derive a key");
    return key;
}

}  // namespace lifeboat::crypto
