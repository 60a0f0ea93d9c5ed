// Pack files: sealed blobs back to back, a sealed header that lists them, and its length.
#pragma once

#include "base/bytes.h"
#include "crypto/sealed_box.h"
#include "repository/repository.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lifeboat::repository {

enum class BlobType : uint8_t { data = 0, tree = 1 };

inline constexpr uint64_t pack_target_size = uint64_t{16} << 20;
inline constexpr size_t pack_header_limit = size_t{16} << 20;

// One blob as a pack's header and an index know it.
struct PackedBlob {
    BlobId id{};
    BlobType type = BlobType::data;
    uint32_t offset = 0;      // of its box in the pack
    uint32_t length = 0;      // of its box
    uint32_t raw_length = 0;  // before compression; 0: it is not compressed

    bool compressed() const { return raw_length != 0; }
    uint32_t plain_length() const {
        return compressed() ? raw_length
                            : length - static_cast<uint32_t>(crypto::SealedBox::overhead);
    }
    bool operator==(const PackedBlob&) const = default;
};

// "data/ab/abcd..."
std::string pack_name(const PackId& id);

// The header's plain text for blobs in their order in the pack.
Bytes encode_pack_header(const std::vector<PackedBlob>& blobs);
// Offsets are counted from 0. Throws Corrupt.
std::vector<PackedBlob> decode_pack_header(ByteView plain);

// The size of a whole pack file that holds these blobs.
uint64_t pack_file_size(const std::vector<PackedBlob>& blobs);
// What one blob adds to it.
uint64_t packed_size(const PackedBlob& blob);

// Where the sealed header lies in a pack file, from its size and its last four bytes.
struct HeaderPlace {
    uint64_t offset = 0;
    uint32_t length = 0;
};
// Throws Corrupt when the length cannot be right.
HeaderPlace find_pack_header(uint64_t file_size, ByteView last_four);

}  // namespace lifeboat::repository
