#include "crypto/aes_ctr.h"

#include "base/secret.h"
#include "crypto/aes_ctr_blocks.h"
#include "crypto/evp.h"

#include <algorithm>
#include <cassert>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace lifeboat::crypto {
namespace {

#if defined(__x86_64__)

// VAES, AES and AVX-512 F, BW, VL, DQ, and that the system keeps their registers.
bool has_wide_aes() {
    unsigned a = 0;
    unsigned b = 0;
    unsigned c = 0;
    unsigned d = 0;
    constexpr unsigned aes_and_osxsave = (1U << 25) | (1U << 27);
    if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c & aes_and_osxsave) != aes_and_osxsave)
        return false;
    constexpr unsigned avx512 = (1U << 16) | (1U << 17) | (1U << 30) | (1U << 31);
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0 || (b & avx512) != avx512) return false;
    if ((c & (1U << 9)) == 0) return false;
    unsigned kept = 0;
    unsigned high = 0;
    __asm__("xgetbv" : "=a"(kept), "=d"(high) : "c"(0));
    constexpr unsigned all_vector_state = 0xe6;  // SSE, AVX, and the three parts of AVX-512
    return (kept & all_vector_state) == all_vector_state;
}

uint64_t load_be64(ByteView bytes) {
    uint64_t value = 0;
    for (const std::byte b : bytes.first(8)) value = value << 8 | std::to_integer<uint64_t>(b);
    return value;
}

void wide_expand(ByteView key, MutableByteView schedule) {
    aes256_expand_vaes(key.data(), schedule.data());
}
void wide_crypt(ByteView schedule, ByteView counter, ByteView from, MutableByteView to) {
    const AesCounter first{.hi = load_be64(counter), .lo = load_be64(counter.subspan(8))};
    aes256_ctr_vaes(schedule.data(), first, from.data(), to.data(), from.size());
}

#else

bool has_wide_aes() {
    return false;
}
void wide_expand(ByteView, MutableByteView) {}
void wide_crypt(ByteView, ByteView, ByteView, MutableByteView) {}

#endif

}  // namespace

const char* name_of(AesVariant variant) {
    switch (variant) {
        case AesVariant::library:
            return "library";
        case AesVariant::vaes:
            return "vaes";
    }
    return "";
}

bool supported(AesVariant variant) {
    static const bool has_instructions = has_wide_aes();
    return variant == AesVariant::library || has_instructions;
}

AesVariant best_aes_variant() {
    return supported(AesVariant::vaes) ? AesVariant::vaes : AesVariant::library;
}

struct AesCtr::Context {
    AesVariant variant = AesVariant::library;
    EvpCipherContext library{};
    SecretBytes schedule{aes256_schedule_size};
};

AesCtr::AesCtr(ByteView key, AesVariant variant) : context_(std::make_unique<Context>()) {
    assert(key.size() == 32);
    Context& c = *context_;
    if (supported(variant)) c.variant = variant;
    if (c.variant == AesVariant::vaes) {
        wide_expand(key, c.schedule.storage());
        return;
    }
    const EvpCipher ctr(EVP_CIPHER_fetch(nullptr, "AES-256-CTR", nullptr));
    must(ctr != nullptr, "offer AES-256-CTR");
    c.library.reset(EVP_CIPHER_CTX_new());
    must(c.library != nullptr, "make a cipher context");
    must(EVP_EncryptInit_ex2(c.library.get(), ctr.get(), as_uchar(key), nullptr, nullptr) == 1,
         "take a key");
}

AesCtr::~AesCtr() = default;

void AesCtr::crypt(ByteView counter, ByteView from, MutableByteView to) {
    assert(counter.size() == 16 && from.size() == to.size());
    Context& c = *context_;
    if (c.variant == AesVariant::vaes) {
        return wide_crypt(c.schedule.reveal(), counter, from, to);
    }
    EVP_CIPHER_CTX* stream = c.library.get();
    must(EVP_EncryptInit_ex2(stream, nullptr, nullptr, as_uchar(counter), nullptr) == 1,
         "take an IV");
    constexpr size_t step = size_t{1} << 30;  // the library counts in int
    for (size_t at = 0; at < from.size(); at += step) {
        const size_t size = std::min(step, from.size() - at);
        int written = 0;
        must(EVP_EncryptUpdate(stream, as_uchar(to.subspan(at)), &written,
                               as_uchar(from.subspan(at)), static_cast<int>(size)) == 1,
             "encrypt");
    }
}

}  // namespace lifeboat::crypto
