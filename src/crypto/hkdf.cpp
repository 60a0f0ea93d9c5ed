#include "crypto/hkdf.h"

#include "crypto/evp.h"

#include <openssl/core_names.h>
#include <openssl/kdf.h>

#include <array>

namespace lifeboat::crypto {
namespace {

using Kdf = std::unique_ptr<EVP_KDF, EvpFree<EVP_KDF_free>>;
using KdfContext = std::unique_ptr<EVP_KDF_CTX, EvpFree<EVP_KDF_CTX_free>>;

// The library takes pointers to non-const and does not write through them.
OSSL_PARAM octets(const char* name, ByteView value) {
    return OSSL_PARAM_construct_octet_string(name, const_cast<std::byte*>(value.data()),
                                             value.size());
}

}  // namespace

SecretBytes hkdf_sha256(ByteView secret, ByteView salt, std::string_view info, size_t size) {
    const Kdf kdf(EVP_KDF_fetch(nullptr, "HKDF", nullptr));
    const KdfContext context(kdf ? EVP_KDF_CTX_new(kdf.get()) : nullptr);
    std::string digest = "SHA256";
    const Bytes zeros(32);
    const std::array params{
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
        octets(OSSL_KDF_PARAM_KEY, secret),
        octets(OSSL_KDF_PARAM_SALT, salt.empty() ? ByteView(zeros) : salt),
        octets(OSSL_KDF_PARAM_INFO, as_bytes(info)), OSSL_PARAM_construct_end()};
    SecretBytes out(size);
    must(
        context && EVP_KDF_derive(context.get(), as_uchar(out.storage()), size, params.data()) == 1,
        "derive a key with HKDF");
    return out;
}

}  // namespace lifeboat::crypto
