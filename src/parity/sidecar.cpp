#include "parity/sidecar.h"

#include "parity/checksum.h"
#include "parity/field.h"

#include <algorithm>
#include <array>

namespace lifeboat::parity {

namespace {

constexpr std::string_view magic = "LBPARITY";
constexpr uint32_t version = 1;
constexpr uint32_t shard_step = 64;                      // what the vector loops take at once
constexpr uint64_t shard_size_limit = 1 << 20;           // of foreign sidecars
constexpr uint64_t file_size_limit = uint64_t{1} << 32;  // packs have offsets of 32 bits
constexpr uint64_t rows_for_two_halves = 2;

uint64_t divided_up(uint64_t value, uint64_t by) {
    return (value + by - 1) / by;
}

uint64_t rows_for(uint64_t group_size, Rate rate) {
    return std::max(rows_for_two_halves,
                    divided_up(group_size * std::min(rate.per_mille, rate_limit.per_mille), 1000));
}

uint64_t largest_group(Rate rate) {
    uint64_t size = group_limit - rows_for_two_halves;
    while (size + rows_for(size, rate) > group_limit) --size;
    return size;
}

// Numbered, so that a page that got into another's place is no page.
uint32_t page_checksum(uint64_t page, ByteView entries) {
    Bytes numbered;
    numbered.reserve(sizeof(uint32_t) + entries.size());
    append_le<uint32_t>(numbered, static_cast<uint32_t>(page));
    append(numbered, entries);
    return crc32c(numbered);
}

bool is_possible(const Layout& layout) {
    if (layout.shard_size == 0 || layout.shard_size % shard_step != 0 ||
        layout.shard_size > shard_size_limit || layout.file_size == 0 ||
        layout.file_size > file_size_limit) {
        return false;
    }
    return layout.groups >= 1 && layout.groups <= layout.shards() && layout.rows >= 1 &&
           layout.rows < group_limit && layout.group_size() + layout.rows <= group_limit;
}

}  // namespace

uint64_t Layout::checksums_size() const {
    const uint64_t count = shards() + parity_shards();
    return (count + divided_up(count, checksums_a_page)) * sizeof(uint32_t);
}

uint64_t Layout::parity_offset() const {
    return header_size + checksums_size();
}

uint64_t Layout::sidecar_size() const {
    return 2 * (header_size + checksums_size()) + parity_bytes();
}

Layout choose_layout(uint64_t file_size, Rate rate) {
    if (file_size <= sector_size) {
        const auto size = static_cast<uint32_t>(divided_up(file_size, shard_step) * shard_step);
        return {.file_size = file_size, .shard_size = size, .groups = 1, .rows = 1};
    }
    const uint64_t shards = divided_up(file_size, sector_size);
    const uint64_t groups = divided_up(shards, largest_group(rate));
    return {.file_size = file_size,
            .shard_size = sector_size,
            .groups = static_cast<uint32_t>(groups),
            .rows = static_cast<uint32_t>(rows_for(divided_up(shards, groups), rate))};
}

Bytes encode_header(const Header& header) {
    Bytes bytes = to_bytes(magic);
    append_le<uint32_t>(bytes, version);
    append_le<uint32_t>(bytes, header.layout.shard_size);
    append_le<uint64_t>(bytes, header.layout.file_size);
    append_le<uint32_t>(bytes, header.layout.groups);
    append_le<uint32_t>(bytes, header.layout.rows);
    append(bytes, header.file.bytes());
    append_le<uint32_t>(bytes, crc32c(bytes));
    return bytes;
}

std::optional<Header> decode_header(ByteView bytes) {
    if (bytes.size() < header_size || as_text(bytes.first(magic.size())) != magic) return {};
    constexpr size_t checksum_at = header_size - sizeof(uint32_t);
    if (crc32c(bytes.first(checksum_at)) != load_le<uint32_t>(bytes, checksum_at)) return {};
    if (load_le<uint32_t>(bytes, 8) != version) return {};
    Header header{.layout = {.file_size = load_le<uint64_t>(bytes, 16),
                             .shard_size = load_le<uint32_t>(bytes, 12),
                             .groups = load_le<uint32_t>(bytes, 24),
                             .rows = load_le<uint32_t>(bytes, 28)}};
    std::copy_n(bytes.begin() + 32, header.file.value.size(), header.file.value.begin());
    if (!is_possible(header.layout)) return {};
    return header;
}

Bytes encode_checksums(const std::vector<uint32_t>& checksums) {
    Bytes bytes;
    for (size_t from = 0; from < checksums.size(); from += checksums_a_page) {
        const size_t start = bytes.size();
        const size_t count = std::min(checksums_a_page, checksums.size() - from);
        for (size_t i = 0; i < count; ++i) append_le<uint32_t>(bytes, checksums[from + i]);
        append_le<uint32_t>(bytes,
                            page_checksum(from / checksums_a_page, ByteView(bytes).subspan(start)));
    }
    return bytes;
}

std::optional<Sidecar> Sidecar::parse(ByteView bytes) {
    std::optional<Header> header = decode_header(bytes);
    int64_t start = 0;
    if (!header) {
        header = decode_header(bytes.last(std::min(bytes.size(), header_size)));
        if (!header) return {};
        // All is counted from the end then: bytes may be missing at the head.
        start = static_cast<int64_t>(bytes.size()) -
                static_cast<int64_t>(header->layout.sidecar_size());
    }
    // The checksums would be in memory: they must have been in the file, at least once.
    if (header->layout.checksums_size() > bytes.size()) return {};
    Sidecar sidecar(bytes, *header, start);
    sidecar.read_checksums();
    return sidecar;
}

ByteView Sidecar::at(uint64_t offset, uint64_t size) const {
    const int64_t from = start_ + static_cast<int64_t>(offset);
    if (from < 0 || static_cast<uint64_t>(from) > bytes_.size() ||
        size > bytes_.size() - static_cast<uint64_t>(from)) {
        return {};
    }
    return bytes_.subspan(static_cast<size_t>(from), static_cast<size_t>(size));
}

void Sidecar::read_checksums() {
    const Layout& layout = header_.layout;
    const uint64_t count = layout.shards() + layout.parity_shards();
    found_.checksums.resize(count);
    found_.known.resize(count);
    for (uint64_t page = 0; page * checksums_a_page < count; ++page) {
        if (read_page(header_size, page)) continue;
        read_page(layout.second_checksums_offset(), page);
    }
}

bool Sidecar::read_page(uint64_t offset, uint64_t page) {
    const uint64_t first = page * checksums_a_page;
    const uint64_t count = std::min<uint64_t>(checksums_a_page, found_.checksums.size() - first);
    const uint64_t page_size = (checksums_a_page + 1) * sizeof(uint32_t);
    const ByteView bytes = at(offset + page * page_size, (count + 1) * sizeof(uint32_t));
    if (bytes.empty()) return false;
    const ByteView entries = bytes.first(static_cast<size_t>(count) * sizeof(uint32_t));
    if (page_checksum(page, entries) != load_le<uint32_t>(bytes, entries.size())) return false;
    for (uint64_t i = 0; i < count; ++i) {
        found_.checksums[first + i] = load_le<uint32_t>(entries, i * sizeof(uint32_t));
        found_.known[first + i] = true;
    }
    return true;
}

std::optional<uint32_t> Sidecar::checksum(uint64_t shard) const {
    if (!found_.known[shard]) return {};
    return found_.checksums[shard];
}

std::optional<ByteView> Sidecar::parity(uint64_t row, uint64_t group) const {
    const Layout& layout = header_.layout;
    const uint64_t number = row * layout.groups + group;
    const auto expected = checksum(layout.shards() + number);
    const ByteView shard =
        at(layout.parity_offset() + number * layout.shard_size, layout.shard_size);
    if (!expected || shard.empty() || crc32c(shard) != *expected) return {};
    return shard;
}

bool Sidecar::copies_are_whole() const {
    const Layout& layout = header_.layout;
    const ByteView first = at(0, header_size);
    const ByteView second = at(layout.sidecar_size() - header_size, header_size);
    if (decode_header(first) != header_ || decode_header(second) != header_) return false;
    const Bytes pages = encode_checksums(found_.checksums);
    return std::ranges::equal(at(header_size, pages.size()), pages) &&
           std::ranges::equal(at(layout.second_checksums_offset(), pages.size()), pages);
}

bool Sidecar::whole() const {
    const Layout& layout = header_.layout;
    if (start_ != 0 || bytes_.size() != layout.sidecar_size() || !copies_are_whole()) return false;
    for (uint64_t row = 0; row < layout.rows; ++row) {
        for (uint64_t group = 0; group < layout.groups; ++group) {
            if (!parity(row, group)) return false;
        }
    }
    return true;
}

}  // namespace lifeboat::parity
