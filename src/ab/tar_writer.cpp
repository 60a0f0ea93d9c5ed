#include "ab/tar_writer.h"

#include "base/error.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::ab {

namespace {

constexpr size_t block_size = 512;
constexpr size_t longest_name = 100;
constexpr uint64_t largest_octal = uint64_t{8} << 30;  // eleven digits

void put(Bytes& block, size_t at, std::string_view text) {
    std::ranges::copy(as_bytes(text), block.begin() + static_cast<std::ptrdiff_t>(at));
}

// A record counts itself: its number may make it longer.
std::string pax_record(std::string_view key, std::string_view value) {
    const size_t body = key.size() + value.size() + 3;  // blank, equals, newline
    size_t size = body + 1;
    while (size != body + fmt::format("{}", size).size()) {
        size = body + fmt::format("{}", size).size();
    }
    return fmt::format("{} {}={}\n", size, key, value);
}

bool needs_pax(const TarEntry& entry) {
    return entry.name.size() > longest_name || entry.size >= largest_octal ||
           std::ranges::any_of(entry.name, [](char c) { return (c & 0x80) != 0; });
}

}  // namespace

void TarWriter::header(const TarEntry& entry, std::string_view name, char type, uint64_t size) {
    const auto seconds =
        std::chrono::floor<std::chrono::seconds>(entry.modified).time_since_epoch();
    Bytes block(block_size);
    put(block, 0, name.substr(0, longest_name));
    put(block, 100, fmt::format("{:07o}", entry.mode & 07777));
    put(block, 108, "0000000");
    put(block, 116, "0000000");
    put(block, 124, fmt::format("{:011o}", size % largest_octal));
    const auto since_1970 = static_cast<uint64_t>(std::max<int64_t>(seconds.count(), 0));
    put(block, 136, fmt::format("{:011o}", since_1970 % largest_octal));
    put(block, 148, "        ");
    block[156] = static_cast<std::byte>(type);
    put(block, 257, std::string_view("ustar\00000", 8));
    uint64_t sum = 0;
    for (const std::byte b : block) sum += std::to_integer<uint64_t>(b);
    put(block, 148, fmt::format("{:06o}", sum));
    block[154] = std::byte{0};
    to_(block);
}

// Android's restore takes mode and date of such a file from the header of its records, and its size
// from the records only: so all of it must stand there.
void TarWriter::pax(const TarEntry& entry) {
    const std::string records =
        pax_record("size", fmt::format("{}", entry.size)) + pax_record("path", entry.name);
    header(entry, "PaxHeader/next", 'x', records.size());
    to_(as_bytes(records));
    pad(records.size());
}

void TarWriter::pad(uint64_t size) {
    const size_t padding = (block_size - size % block_size) % block_size;
    if (padding > 0) to_(Bytes(padding));
}

void TarWriter::add(const TarEntry& entry, ByteSource& content) {
    if (entry.kind == TarKind::other) throw Misuse("only files and folders go into a backup");
    const bool file = entry.kind == TarKind::file;
    if (needs_pax(entry)) pax(entry);
    header(entry, entry.name, file ? '0' : '5', file ? entry.size : 0);
    if (!file) return;
    std::array<std::byte, size_t{64} << 10> buffer;
    uint64_t written = 0;
    while (const size_t size = content.read(buffer)) {
        written += size;
        if (written > entry.size) throw Corrupt("a file is longer than was said");
        to_(ByteView(buffer).first(size));
    }
    if (written < entry.size) throw Corrupt("a file is shorter than was said");
    pad(written);
}

void TarWriter::finish() {
    to_(Bytes(2 * block_size));
}

}  // namespace lifeboat::ab
