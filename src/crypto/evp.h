// The few words that all files which call OpenSSL share: owners and the check of its answers.
#pragma once

#include "base/error.h"

#include <openssl/evp.h>

#include <memory>
#include <string>

namespace lifeboat::crypto {

template <auto Free>
struct EvpFree {
    template <class T>
    void operator()(T* object) const {
        Free(object);
    }
};
using EvpMd = std::unique_ptr<EVP_MD, EvpFree<EVP_MD_free>>;
using EvpMdContext = std::unique_ptr<EVP_MD_CTX, EvpFree<EVP_MD_CTX_free>>;
using EvpCipher = std::unique_ptr<EVP_CIPHER, EvpFree<EVP_CIPHER_free>>;
using EvpCipherContext = std::unique_ptr<EVP_CIPHER_CTX, EvpFree<EVP_CIPHER_CTX_free>>;
using EvpMac = std::unique_ptr<EVP_MAC, EvpFree<EVP_MAC_free>>;
using EvpMacContext = std::unique_ptr<EVP_MAC_CTX, EvpFree<EVP_MAC_CTX_free>>;

// These calls fail only when the library is broken or memory is gone.
inline void must(bool success, const char* what) {
    if (!success) throw Unsupported(std::string("OpenSSL cannot ") + what);
}

}  // namespace lifeboat::crypto
