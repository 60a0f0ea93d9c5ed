// Index files as JSON: what a finished pack holds, so that nobody must read its header.
#pragma once

#include "repository/pack.h"

#include <functional>
#include <string>
#include <string_view>

namespace lifeboat::repository {

struct IndexedPack {
    PackId id{};
    std::vector<PackedBlob> blobs{};
};

std::string encode_index(const std::vector<IndexedPack>& packs);

// Calls `each` pack by pack, so that no more than one is in memory. Throws Corrupt.
void decode_index(std::string_view json, const std::function<void(IndexedPack&&)>& each);

}  // namespace lifeboat::repository
