#include "repository/cut_search.h"

namespace lifeboat::repository {
namespace {

constexpr int mod_shift = Polynomial::degree - 8;
constexpr size_t chains = 4;
// Not a power of two, or the four streams fall into the same cache sets.
constexpr size_t positions_per_chain = 4096 + 64;

inline uint8_t byte_at(const std::byte* at) {
    return std::to_integer<uint8_t>(*at);
}

inline uint64_t push(const RabinTables& tables, uint64_t digest, uint8_t entering) {
    return ((digest << 8) | entering) ^ tables.mod[digest >> mod_shift];
}

// One step of the window: `end` is one behind the entering byte.
inline uint64_t slide(const RabinTables& tables, uint64_t digest, const std::byte* end) {
    digest ^= tables.out[byte_at(end - 1 - window_size)];
    return push(tables, digest, byte_at(end - 1));
}

// The digest of the window that ends at `end`, from nothing.
uint64_t digest_at(const RabinTables& tables, const std::byte* end) {
    uint64_t digest = 0;
    for (const std::byte* at = end - window_size; at != end; ++at) {
        digest = push(tables, digest, byte_at(at));
    }
    return digest;
}

inline bool is_cut(uint64_t digest) {
    return (digest & cut_mask) == 0;
}

// One chain over some positions, whose digest before the first is known.
size_t search_from(const RabinTables& tables, ByteView data, Positions positions, uint64_t digest) {
    for (size_t at = positions.first; at <= positions.last; ++at) {
        digest = slide(tables, digest, data.data() + at);
        if (is_cut(digest)) return at;
    }
    return 0;
}

size_t search_single(const RabinTables& tables, ByteView data, Positions positions) {
    if (positions.count() == 0) return 0;
    const uint64_t digest = digest_at(tables, data.data() + positions.first);
    if (is_cut(digest)) return positions.first;
    return search_from(tables, data, {positions.first + 1, positions.last}, digest);
}

// `hit` is in chain number `chain`, which had made `step` steps when it met it: the chains before
// it may still hold a smaller position in what they have not seen.
size_t smallest(const RabinTables& tables, ByteView data, size_t first,
                const std::array<uint64_t, chains>& digests, size_t step) {
    for (size_t chain = 0; chain < chains; ++chain) {
        const size_t start = first + chain * positions_per_chain;
        if (is_cut(digests[chain])) return start + step;
        const size_t end = start + positions_per_chain - 1;
        const size_t hit = search_from(tables, data, {start + step + 1, end}, digests[chain]);
        if (hit != 0) return hit;
    }
    return 0;
}

// Four chains in step over chains * positions_per_chain positions: each chain waits for its own
// table reads, so four of them hide each other's latency.
size_t search_block(const RabinTables& tables, ByteView data, size_t first) {
    const std::byte* const at0 = data.data() + first;
    const std::byte* const at1 = at0 + positions_per_chain;
    const std::byte* const at2 = at1 + positions_per_chain;
    const std::byte* const at3 = at2 + positions_per_chain;
    uint64_t d0 = digest_at(tables, at0);
    uint64_t d1 = digest_at(tables, at1);
    uint64_t d2 = digest_at(tables, at2);
    uint64_t d3 = digest_at(tables, at3);
    for (size_t step = 0;;) {
        if (is_cut(d0) || is_cut(d1) || is_cut(d2) || is_cut(d3)) {
            return smallest(tables, data, first, {d0, d1, d2, d3}, step);
        }
        if (++step == positions_per_chain) return 0;
        d0 = slide(tables, d0, at0 + step);
        d1 = slide(tables, d1, at1 + step);
        d2 = slide(tables, d2, at2 + step);
        d3 = slide(tables, d3, at3 + step);
    }
}

}  // namespace

size_t search_portable(const RabinTables& tables, ByteView data, Positions positions) {
    constexpr size_t block = chains * positions_per_chain;
    while (positions.count() >= block) {
        const size_t hit = search_block(tables, data, positions.first);
        if (hit != 0) return hit;
        positions.first += block;
    }
    return search_single(tables, data, positions);
}

}  // namespace lifeboat::repository
