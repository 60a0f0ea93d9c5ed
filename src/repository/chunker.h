// Where a file is cut into chunks: at borders that its content defines, so that an insertion moves
// one border and not all.
//
// The borders are restic's (docs/formats/repository.md, chunker): the same polynomial gives the
// same chunks, whichever variant of the search runs.
#pragma once

#include "base/bytes.h"
#include "repository/polynomial.h"

#include <cstddef>
#include <memory>

namespace lifeboat::repository {

// How the search for a border runs; every variant finds the same ones.
enum class ChunkerVariant {
    portable,  // four interleaved table-driven digests
    avx2,      // 32 positions at a time
    gfni,      // 64 positions at a time, AVX-512 with GFNI
};
const char* name_of(ChunkerVariant variant);
bool supported(ChunkerVariant variant);
ChunkerVariant best_chunker_variant();

// Finds the end of a chunk. Its tables are computed once from the polynomial; after that it is
// constant and may be used from several threads.
class ChunkCutter {
public:
    static constexpr size_t min_size = size_t{512} << 10;
    static constexpr size_t max_size = size_t{8} << 20;

    // A variant that the machine does not support becomes the best one below it.
    explicit ChunkCutter(const Polynomial& polynomial,
                         ChunkerVariant variant = best_chunker_variant());
    ~ChunkCutter();
    ChunkCutter(const ChunkCutter&) = delete;
    ChunkCutter& operator=(const ChunkCutter&) = delete;

    // `data` starts where a chunk starts. The length of that chunk when it ends inside `data`, or 0
    // when more bytes are needed to tell; at the end of the file the rest is then the last chunk.
    // `searched`: the size of `data` when it was asked before, to not look there again.
    size_t find_cut(ByteView data, size_t searched = 0) const;

    ChunkerVariant variant() const { return variant_; }

private:
    struct Tables;

    size_t search(ByteView data, size_t first, size_t last) const;

    ChunkerVariant variant_;
    std::unique_ptr<const Tables> tables_;
};

}  // namespace lifeboat::repository
