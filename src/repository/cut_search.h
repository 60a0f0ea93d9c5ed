// The search for a chunk border, one function a variant; only chunker.cpp chooses among them.
//
// A position is a length L of the chunk: the border lies behind byte L-1, and depends on the 64
// bytes before it alone. So positions can be tested in any order, several at a time.
#pragma once

#include "base/bytes.h"
#include "repository/cut_block.h"
#include "repository/polynomial.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace lifeboat::repository {

constexpr size_t window_size = 64;
constexpr uint64_t cut_mask = (uint64_t{1} << 20) - 1;

// The positions first, first+1 .. last; first > window_size, last <= size of the data.
struct Positions {
    size_t first = 0;
    size_t last = 0;
    size_t count() const { return last < first ? 0 : last - first + 1; }
};

struct RabinTables {
    std::array<uint64_t, 256> out{};  // what a byte that leaves the window has become
    std::array<uint64_t, 256> mod{};  // the reduction of the eight bits shifted above the degree
};

struct CutTables {
    RabinTables rabin{};
    PlaneTables planes{};

    explicit CutTables(const Polynomial& polynomial);
};

// Each returns the smallest of the positions where a chunk may end, or 0 when there is none. The
// last two need a machine that has the instructions.
size_t search_portable(const RabinTables& tables, ByteView data, Positions positions);
size_t search_avx2(const CutTables& tables, ByteView data, Positions positions);
size_t search_gfni(const CutTables& tables, ByteView data, Positions positions);

}  // namespace lifeboat::repository
