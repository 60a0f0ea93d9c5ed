#include "crypto/sha256_lanes.h"

#include "crypto/sha256_blocks.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace lifeboat::crypto {
namespace {

#if defined(__x86_64__)

// f e b a, h g d c of the initial value.
constexpr uint32_t initial_state[8] = {0x9b05688c, 0x510e527f, 0xbb67ae85, 0x6a09e667,
                                       0x5be0cd19, 0x1f83d9ab, 0xa54ff53a, 0x3c6ef372};
constexpr std::array<size_t, 8> place_of_word = {3, 2, 7, 6, 1, 0, 5, 4};  // a b c d e f g h

// One message under way: its whole blocks where they lie, then its end with the padding.
class Message {
public:
    void take(const Sha256Message& next) {
        if (!in_message_) {
            std::copy(std::begin(initial_state), std::end(initial_state), lane_.state);
            total_ = 0;
        }
        value_ = next.value;
        in_message_ = !next.ends;
        total_ += next.bytes.size();
        lane_.at = next.bytes.data();
        blocks_ = next.bytes.size() / sha256_block_size;
        tail_blocks_ = 0;
        if (in_message_) {
            assert(blocks_ > 0 && next.bytes.size() % sha256_block_size == 0);
            return;
        }
        fill_tail(next.bytes.subspan(blocks_ * sha256_block_size), total_ * 8);
        if (blocks_ == 0) begin_tail();
    }

    Sha256Lane* lane() { return &lane_; }
    size_t blocks() const { return blocks_; }
    bool in_message() const { return in_message_; }

    // True when that was all of what was taken: when it was the end, the value is there.
    bool took(size_t blocks) {
        blocks_ -= blocks;
        if (blocks_ > 0) return false;
        if (tail_blocks_ > 0) {
            begin_tail();
            return false;
        }
        if (!in_message_) write_value();
        return true;
    }

private:
    void fill_tail(ByteView rest, uint64_t bits) {
        tail_.fill(std::byte{0});
        std::copy(rest.begin(), rest.end(), tail_.begin());
        tail_[rest.size()] = std::byte{0x80};
        tail_blocks_ = rest.size() + 1 + sizeof bits > sha256_block_size ? 2 : 1;
        std::byte* const end = tail_.data() + tail_blocks_ * sha256_block_size;
        for (size_t i = 1; i <= sizeof bits; ++i, bits >>= 8)
            end[-i] = static_cast<std::byte>(bits);
    }

    void begin_tail() {
        lane_.at = tail_.data();
        blocks_ = std::exchange(tail_blocks_, 0);
    }

    void write_value() {
        for (size_t word = 0; word < 8; ++word) {
            const uint32_t bits = lane_.state[place_of_word[word]];
            for (size_t i = 0; i < 4; ++i) {
                (*value_)[4 * word + i] = static_cast<std::byte>(bits >> (24 - 8 * i));
            }
        }
    }

    Sha256Lane lane_;
    std::array<std::byte, 2 * sha256_block_size> tail_{};
    size_t tail_blocks_ = 0;   // still to come
    size_t blocks_ = 0;        // of the piece, or of the tail once that is begun
    uint64_t total_ = 0;       // bytes of the message so far
    bool in_message_ = false;  // the next piece continues it
    Sha256Value* value_ = nullptr;
};

void row_interleaved(const Sha256Feed& feed) {
    static_assert(sha256_lanes == sha256_most_lanes);
    std::array<Message, sha256_lanes> space;
    std::array<Message*, sha256_lanes> active{&space[0], &space[1], &space[2]};
    size_t count = 0;  // the first of `active` are under way
    bool more = true;
    for (;;) {
        for (size_t i = count; i < active.size(); ++i) {
            if (!more && !active[i]->in_message()) continue;
            const auto next = feed(static_cast<size_t>(active[i] - space.data()));
            assert(next.has_value() || !active[i]->in_message());
            more = more && next.has_value();
            if (!next) continue;
            active[i]->take(*next);
            std::swap(active[i], active[count++]);
        }
        if (count == 0) return;
        std::array<Sha256Lane*, sha256_lanes> lanes{};
        size_t blocks = SIZE_MAX;
        for (size_t i = 0; i < count; ++i) {
            lanes[i] = active[i]->lane();
            blocks = std::min(blocks, active[i]->blocks());
        }
        sha256_blocks_shani(lanes.data(), count, blocks);
        for (size_t i = count; i-- > 0;) {
            if (active[i]->took(blocks)) std::swap(active[i], active[--count]);
        }
    }
}

// SHA, SSSE3 and SSE4.1; their registers are the ones that every x86-64 system keeps.
bool has_sha_instructions() {
    unsigned a = 0;
    unsigned b = 0;
    unsigned c = 0;
    unsigned d = 0;
    constexpr unsigned ssse3_and_sse41 = (1U << 9) | (1U << 19);
    if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c & ssse3_and_sse41) != ssse3_and_sse41)
        return false;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & (1U << 29)) != 0;
}

#else

void row_interleaved(const Sha256Feed&) {}
bool has_sha_instructions() {
    return false;
}

#endif

}  // namespace

const char* name_of(Sha256Variant variant) {
    switch (variant) {
        case Sha256Variant::one_by_one:
            return "one by one";
        case Sha256Variant::interleaved:
            return "interleaved";
    }
    return "";
}

bool supported(Sha256Variant variant) {
    static const bool has_instructions = has_sha_instructions();
    return variant == Sha256Variant::one_by_one || has_instructions;
}

Sha256Variant best_sha256_variant() {
    return supported(Sha256Variant::interleaved) ? Sha256Variant::interleaved
                                                 : Sha256Variant::one_by_one;
}

void sha256_row(const Sha256Feed& feed, Sha256Variant variant) {
    if (variant == Sha256Variant::interleaved && supported(variant)) return row_interleaved(feed);
    Sha256 hash;
    while (const auto message = feed(0)) {
        hash.update(message->bytes);
        if (message->ends) *message->value = hash.finish();
    }
}

void sha256_all(std::span<const ByteView> messages, std::span<Sha256Value> values,
                Sha256Variant variant) {
    assert(messages.size() == values.size());
    size_t next = 0;
    const auto feed = [&](size_t) -> std::optional<Sha256Message> {
        if (next == messages.size()) return std::nullopt;
        const size_t i = next++;
        return Sha256Message{messages[i], &values[i]};
    };
    sha256_row(feed, variant);
}

}  // namespace lifeboat::crypto
