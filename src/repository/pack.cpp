#include "repository/pack.h"

#include "base/error.h"

#include <numeric>

namespace lifeboat::repository {

namespace {

constexpr size_t plain_entry = 37;
constexpr size_t compressed_entry = 41;
constexpr size_t overhead = crypto::SealedBox::overhead;

}  // namespace

std::string pack_name(const PackId& id) {
    const std::string hex = id.hex();
    return "data/" + hex.substr(0, 2) + "/" + hex;
}

Bytes encode_pack_header(const std::vector<PackedBlob>& blobs) {
    Bytes header;
    header.reserve(blobs.size() * compressed_entry);
    for (const PackedBlob& blob : blobs) {
        const unsigned type = static_cast<unsigned>(blob.type) + (blob.compressed() ? 2u : 0u);
        header.push_back(static_cast<std::byte>(type));
        append_le<uint32_t>(header, blob.length);
        if (blob.compressed()) append_le<uint32_t>(header, blob.raw_length);
        append(header, blob.id.bytes());
    }
    return header;
}

std::vector<PackedBlob> decode_pack_header(ByteView plain) {
    std::vector<PackedBlob> blobs;
    uint64_t offset = 0;
    while (!plain.empty()) {
        const auto type = std::to_integer<unsigned>(plain[0]);
        if (type > 3) throw Corrupt("A pack's header names an unknown kind of blob");
        const bool compressed = type >= 2;
        const size_t size = compressed ? compressed_entry : plain_entry;
        if (plain.size() < size) throw Corrupt("A pack's header is cut short");
        PackedBlob blob{.type = static_cast<BlobType>(type % 2),
                        .offset = static_cast<uint32_t>(offset),
                        .length = load_le<uint32_t>(plain, 1)};
        if (compressed) blob.raw_length = load_le<uint32_t>(plain, 5);
        const ByteView id = plain.subspan(size - 32, 32);
        std::copy(id.begin(), id.end(), blob.id.value.begin());
        offset += blob.length;
        const bool hollow =
            compressed && !blob.compressed();  // a frame of nothing is never written
        if (blob.length < overhead || offset > UINT32_MAX || hollow) {
            throw Corrupt("A pack's header has an impossible length");
        }
        blobs.push_back(blob);
        plain = plain.subspan(size);
    }
    return blobs;
}

uint64_t packed_size(const PackedBlob& blob) {
    return blob.length + (blob.compressed() ? compressed_entry : plain_entry);
}

uint64_t pack_file_size(const std::vector<PackedBlob>& blobs) {
    return std::accumulate(
        blobs.begin(), blobs.end(), uint64_t{overhead + 4},
        [](uint64_t sum, const PackedBlob& blob) { return sum + packed_size(blob); });
}

HeaderPlace find_pack_header(uint64_t file_size, ByteView last_four) {
    if (last_four.size() != 4 || file_size < 4) throw Corrupt("A pack is cut short");
    const auto length = load_le<uint32_t>(last_four);
    if (length < overhead + plain_entry || length > file_size - 4 ||
        length > pack_header_limit + overhead) {
        throw Corrupt("A pack's header has an impossible length");
    }
    return {.offset = file_size - 4 - length, .length = length};
}

}  // namespace lifeboat::repository
