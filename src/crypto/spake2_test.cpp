#include "crypto/spake2.h"

#include "base/error.h"
#include "base/hex.h"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>
#include <filesystem>

namespace lifeboat::crypto {
namespace {

using Role = Spake2::Role;

constexpr std::string_view host("adb pair client\0", 16);
constexpr std::string_view phone("adb pair server\0", 16);
const Spake2::Names host_names{host, phone};
const Spake2::Names phone_names{phone, host};

TEST(Spake2, BothSidesAgreeWhenThePasswordsDo) {
    sys::SystemRandom random;
    for (int round = 0; round < 20; ++round) {
        const std::string password = "password " + std::to_string(round);
        const Spake2 a(Role::alice, host_names, as_bytes(password), random);
        const Spake2 b(Role::bob, phone_names, as_bytes(password), random);
        const SecretBytes key = a.key(b.message());
        EXPECT_EQ(key.reveal().size(), 64U);
        EXPECT_EQ(to_hex(key.reveal()), to_hex(b.key(a.message()).reveal()));
    }
}

TEST(Spake2, AnotherPasswordOrNameIsAnotherKey) {
    sys::SystemRandom random;
    const Spake2 a(Role::alice, host_names, as_bytes("123456"), random);
    const Spake2 wrong(Role::bob, phone_names, as_bytes("123457"), random);
    EXPECT_NE(to_hex(a.key(wrong.message()).reveal()), to_hex(wrong.key(a.message()).reveal()));
    const Spake2 other(Role::bob, {"adb pair server", host}, as_bytes("123456"), random);
    EXPECT_NE(to_hex(a.key(other.message()).reveal()), to_hex(other.key(a.message()).reveal()));
}

TEST(Spake2, WhatIsNoPointIsRefused) {
    sys::SystemRandom random;
    const Spake2 a(Role::alice, host_names, as_bytes("123456"), random);
    EXPECT_THROW(a.key(Bytes(31)), Corrupt);
    EXPECT_THROW(a.key(Bytes(33)), Corrupt);
    Bytes two(32);
    two[0] = std::byte{2};  // y = 2: x^2 is no square
    EXPECT_THROW(a.key(two), Corrupt);
}

// What the code above takes from its library, against RFC 8032 and the order of the curve.
TEST(Spake2, TheLibrarysCurveIsTheOneOfTheRfc) {
    std::array<unsigned char, 32> one{1};
    std::array<unsigned char, 32> base{};
    ASSERT_EQ(crypto_scalarmult_ed25519_base_noclamp(base.data(), one.data()), 0);
    EXPECT_EQ(to_hex(std::as_bytes(std::span(base))),
              "5866666666666666666666666666666666666666666666666666666666666666");
    // 2^252 + 27742317777372353535851937790883648493 times anything is nothing.
    const auto order =
        *from_hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    std::array<unsigned char, 64> wide{};
    std::copy_n(as_uchar(order), 32, wide.begin());
    std::array<unsigned char, 32> rest{};
    crypto_core_ed25519_scalar_reduce(rest.data(), wide.data());
    EXPECT_EQ(rest, (std::array<unsigned char, 32>{}));
}

// The library that Google's own adb uses, in a name space of its own: its symbols have the names of
// OpenSSL's.
class BoringSsl {
public:
    BoringSsl() {
        for (const char* path : paths) {
            if (library_ == nullptr) library_ = ::dlmopen(LM_ID_NEWLM, path, RTLD_NOW | RTLD_LOCAL);
        }
    }
    static bool is_installed() {
        return std::ranges::any_of(paths,
                                   [](const char* path) { return std::filesystem::exists(path); });
    }
    bool is_there() const { return library_ != nullptr; }

    template <class Function>
    Function* function(const char* name) const {
        return std::bit_cast<Function*>(::dlsym(library_, name));
    }

private:
    static constexpr std::array paths{"/usr/lib/x86_64-linux-gnu/android/libcrypto.so.0",
                                      "/usr/lib/aarch64-linux-gnu/android/libcrypto.so.0"};
    void* library_ = nullptr;
};

// One exchange with it; whether both have the same key.
bool agrees(const BoringSsl& library, Role ours, std::string_view our_password,
            std::string_view their_password) {
    using Context = void;
    auto* make =
        library.function<Context*(int, const unsigned char*, size_t, const unsigned char*, size_t)>(
            "SPAKE2_CTX_new");
    auto* generate =
        library
            .function<int(Context*, unsigned char*, size_t*, size_t, const unsigned char*, size_t)>(
                "SPAKE2_generate_msg");
    auto* process =
        library
            .function<int(Context*, unsigned char*, size_t*, size_t, const unsigned char*, size_t)>(
                "SPAKE2_process_msg");
    auto* release = library.function<void(Context*)>("SPAKE2_CTX_free");
    const bool alice = ours == Role::alice;
    const auto [my_name, their_name] = alice ? host_names : phone_names;
    Context* theirs = make(alice ? 1 : 0, as_uchar(as_bytes(their_name)), their_name.size(),
                           as_uchar(as_bytes(my_name)), my_name.size());
    Bytes message(32);
    Bytes key(64);
    size_t size = 0;
    EXPECT_EQ(generate(theirs, as_uchar(MutableByteView(message)), &size, message.size(),
                       as_uchar(as_bytes(their_password)), their_password.size()),
              1);
    sys::SystemRandom random;
    const Spake2 mine(ours, {my_name, their_name}, as_bytes(our_password), random);
    EXPECT_EQ(process(theirs, as_uchar(MutableByteView(key)), &size, key.size(),
                      as_uchar(ByteView(mine.message())), 32),
              1);
    release(theirs);
    return to_hex(key) == to_hex(mine.key(message).reveal());
}

// 0: all agree and disagree as they must; 1: not; 2: the library is not installed.
int compare_with_googles_library() {
    const BoringSsl library;
    if (!library.is_there()) return 2;
    bool right = true;
    for (int round = 0; round < 20; ++round) {
        const std::string password = "some password " + std::to_string(round);
        right = right && agrees(library, Role::alice, password, password) &&
                agrees(library, Role::bob, password, password);
    }
    right = right && !agrees(library, Role::alice, "123456", "123457") &&
            !agrees(library, Role::bob, "123456", "123457");
    return right ? 0 : 1;
}

// In a process of its own, which ends without the library's own end: that crashes in a name space.
TEST(Spake2, GooglesLibraryAgrees) {
    if (!BoringSsl::is_installed()) GTEST_SKIP() << "android-libboringssl is not installed";
    EXPECT_EXIT(std::_Exit(compare_with_googles_library()), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace lifeboat::crypto
