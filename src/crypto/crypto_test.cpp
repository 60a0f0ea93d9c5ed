#include "base/hex.h"
#include "crypto/base64.h"
#include "crypto/scrypt.h"
#include "crypto/sealed_box.h"
#include "crypto/sha256.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace lifeboat::crypto {
namespace {

Bytes counting(size_t size, unsigned first = 0) {
    Bytes bytes(size);
    for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(first + i);
    return bytes;
}

BoxKey vector_key() {
    Bytes key = counting(32);
    append(key, counting(16, 0x40));
    append(key, counting(16, 0xF0));
    return BoxKey(SecretBytes(std::move(key)));
}

struct BoxVector {
    size_t size;
    std::string_view box;  // starts with its IV
};

class SealedBoxVectors : public testing::TestWithParam<BoxVector> {};

TEST_P(SealedBoxVectors, sealsAndOpensAsRestic) {
    const Bytes plain = counting(GetParam().size);
    const Bytes expected = from_hex(GetParam().box).value();
    SealedBox box(vector_key());
    for (int round = 0; round < 2; ++round) {  // the contexts are used again
        Bytes sealed(plain.size() + SealedBox::overhead);
        box.seal(ByteView(expected).first(16), plain, sealed);
        EXPECT_EQ(to_hex(sealed), GetParam().box);
        Bytes opened(plain.size());
        EXPECT_TRUE(box.open(sealed, opened));
        EXPECT_EQ(opened, plain);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Restic, SealedBoxVectors,
    testing::Values(
        BoxVector{0, "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf51c5638131d7507bf7522ff0f2277bb4"},
        BoxVector{1, "a0a1a2a3a4a5a6a7a8a9aaabacadaeafdcb49f1dd9e828824a261cd83699689b72"},
        BoxVector{15,
                  "a0a1a2a3a4a5a6a7a8a9aaabacadaeafdc9e03fe72bd7a0a0742e28e0706e2"
                  "dacf81eee29047dc5e1f1c8b8fc82405"},
        BoxVector{16,
                  "a0a1a2a3a4a5a6a7a8a9aaabacadaeafdc9e03fe72bd7a0a0742e28e0706e2ef"
                  "6d52080627c37da352010202335aba4b"},
        BoxVector{17,
                  "a0a1a2a3a4a5a6a7a8a9aaabacadaeafdc9e03fe72bd7a0a0742e28e0706e2eff1"
                  "8c0098578b851d9f90130d93463ab8aa"},
        BoxVector{64,
                  "a0a1a2a3a4a5a6a7a8a9aaabacadaeafdc9e03fe72bd7a0a0742e28e0706e2eff1c0f902685483"
                  "3ff493e2917b2dcd80b9cac681cc42bf2d5d872aab81c2ad5eff130f78eb9432ed53d040f32c7e"
                  "527c265fe23ece6afa9d267db5b2848bb796"},
        BoxVector{40,
                  "01ffffffffffffffffffffffffffffff01820bf223ec201300415ea81d99935b5ee5aa98ffc05f"
                  "44db66e0ed72e7d46456a4583e193d590a6b794f856184968bfe8a7889450c1f64"}));

TEST(SealedBox, refusesEveryFlippedBitAndTruncation) {
    SealedBox box(vector_key());
    Bytes sealed(20 + SealedBox::overhead);
    box.seal(counting(16, 7), counting(20), sealed);
    Bytes plain(20);
    for (size_t bit = 0; bit < sealed.size() * 8; ++bit) {
        Bytes damaged = sealed;
        damaged[bit / 8] ^= static_cast<std::byte>(1u << (bit % 8));
        EXPECT_FALSE(box.open(damaged, plain)) << bit;
    }
    Bytes shorter(19);
    EXPECT_FALSE(box.open(ByteView(sealed).first(51), shorter));
    EXPECT_FALSE(box.open(ByteView(sealed).first(31), {}));
}

TEST(SealedBox, refusesAnIvOfZeros) {
    SealedBox box(vector_key());
    Bytes sealed(5 + SealedBox::overhead);
    box.seal(Bytes(16), counting(5), sealed);
    Bytes plain(5);
    EXPECT_FALSE(box.open(sealed, plain));
}

TEST(SealedBox, worksInPlace) {
    SealedBox box(vector_key());
    Bytes memory(1000 + SealedBox::overhead);
    const Bytes plain = counting(1000);
    std::copy(plain.begin(), plain.end(), memory.begin() + 16);
    const MutableByteView inside = MutableByteView(memory).subspan(16, 1000);
    box.seal(counting(16, 1), inside, memory);
    EXPECT_NE(Bytes(inside.begin(), inside.end()), plain);
    EXPECT_TRUE(box.open(memory, inside));
    EXPECT_EQ(Bytes(inside.begin(), inside.end()), plain);
}

TEST(BoxKey, isUnusableWhenAPartIsZero) {
    EXPECT_TRUE(vector_key().usable());
    for (const size_t part : {0u, 32u, 48u}) {
        Bytes key(64, std::byte{1});
        std::fill_n(key.begin() + static_cast<std::ptrdiff_t>(part), part == 0 ? 32 : 16,
                    std::byte{0});
        EXPECT_FALSE(BoxKey(SecretBytes(std::move(key))).usable());
    }
}

TEST(Scrypt, derivesWhatResticDerives) {
    const SecretBytes key = scrypt(SecretText("correct horse battery staple"), counting(64, 0x10),
                                   {.n = 32768, .r = 8, .p = 1});
    EXPECT_EQ(to_hex(key.reveal()),
              "156a039b85a2dee7a4b17ebeb5f2df4cd0a6c75f24e939de8af31cfc9d4832e6"
              "54a2fd913a6c2a5645db10b289afe72c97f25f0e317e9f711e4709f28d2fca5f");
}

TEST(Scrypt, knowsLegalCosts) {
    EXPECT_TRUE((ScryptCost{.n = 131072, .r = 8, .p = 1}.bearable()));
    EXPECT_TRUE((ScryptCost{.n = 2, .r = 1, .p = 1}.bearable()));
    EXPECT_FALSE((ScryptCost{.n = 0, .r = 8, .p = 1}.legal()));
    EXPECT_FALSE((ScryptCost{.n = 3, .r = 8, .p = 1}.legal()));
    EXPECT_FALSE((ScryptCost{.n = 1024, .r = 0, .p = 1}.legal()));
    EXPECT_FALSE((ScryptCost{.n = 1024, .r = 8, .p = 0}.legal()));
    EXPECT_FALSE((ScryptCost{.n = uint64_t{1} << 30, .r = 8, .p = 1}.legal()));
    EXPECT_FALSE((ScryptCost{.n = 1024, .r = 1u << 20, .p = 1u << 20}.legal()));
    const ScryptCost endless{.n = 1 << 20, .r = 8, .p = 1 << 16};
    EXPECT_TRUE(endless.legal());
    EXPECT_FALSE(endless.bearable());
}

TEST(Sha256, knowsItsAnswers) {
    EXPECT_EQ(to_hex(sha256({})),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(to_hex(sha256(as_bytes("abc"))),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, inStepsIsTheSameAndCanBeReused) {
    const Bytes message = counting(1000);
    Sha256 hash;
    for (int round = 0; round < 2; ++round) {
        hash.update(ByteView(message).first(63));
        hash.update(ByteView(message).subspan(63));
        EXPECT_EQ(hash.finish(), sha256(message));
    }
    EXPECT_EQ(hash.of(message), sha256(message));
}

TEST(Base64, goesBothWays) {
    for (size_t size = 0; size < 70; ++size) {
        const Bytes bytes = counting(size, 0xE0);
        EXPECT_EQ(from_base64(to_base64(bytes)), bytes);
    }
    EXPECT_EQ(to_base64(as_bytes("Man")), "TWFu");
    EXPECT_EQ(to_base64(as_bytes("Ma")), "TWE=");
    EXPECT_EQ(to_base64(as_bytes("M")), "TQ==");
}

TEST(Base64, refusesWhatIsNotExact) {
    for (const std::string_view text : {"T", "TW", "TWF", "TWF=TWFu", "TQ=a", "TQ==TQ==", "TR==",
                                        "TWF u", "TW-_", "====", "T===", "TWE=\n"}) {
        EXPECT_FALSE(from_base64(text).has_value()) << text;
    }
}

}  // namespace
}  // namespace lifeboat::crypto
