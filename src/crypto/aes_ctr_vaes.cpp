// AES-256-CTR for 32 blocks at a time with AVX-512 and VAES. Only called where the machine has
// them.
#if defined(__x86_64__)

#include "crypto/aes_ctr_blocks.h"

#include <immintrin.h>

namespace lifeboat::crypto {
namespace {

constexpr size_t wide = 8;                       // registers of four blocks each
constexpr size_t step = wide * sizeof(__m512i);  // bytes of one round: 512
constexpr size_t rounds = 14;

inline __m128i load(const std::byte* at) {
    return _mm_loadu_si128(static_cast<const __m128i*>(static_cast<const void*>(at)));
}
inline void store(std::byte* at, __m128i value) {
    _mm_storeu_si128(static_cast<__m128i*>(static_cast<void*>(at)), value);
}

// The plain broadcast reads a value that GCC 12's own header leaves unset, and says so.
inline __m512i four_times(__m128i value) {
    return _mm512_maskz_broadcast_i32x4(0xffff, value);
}

// a, a+b, a+b+c, a+b+c+d of the four words: each new word of a round key is the sum of all words
// before it.
inline __m128i running_sum(__m128i words) {
    words = _mm_xor_si128(words, _mm_slli_si128(words, 4));
    return _mm_xor_si128(words, _mm_slli_si128(words, 8));
}

template <int constant>
inline void even_key(__m128i (&keys)[15], size_t at) {
    const __m128i assist = _mm_aeskeygenassist_si128(keys[at - 1], constant);
    keys[at] = _mm_xor_si128(running_sum(keys[at - 2]), _mm_shuffle_epi32(assist, 0xff));
}
inline void odd_key(__m128i (&keys)[15], size_t at) {
    const __m128i assist = _mm_aeskeygenassist_si128(keys[at - 1], 0);
    keys[at] = _mm_xor_si128(running_sum(keys[at - 2]), _mm_shuffle_epi32(assist, 0xaa));
}

struct Keys {
    __m512i round[rounds + 1];
};

// The counters counter .. counter+31, big-endian, four in a register.
inline void make_counters(AesCounter counter, __m512i (&blocks)[wide]) {
    const __m512i reverse =
        four_times(_mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
    const auto hi = static_cast<long long>(counter.hi);
    const auto lo = static_cast<long long>(counter.lo);
    if (counter.lo <= UINT64_MAX - step / 16) {
        __m512i now = _mm512_add_epi64(four_times(_mm_set_epi64x(hi, lo)),
                                       _mm512_set_epi64(0, 3, 0, 2, 0, 1, 0, 0));
        const __m512i four = _mm512_set_epi64(0, 4, 0, 4, 0, 4, 0, 4);
        for (__m512i& block : blocks) {
            block = _mm512_shuffle_epi8(now, reverse);
            now = _mm512_add_epi64(now, four);
        }
        return;
    }
    // The lower half wraps within these 32: rare, so slow and plain.
    alignas(64) uint64_t numbers[2 * 4 * wide];
    for (size_t i = 0; i < 4 * wide; ++i) {
        numbers[2 * i] = counter.lo + i;
        numbers[2 * i + 1] = counter.hi + (numbers[2 * i] < counter.lo ? 1 : 0);
    }
    for (size_t i = 0; i < wide; ++i) {
        blocks[i] = _mm512_shuffle_epi8(_mm512_load_si512(numbers + 8 * i), reverse);
    }
}

inline void encrypt(const Keys& keys, __m512i (&blocks)[wide]) {
    for (__m512i& block : blocks) block = _mm512_xor_si512(block, keys.round[0]);
    for (size_t round = 1; round < rounds; ++round) {
        for (__m512i& block : blocks) block = _mm512_aesenc_epi128(block, keys.round[round]);
    }
    for (__m512i& block : blocks) block = _mm512_aesenclast_epi128(block, keys.round[rounds]);
}

inline void advance(AesCounter& counter) {
    counter.lo += step / 16;
    if (counter.lo < step / 16) ++counter.hi;
}

}  // namespace

void aes256_expand_vaes(const std::byte* key, std::byte* schedule) {
    __m128i keys[15];
    keys[0] = load(key);
    keys[1] = load(key + 16);
    even_key<0x01>(keys, 2);
    odd_key(keys, 3);
    even_key<0x02>(keys, 4);
    odd_key(keys, 5);
    even_key<0x04>(keys, 6);
    odd_key(keys, 7);
    even_key<0x08>(keys, 8);
    odd_key(keys, 9);
    even_key<0x10>(keys, 10);
    odd_key(keys, 11);
    even_key<0x20>(keys, 12);
    odd_key(keys, 13);
    even_key<0x40>(keys, 14);
    for (size_t i = 0; i < 15; ++i) store(schedule + 16 * i, keys[i]);
}

void aes256_ctr_vaes(const std::byte* schedule, AesCounter counter, const std::byte* from,
                     std::byte* to, size_t size) {
    Keys keys;
    for (size_t i = 0; i <= rounds; ++i) {
        keys.round[i] = four_times(load(schedule + 16 * i));
    }
    __m512i blocks[wide];
    for (; size >= step; size -= step, from += step, to += step) {
        make_counters(counter, blocks);
        encrypt(keys, blocks);
        for (size_t i = 0; i < wide; ++i) {
            const __m512i text = _mm512_loadu_si512(from + i * sizeof(__m512i));
            _mm512_storeu_si512(to + i * sizeof(__m512i), _mm512_xor_si512(text, blocks[i]));
        }
        advance(counter);
    }
    if (size == 0) return;
    make_counters(counter, blocks);
    encrypt(keys, blocks);
    for (size_t i = 0; i * sizeof(__m512i) < size; ++i) {
        const size_t at = i * sizeof(__m512i);
        const size_t rest = size - at;
        const __mmask64 mask = rest >= 64 ? ~__mmask64{0} : (__mmask64{1} << rest) - 1;
        const __m512i text = _mm512_maskz_loadu_epi8(mask, from + at);
        _mm512_mask_storeu_epi8(to + at, mask, _mm512_xor_si512(text, blocks[i]));
    }
}

}  // namespace lifeboat::crypto

#endif
