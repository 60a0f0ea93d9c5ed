#include "crypto/certificate.h"

#include "base/error.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>

namespace lifeboat::crypto {
namespace {

constexpr TimePoint now{std::chrono::seconds(1'800'000'000)};  // 2027-01-15

struct Free {
    void operator()(X509* object) const { X509_free(object); }
    void operator()(BIO* object) const { BIO_free(object); }
};
using Certificate = std::unique_ptr<X509, Free>;

Certificate parsed(const std::string& pem) {
    const std::unique_ptr<BIO, Free> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    return Certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
}

TEST(Certificate, KeysAreWhatIphonesGiveAndTake) {
    const KeyPair key = make_rsa_key();
    EXPECT_TRUE(key.public_key.starts_with("-----BEGIN RSA PUBLIC KEY-----"));
    EXPECT_TRUE(key.private_key.reveal().starts_with("-----BEGIN PRIVATE KEY-----"));
    EXPECT_NE(make_rsa_key().public_key, key.public_key);
}

TEST(Certificate, RootSignsItselfAndTheDevice) {
    const KeyPair root = make_rsa_key();
    const KeyPair device = make_rsa_key();
    const auto root_certificate = parsed(make_certificate(
        root.public_key, root.private_key.reveal(), CertificateUse::authority, now));
    const auto certificate = parsed(
        make_certificate(device.public_key, root.private_key.reveal(), CertificateUse::end, now));
    ASSERT_TRUE(root_certificate && certificate);
    EVP_PKEY* signer = X509_get0_pubkey(root_certificate.get());
    EXPECT_EQ(X509_verify(root_certificate.get(), signer), 1);
    EXPECT_EQ(X509_verify(certificate.get(), signer), 1);
    EXPECT_NE(X509_verify(certificate.get(), X509_get0_pubkey(certificate.get())), 1);
    EXPECT_EQ(X509_check_ca(root_certificate.get()), 1);
    EXPECT_EQ(X509_check_ca(certificate.get()), 0);
    EXPECT_EQ(X509_get_version(certificate.get()), X509_VERSION_3);
    EXPECT_EQ(ASN1_INTEGER_get(X509_get0_serialNumber(certificate.get())), 0);
    EXPECT_EQ(X509_NAME_entry_count(X509_get_subject_name(certificate.get())), 0);
    EXPECT_EQ(X509_get_signature_nid(certificate.get()), NID_sha256WithRSAEncryption);
}

TEST(Certificate, ValidForTenYearsFromTheDayBefore) {
    const KeyPair key = make_rsa_key();
    const auto certificate = parsed(
        make_certificate(key.public_key, key.private_key.reveal(), CertificateUse::authority, now));
    time_t before = 1'799'971'200 - 86'400;  // midnight of that day, and a day
    time_t after = 1'799'971'200 + 10 * 365 * time_t{86'400};
    EXPECT_EQ(ASN1_TIME_cmp_time_t(X509_get0_notBefore(certificate.get()), before), 0);
    EXPECT_GT(ASN1_TIME_cmp_time_t(X509_get0_notAfter(certificate.get()), after), 0);
}

TEST(Certificate, TellsWhenItBegan) {
    const KeyPair key = make_rsa_key();
    const std::string made =
        make_certificate(key.public_key, key.private_key.reveal(), CertificateUse::end, now);
    EXPECT_EQ(valid_from(made), TimePoint(std::chrono::seconds(1'799'971'200 - 86'400)));
    EXPECT_THROW(valid_from(""), Corrupt);
    EXPECT_THROW(valid_from("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
                 Corrupt);
}

TEST(Certificate, KeysThatAreNone) {
    const KeyPair key = make_rsa_key();
    const auto make = [&](std::string_view public_key, std::string_view signer) {
        return make_certificate(public_key, signer, CertificateUse::end, now);
    };
    EXPECT_THROW(make("", key.private_key.reveal()), Corrupt);
    EXPECT_THROW(make("-----BEGIN RSA PUBLIC KEY-----\nAAAA\n-----END RSA PUBLIC KEY-----\n",
                      key.private_key.reveal()),
                 Corrupt);
    EXPECT_THROW(make(key.public_key, "no key"), Corrupt);
    EXPECT_THROW(make(key.public_key, key.public_key), Corrupt);
}

}  // namespace
}  // namespace lifeboat::crypto
