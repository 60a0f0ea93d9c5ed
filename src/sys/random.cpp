#include "sys/random.h"

#include "base/error.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>

namespace lifeboat::sys {

uint64_t Random::number() {
    std::array<std::byte, 8> bytes{};
    fill(bytes);
    return load_le<uint64_t>(bytes);
}

uint64_t Random::below(uint64_t limit) {
    const uint64_t uneven = (UINT64_MAX - limit + 1) % limit;  // 2^64 mod limit: values to refuse
    for (;;) {
        const uint64_t value = number();
        if (value >= uneven) return value % limit;
    }
}

void SystemRandom::fill(MutableByteView out) {
    constexpr size_t at_once = size_t{1} << 30;
    while (!out.empty()) {
        const size_t size = std::min(out.size(), at_once);
        if (RAND_bytes(as_uchar(out), static_cast<int>(size)) != 1) {
            throw Temporary("the system gives no random numbers");
        }
        out = out.subspan(size);
    }
}

void SeededRandom::fill(MutableByteView out) {
    state_.with([&](uint64_t& state) {
        for (size_t at = 0; at < out.size(); at += 8) {
            uint64_t z = state += 0x9e3779b97f4a7c15;
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
            z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
            z ^= z >> 31;
            for (size_t i = at; i < std::min(at + 8, out.size()); ++i) {
                out[i] = static_cast<std::byte>(z);
                z >>= 8;
            }
        }
    });
}

}  // namespace lifeboat::sys
