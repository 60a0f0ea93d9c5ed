// The parity file beside a file of the repository: its geometry and its bytes.
//
// Layout: header, checksums, parity shards, checksums again, header again. Format and reasons:
// docs/formats/parity.md.
#pragma once

#include "base/bytes.h"
#include "base/id.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace lifeboat::parity {

// How much parity, in thousandths of the file; 0: none.
struct Rate {
    uint32_t per_mille = 0;
    bool on() const { return per_mille != 0; }
    bool operator==(const Rate&) const = default;
};
constexpr Rate rate_limit{1000};  // as much again as the file: all of it may be lost

// A disk's sector and a page of memory: what is lost, is lost in these.
constexpr uint32_t sector_size = 4096;

// Shard i of the file is number i / groups of group i % groups: neighbours are in different groups,
// so that a run of damage spreads over all of them.
struct Layout {
    uint64_t file_size = 0;
    uint32_t shard_size = 0;
    uint32_t groups = 0;
    uint32_t rows = 0;  // parity shards of each group

    uint64_t shards() const { return (file_size + shard_size - 1) / shard_size; }
    uint64_t parity_shards() const { return uint64_t{groups} * rows; }
    uint64_t group_size() const { return (shards() + groups - 1) / groups; }
    // Where things lie in the sidecar. Parity shard `row * groups + group`.
    uint64_t parity_offset() const;
    uint64_t second_checksums_offset() const { return parity_offset() + parity_bytes(); }
    uint64_t parity_bytes() const { return parity_shards() * shard_size; }
    uint64_t checksums_size() const;
    uint64_t sidecar_size() const;
    bool operator==(const Layout&) const = default;
};

// For a file that is not empty. At least two parity shards a group, unless the file is one shard:
// a sector that lies across a border damages two.
Layout choose_layout(uint64_t file_size, Rate rate);

struct Header {
    Layout layout{};
    Digest file{};  // SHA-256 of the whole file
    bool operator==(const Header&) const = default;
};

constexpr size_t header_size = 68;
// Checksums come in pages that carry one of their own; with it, 4096 bytes.
constexpr size_t checksums_a_page = 1023;

Bytes encode_header(const Header& header);
// Nothing when it is none, or damaged, or says what cannot be.
std::optional<Header> decode_header(ByteView bytes);

Bytes encode_checksums(const std::vector<uint32_t>& checksums);

// What can be read of a sidecar, however damaged.
class Sidecar {
public:
    // Nothing when neither header is whole.
    static std::optional<Sidecar> parse(ByteView bytes);

    const Header& header() const { return header_; }
    // Of a shard of the file; nothing when both pages that hold it are damaged.
    std::optional<uint32_t> checksum(uint64_t shard) const;
    // A parity shard; nothing when it is damaged.
    std::optional<ByteView> parity(uint64_t row, uint64_t group) const;
    // Every byte is as it was written.
    bool whole() const;

private:
    struct Found {
        std::vector<uint32_t> checksums{};
        std::vector<bool> known{};
    };

    Sidecar(ByteView bytes, const Header& header, int64_t start)
        : bytes_(bytes), header_(header), start_(start) {}
    // Empty when it lies outside of what there is.
    ByteView at(uint64_t offset, uint64_t size) const;
    void read_checksums();
    bool read_page(uint64_t offset, uint64_t page);
    bool copies_are_whole() const;

    ByteView bytes_;
    Header header_;
    int64_t start_ = 0;  // where the sidecar begins in `bytes_`: below 0 when its head was cut off
    Found found_{};
};

}  // namespace lifeboat::parity
