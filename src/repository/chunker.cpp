#include "repository/chunker.h"

#include "repository/cut_search.h"

#include <algorithm>

namespace lifeboat::repository {

struct ChunkCutter::Tables : CutTables {
    using CutTables::CutTables;
};

const char* name_of(ChunkerVariant variant) {
    switch (variant) {
        case ChunkerVariant::portable:
            return "portable";
        case ChunkerVariant::avx2:
            return "avx2";
        case ChunkerVariant::gfni:
            return "gfni";
    }
    return "";
}

// Asks for the instructions and for whether the system keeps their registers.
bool supported(ChunkerVariant variant) {
#if defined(__x86_64__)
    const bool avx2 = __builtin_cpu_supports("avx2") != 0;
    switch (variant) {
        case ChunkerVariant::portable:
            return true;
        case ChunkerVariant::avx2:
            return avx2;
        case ChunkerVariant::gfni:
            return avx2 && __builtin_cpu_supports("avx512f") != 0 &&
                   __builtin_cpu_supports("avx512bw") != 0 &&
                   __builtin_cpu_supports("avx512dq") != 0 &&
                   __builtin_cpu_supports("avx512vl") != 0 && __builtin_cpu_supports("gfni") != 0;
    }
#endif
    return variant == ChunkerVariant::portable;
}

ChunkerVariant best_chunker_variant() {
    for (const auto variant : {ChunkerVariant::gfni, ChunkerVariant::avx2}) {
        if (supported(variant)) return variant;
    }
    return ChunkerVariant::portable;
}

ChunkCutter::ChunkCutter(const Polynomial& polynomial, ChunkerVariant variant)
    : variant_(std::min(variant, best_chunker_variant())),
      tables_(std::make_unique<const Tables>(polynomial)) {}

ChunkCutter::~ChunkCutter() = default;

size_t ChunkCutter::search(ByteView data, size_t first, size_t last) const {
    const Positions positions{first, last};
    switch (variant_) {
        case ChunkerVariant::portable:
            return search_portable(tables_->rabin, data, positions);
        case ChunkerVariant::avx2:
            return search_avx2(*tables_, data, positions);
        case ChunkerVariant::gfni:
            return search_gfni(*tables_, data, positions);
    }
    return 0;
}

size_t ChunkCutter::find_cut(ByteView data, size_t searched) const {
    const size_t first = std::max(min_size, searched + 1);
    const size_t last = std::min(max_size, data.size());
    const size_t hit = first <= last ? search(data, first, last) : 0;
    if (hit != 0) return hit;
    return data.size() >= max_size ? max_size : 0;
}

}  // namespace lifeboat::repository
