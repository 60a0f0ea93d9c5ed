#include "crypto/certificate.h"

#include "crypto/evp.h"

#include <openssl/decoder.h>
#include <openssl/encoder.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

namespace lifeboat::crypto {
namespace {

using Key = std::unique_ptr<EVP_PKEY, EvpFree<EVP_PKEY_free>>;
using Bio = std::unique_ptr<BIO, EvpFree<BIO_free>>;
using Certificate = std::unique_ptr<X509, EvpFree<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, EvpFree<X509_EXTENSION_free>>;
using Decoder = std::unique_ptr<OSSL_DECODER_CTX, EvpFree<OSSL_DECODER_CTX_free>>;
using Encoder = std::unique_ptr<OSSL_ENCODER_CTX, EvpFree<OSSL_ENCODER_CTX_free>>;

constexpr unsigned key_bits = 2048;  // what phones of all ages take

std::string text_of(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return size <= 0 ? std::string() : std::string(data, static_cast<size_t>(size));
}

std::string public_pem(EVP_PKEY* key) {
    // "type-specific" is what OpenSSL calls PKCS#1.
    const Encoder encoder(
        OSSL_ENCODER_CTX_new_for_pkey(key, EVP_PKEY_PUBLIC_KEY, "PEM", "type-specific", nullptr));
    const Bio bio(BIO_new(BIO_s_mem()));
    must(encoder && OSSL_ENCODER_to_bio(encoder.get(), bio.get()) == 1, "write a public key");
    return text_of(bio.get());
}

SecretText private_pem(EVP_PKEY* key) {
    // Secure memory: this buffer of the library is wiped when it is freed.
    const Bio bio(BIO_new(BIO_s_secmem()));
    must(PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
         "write a private key");
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return SecretText(std::string_view(data, static_cast<size_t>(size)));
}

Key decode(std::string_view pem, int selection) {
    EVP_PKEY* raw = nullptr;
    const Decoder decoder(
        OSSL_DECODER_CTX_new_for_pkey(&raw, "PEM", nullptr, "RSA", selection, nullptr, nullptr));
    const unsigned char* data = as_uchar(as_bytes(pem));
    size_t size = pem.size();
    const bool read = decoder && OSSL_DECODER_from_data(decoder.get(), &data, &size) == 1;
    Key key(raw);
    if (!read || !key) throw Corrupt("an RSA key cannot be read");
    return key;
}

void add_constraints(X509* certificate, CertificateUse use) {
    const char* text = use == CertificateUse::authority ? "critical,CA:TRUE" : "critical,CA:FALSE";
    const Extension extension(X509V3_EXT_conf_nid(nullptr, nullptr, NID_basic_constraints, text));
    must(extension && X509_add_ext(certificate, extension.get(), -1) == 1, "add an extension");
    if (use == CertificateUse::authority) return;
    const Extension usage(X509V3_EXT_conf_nid(nullptr, nullptr, NID_key_usage,
                                              "critical,digitalSignature,keyEncipherment"));
    must(usage && X509_add_ext(certificate, usage.get(), -1) == 1, "add an extension");
}

void set_dates(X509* certificate, TimePoint now) {
    const auto day = std::chrono::floor<std::chrono::days>(now) - std::chrono::days(1);
    const std::chrono::year_month_day today(day);
    // No phone lives to see the 29th of February missing: the 28th then.
    std::chrono::year_month_day end = today + std::chrono::years(10);
    if (!end.ok()) end = end.year() / end.month() / std::chrono::last;
    const auto seconds = [](std::chrono::sys_days when) {
        return std::chrono::system_clock::to_time_t(when);
    };
    must(ASN1_TIME_set(X509_getm_notBefore(certificate), seconds(day)) != nullptr &&
             ASN1_TIME_set(X509_getm_notAfter(certificate), seconds(end)) != nullptr,
         "date a certificate");
}

}  // namespace

KeyPair make_rsa_key() {
    const Key key(EVP_RSA_gen(key_bits));
    must(key != nullptr, "make an RSA key");
    return {.private_key = private_pem(key.get()), .public_key = public_pem(key.get())};
}

std::string make_certificate(std::string_view public_key, std::string_view signer,
                             CertificateUse use, TimePoint now) {
    const Key subject = decode(public_key, EVP_PKEY_PUBLIC_KEY);
    const Key key = decode(signer, EVP_PKEY_KEYPAIR);
    const Certificate certificate(X509_new());
    must(certificate && X509_set_version(certificate.get(), X509_VERSION_3) == 1 &&
             ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 0) == 1 &&
             X509_set_pubkey(certificate.get(), subject.get()) == 1,
         "make a certificate");
    set_dates(certificate.get(), now);
    add_constraints(certificate.get(), use);
    must(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0, "sign a certificate");
    const Bio bio(BIO_new(BIO_s_mem()));
    must(PEM_write_bio_X509(bio.get(), certificate.get()) == 1, "write a certificate");
    return text_of(bio.get());
}

TimePoint valid_from(const std::string& certificate) {
    const Bio bio(BIO_new_mem_buf(certificate.data(), static_cast<int>(certificate.size())));
    const Certificate read(bio ? PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr) : nullptr);
    std::tm when{};
    ERR_clear_error();  // what reading left there is told below
    if (!read || ASN1_TIME_to_tm(X509_get0_notBefore(read.get()), &when) != 1) {
        throw Corrupt("a certificate cannot be read");
    }
    return std::chrono::system_clock::from_time_t(::timegm(&when));
}

}  // namespace lifeboat::crypto
