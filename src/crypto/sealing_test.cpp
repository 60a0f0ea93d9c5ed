#include "base/error.h"
#include "base/hex.h"
#include "crypto/aes_gcm.h"
#include "crypto/hkdf.h"

#include <gtest/gtest.h>

namespace lifeboat::crypto {
namespace {

Bytes hex(std::string_view text) {
    return *from_hex(text);
}

// RFC 5869, appendix A.1 and A.3.
TEST(Hkdf, ValuesOfTheRfc) {
    const Bytes secret(22, std::byte{0x0b});
    const Bytes info = hex("f0f1f2f3f4f5f6f7f8f9");
    EXPECT_EQ(
        to_hex(hkdf_sha256(secret, hex("000102030405060708090a0b0c"), as_text(info), 42).reveal()),
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b88718"
        "5865");
    EXPECT_EQ(to_hex(hkdf_sha256(secret, {}, "", 42).reveal()),
              "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a"
              "96c8");
}

// Test case 3 of McGrew and Viega's GCM paper.
TEST(AesGcm, ValuesOfThePaper) {
    const Bytes key = hex("feffe9928665731c6d6a8f9467308308");
    const Bytes nonce = hex("cafebabefacedbaddecaf888");
    const Bytes text = hex(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e24"
        "49a6b525b16aedf5aa0de657ba637b391aafd255");
    const Bytes sealed = seal_gcm(key, nonce, text);
    EXPECT_EQ(to_hex(sealed),
              "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f"
              "6a5aac84aa051ba30b396a0aac973d58e091473f59854d5c2af327cd64a62cf35abd2ba6fab4");
    EXPECT_EQ(open_gcm(key, nonce, sealed), text);
}

TEST(AesGcm, ChangedOrShortMessagesDoNotOpen) {
    const Bytes key(16);
    const Bytes nonce(12);
    Bytes sealed = seal_gcm(key, nonce, as_bytes("words"));
    EXPECT_EQ(to_text(open_gcm(key, nonce, sealed)), "words");
    EXPECT_THROW(open_gcm(key, nonce, ByteView(sealed).first(15)), Corrupt);
    sealed[2] ^= std::byte{1};
    EXPECT_THROW(open_gcm(key, nonce, sealed), Corrupt);
    EXPECT_TRUE(open_gcm(key, nonce, seal_gcm(key, nonce, {})).empty());
}

}  // namespace
}  // namespace lifeboat::crypto
