#include "crypto/key_wrap.h"

#include "crypto/evp.h"

#include <openssl/err.h>

#include <cassert>

namespace lifeboat::crypto {
namespace {

const EVP_CIPHER* wrapping() {
    static const EvpCipher cipher(EVP_CIPHER_fetch(nullptr, "AES-256-WRAP", nullptr));
    must(cipher != nullptr, "offer AES key wrap");
    return cipher.get();
}

EvpCipherContext start(ByteView key, int encrypt) {
    assert(key.size() == 32);
    EvpCipherContext context(EVP_CIPHER_CTX_new());
    must(context != nullptr, "make a cipher context");
    // The library refuses wrap modes to who does not say that he means them.
    EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    must(EVP_CipherInit_ex2(context.get(), wrapping(), as_uchar(key), nullptr, encrypt, nullptr) ==
             1,
         "take a key");
    return context;
}

}  // namespace

Bytes wrap_key(ByteView key, ByteView secret) {
    assert(secret.size() % 8 == 0 && secret.size() >= 16);
    const EvpCipherContext context = start(key, 1);
    Bytes wrapped(secret.size() + key_wrap_overhead);
    int written = 0;
    must(EVP_CipherUpdate(context.get(), as_uchar(MutableByteView(wrapped)), &written,
                          as_uchar(secret), static_cast<int>(secret.size())) == 1,
         "wrap a key");
    return wrapped;
}

std::optional<SecretBytes> unwrap_key(ByteView key, ByteView wrapped) {
    constexpr size_t most = 4096;  // no key is longer; the library counts in int
    if (wrapped.size() % 8 != 0 || wrapped.size() < 24 || wrapped.size() > most)
        return std::nullopt;
    const EvpCipherContext context = start(key, 0);
    SecretBytes secret(wrapped.size());  // the library wants room for as much as it reads
    int written = 0;
    const int answer = EVP_CipherUpdate(context.get(), as_uchar(secret.storage()), &written,
                                        as_uchar(wrapped), static_cast<int>(wrapped.size()));
    if (answer != 1 || written != static_cast<int>(wrapped.size() - key_wrap_overhead)) {
        ERR_clear_error();  // an answer, not a failure of the library
        return std::nullopt;
    }
    const ByteView found = secret.reveal().first(static_cast<size_t>(written));
    return SecretBytes(Bytes(found.begin(), found.end()));
}

}  // namespace lifeboat::crypto
