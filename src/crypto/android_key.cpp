#include "crypto/android_key.h"

#include "crypto/base64.h"
#include "crypto/certificate.h"
#include "crypto/evp.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

namespace lifeboat::crypto {
namespace {

using Key = std::unique_ptr<EVP_PKEY, EvpFree<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, EvpFree<EVP_PKEY_CTX_free>>;
using Bio = std::unique_ptr<BIO, EvpFree<BIO_free>>;
using Number = std::unique_ptr<BIGNUM, EvpFree<BN_free>>;
using NumberContext = std::unique_ptr<BN_CTX, EvpFree<BN_CTX_free>>;
using Certificate = std::unique_ptr<X509, EvpFree<X509_free>>;

constexpr int modulus_size = 256;
constexpr int key_bits = 8 * modulus_size;
constexpr size_t token_size = 20;

// The library would ask for a password on the terminal.
int no_password(char*, int, int, void*) {
    return 0;
}

Number number_of(const EVP_PKEY* key, const char* name) {
    BIGNUM* raw = nullptr;
    must(EVP_PKEY_get_bn_param(key, name, &raw) == 1, "tell a number of an RSA key");
    return Number(raw);
}

void append_number(Bytes& to, const BIGNUM* number) {
    const size_t at = to.size();
    to.resize(at + modulus_size);
    must(BN_bn2lebinpad(number, as_uchar(MutableByteView(to).subspan(at)), modulus_size) ==
             modulus_size,
         "write a number");
}

bool fits(const EVP_PKEY* key) {
    return EVP_PKEY_is_a(key, "RSA") == 1 && EVP_PKEY_get_bits(key) == key_bits;
}

// What Android's own arithmetic wants to know of n beforehand.
std::string android_form(const EVP_PKEY* key) {
    const Number n = number_of(key, OSSL_PKEY_PARAM_RSA_N);
    const Number e = number_of(key, OSSL_PKEY_PARAM_RSA_E);
    const NumberContext context(BN_CTX_new());
    const Number word(BN_new());
    const Number inverse(BN_new());
    const Number square(BN_new());
    must(BN_set_bit(word.get(), 32) == 1 &&
             BN_mod_inverse(inverse.get(), n.get(), word.get(), context.get()) != nullptr &&
             BN_sub(inverse.get(), word.get(), inverse.get()) == 1 &&
             BN_set_bit(square.get(), 2 * key_bits) == 1 &&
             BN_mod(square.get(), square.get(), n.get(), context.get()) == 1,
         "prepare an RSA key");
    Bytes out;
    append_le<uint32_t>(out, modulus_size / 4);
    append_le<uint32_t>(out, static_cast<uint32_t>(BN_get_word(inverse.get())));
    append_number(out, n.get());
    append_number(out, square.get());
    append_le<uint32_t>(out, static_cast<uint32_t>(BN_get_word(e.get())));
    return to_base64(out);
}

std::string public_pem(EVP_PKEY* key) {
    const Bio bio(BIO_new(BIO_s_mem()));
    must(PEM_write_bio_PUBKEY(bio.get(), key) == 1, "write a public key");
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return std::string(data, static_cast<size_t>(size));
}

}  // namespace

struct AndroidKey::Parts {
    Key key{};
};

AndroidKey::AndroidKey(SecretText pem) : pem_(std::move(pem)), parts_(std::make_unique<Parts>()) {
    const auto text = pem_.reveal();
    const Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    parts_->key.reset(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
    ERR_clear_error();
    if (!parts_->key || !fits(parts_->key.get())) {
        throw Corrupt("this is no private RSA key of 2048 bits");
    }
}

AndroidKey::AndroidKey(AndroidKey&&) noexcept = default;
AndroidKey& AndroidKey::operator=(AndroidKey&&) noexcept = default;
AndroidKey::~AndroidKey() = default;

AndroidKey AndroidKey::make() {
    return AndroidKey(make_rsa_key().private_key.duplicate());
}

Bytes AndroidKey::sign(ByteView token) const {
    if (token.size() != token_size) throw Corrupt("the phone asks to sign a token of another size");
    const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, parts_->key.get(), nullptr));
    Bytes out(modulus_size);
    size_t size = out.size();
    must(EVP_PKEY_sign_init(context.get()) == 1 &&
             EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1 &&
             EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha1()) == 1 &&
             EVP_PKEY_sign(context.get(), as_uchar(MutableByteView(out)), &size, as_uchar(token),
                           token.size()) == 1,
         "sign");
    out.resize(size);
    return out;
}

std::string AndroidKey::public_text(std::string_view owner) const {
    return android_form(parts_->key.get()) + " " + std::string(owner);
}

std::string AndroidKey::certificate(TimePoint now) const {
    return make_certificate(public_pem(parts_->key.get()), pem_.reveal(), CertificateUse::end, now);
}

std::string android_key_of(ByteView certificate) {
    const unsigned char* at = as_uchar(certificate);
    const Certificate read(d2i_X509(nullptr, &at, static_cast<long>(certificate.size())));
    ERR_clear_error();
    const EVP_PKEY* key = read ? X509_get0_pubkey(read.get()) : nullptr;
    return key != nullptr && fits(key) ? android_form(key) : std::string();
}

}  // namespace lifeboat::crypto
