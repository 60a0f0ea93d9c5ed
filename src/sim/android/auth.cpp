#include "sim/android/auth.h"

#include "base/error.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <algorithm>

namespace lifeboat::sim::adb {

namespace {

constexpr size_t modulus_size = 256;
constexpr size_t key_size = 524;  // words, n0inv, n, R^2, exponent

struct FreeContext {
    void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
};
struct FreeNumber {
    void operator()(BIGNUM* number) const { BN_free(number); }
};
struct FreeBuilder {
    void operator()(OSSL_PARAM_BLD* builder) const { OSSL_PARAM_BLD_free(builder); }
};
struct FreeParams {
    void operator()(OSSL_PARAM* params) const { OSSL_PARAM_free(params); }
};
using Context = std::unique_ptr<EVP_PKEY_CTX, FreeContext>;

std::optional<Bytes> decode_base64(std::string_view text) {
    if (text.empty() || text.size() % 4 != 0 || text.size() > 1024) return std::nullopt;
    Bytes out(text.size() / 4 * 3);
    const int length = EVP_DecodeBlock(as_uchar(MutableByteView(out)), as_uchar(as_bytes(text)),
                                       static_cast<int>(text.size()));
    if (length < 0) return std::nullopt;
    const auto padding = std::count(text.end() - 2, text.end(), '=');
    out.resize(static_cast<size_t>(length - padding));
    return out;
}

PublicKey make_key(const BIGNUM* n, const BIGNUM* e) {
    const std::unique_ptr<OSSL_PARAM_BLD, FreeBuilder> builder(OSSL_PARAM_BLD_new());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n);
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e);
    const std::unique_ptr<OSSL_PARAM, FreeParams> params(OSSL_PARAM_BLD_to_param(builder.get()));
    const Context context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
    EVP_PKEY* key = nullptr;
    if (EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
        return nullptr;
    }
    return PublicKey(key);
}

}  // namespace

void FreeKey::operator()(EVP_PKEY* key) const {
    EVP_PKEY_free(key);
}

PublicKey parse_public_key(std::string_view text) {
    const auto blob = decode_base64(text.substr(0, text.find_first_of(" \n\0")));
    if (!blob || blob->size() != key_size || load_le<uint32_t>(*blob) != modulus_size / 4) {
        return nullptr;
    }
    const ByteView modulus = ByteView(*blob).subspan(8, modulus_size);
    const std::unique_ptr<BIGNUM, FreeNumber> n(
        BN_lebin2bn(as_uchar(modulus), modulus_size, nullptr));
    const std::unique_ptr<BIGNUM, FreeNumber> e(BN_new());
    BN_set_word(e.get(), load_le<uint32_t>(*blob, key_size - 4));
    return make_key(n.get(), e.get());
}

bool verify_token(const PublicKey& key, ByteView token, ByteView signature) {
    if (!key) return false;
    const Context context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
    return EVP_PKEY_verify_init(context.get()) == 1 &&
           EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1 &&
           EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha1()) == 1 &&
           EVP_PKEY_verify(context.get(), as_uchar(signature), signature.size(), as_uchar(token),
                           token.size()) == 1;
}

void KeyStore::trust(std::string_view key_text) {
    if (!parse_public_key(key_text)) throw Misuse("this is no adb public key");
    keys_.with(
        [&](auto& keys) { keys.emplace(key_text.substr(0, key_text.find_first_of(" \n"))); });
}

void KeyStore::forget_all() {
    keys_.with([](auto& keys) { keys.clear(); });
}

bool KeyStore::verifies(ByteView token, ByteView signature) const {
    const auto keys = keys_.with([](const auto& k) { return k; });
    return std::any_of(keys.begin(), keys.end(), [&](const std::string& text) {
        return verify_token(parse_public_key(text), token, signature);
    });
}

}  // namespace lifeboat::sim::adb
