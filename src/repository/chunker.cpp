#include "repository/chunker.h"

#include "repository/cut_search.h"

#include <algorithm>

namespace lifeboat::repository {

struct ChunkCutter::Tables {
    RabinTables rabin;

    explicit Tables(const Polynomial& polynomial) : rabin(polynomial) {}
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

bool supported(ChunkerVariant variant) {
    return variant == ChunkerVariant::portable;
}

ChunkerVariant best_chunker_variant() {
    return ChunkerVariant::portable;
}

ChunkCutter::ChunkCutter(const Polynomial& polynomial, ChunkerVariant variant)
    : variant_(std::min(variant, best_chunker_variant())),
      tables_(std::make_unique<const Tables>(polynomial)) {}

ChunkCutter::~ChunkCutter() = default;

size_t ChunkCutter::find_cut(ByteView data, size_t searched) const {
    const Positions positions{std::max(min_size, searched + 1), std::min(max_size, data.size())};
    if (positions.count() > 0) {
        const size_t hit = search_portable(tables_->rabin, data, positions);
        if (hit != 0) return hit;
    }
    return data.size() >= max_size ? max_size : 0;
}

}  // namespace lifeboat::repository
