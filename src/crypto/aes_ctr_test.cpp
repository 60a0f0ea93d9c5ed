#include "crypto/aes_ctr.h"

#include "base/hex.h"
#include "crypto/crypto_test_data.h"

#include <gtest/gtest.h>

namespace lifeboat::crypto {
namespace {

class AesCtrTest : public testing::TestWithParam<AesVariant> {
protected:
    void SetUp() override {
        if (!supported(GetParam())) GTEST_SKIP() << "this machine has no " << name_of(GetParam());
    }
    Bytes crypt(ByteView key, ByteView counter, ByteView from) const {
        AesCtr cipher(key, GetParam());
        Bytes to(from.size());
        cipher.crypt(counter, from, to);
        return to;
    }
};
INSTANTIATE_TEST_SUITE_P(Crypto, AesCtrTest,
                         testing::Values(AesVariant::library, AesVariant::vaes));

// NIST SP 800-38A, F.5.5.
TEST_P(AesCtrTest, KnowsThePublishedVector) {
    const auto key = *from_hex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4");
    const auto counter = *from_hex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
    const auto plain = *from_hex(
        "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
        "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710");
    EXPECT_EQ(to_hex(crypt(key, counter, plain)),
              "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5"
              "2b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6");
}

// Every length around the sizes at which the wide variant changes its way.
TEST_P(AesCtrTest, IsTheLibrarysAtEveryLength) {
    const Bytes key = made_up(32, 1);
    const Bytes counter = made_up(16, 2);
    AesCtr library(key, AesVariant::library);
    for (size_t size = 0; size < 1100; ++size) {
        const Bytes plain = made_up(size, 3);
        Bytes expected(size);
        library.crypt(counter, plain, expected);
        ASSERT_EQ(crypt(key, counter, plain), expected) << size;
    }
}

// The carry from the lower to the upper half, and the wrap of the whole counter.
TEST_P(AesCtrTest, CountsThroughAllSixteenBytes) {
    const Bytes key = made_up(32, 4);
    const Bytes plain = made_up(3000, 5);
    AesCtr library(key, AesVariant::library);
    for (const char* upper : {"0000000000000000", "00000000ffffffff", "ffffffffffffffff"}) {
        for (uint64_t before = 0; before < 70; ++before) {
            Bytes counter = *from_hex(upper);
            for (size_t i = 0; i < 8; ++i) {
                counter.push_back(static_cast<std::byte>((UINT64_MAX - before) >> (56 - 8 * i)));
            }
            Bytes expected(plain.size());
            library.crypt(counter, plain, expected);
            ASSERT_EQ(crypt(key, counter, plain), expected) << upper << " " << before;
        }
    }
}

TEST_P(AesCtrTest, WorksInPlace) {
    const Bytes key = made_up(32, 6);
    const Bytes counter = made_up(16, 7);
    const Bytes plain = made_up(100'003, 8);
    Bytes bytes = plain;
    AesCtr cipher(key, GetParam());
    cipher.crypt(counter, bytes, bytes);
    EXPECT_EQ(bytes, crypt(key, counter, plain));
    cipher.crypt(counter, bytes, bytes);
    EXPECT_EQ(bytes, plain);
}

}  // namespace
}  // namespace lifeboat::crypto
