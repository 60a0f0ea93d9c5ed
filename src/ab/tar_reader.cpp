#include "ab/tar_reader.h"

#include "base/error.h"
#include "base/text.h"

#include <algorithm>
#include <utility>

namespace lifeboat::ab {

namespace {

// A path on a phone has at most 4,096 bytes; Android itself refuses more than this.
constexpr uint64_t longest_extra = 32 << 10;
// Special headers in a row: a real tar has one.
constexpr int most_extras = 16;
constexpr uint64_t largest_file = uint64_t{1} << 50;

[[noreturn]] void cut() {
    throw Corrupt("the Android backup ends in the middle: it is cut");
}

[[noreturn]] void wrong(const char* what) {
    throw Corrupt(std::string("the tar in the Android backup is damaged: ") + what);
}

std::string_view field(ByteView block, size_t at, size_t size) {
    const std::string_view text = as_text(block.subspan(at, size));
    return text.substr(0, text.find('\0'));
}

// Octal digits with blanks around; or, as GNU tar does for large ones, binary behind a set bit.
uint64_t number(ByteView block, size_t at, size_t size) {
    const ByteView raw = block.subspan(at, size);
    uint64_t value = 0;
    if ((std::to_integer<unsigned>(raw[0]) & 0x80) != 0) {
        for (size_t i = 1; i < size; ++i) {
            if (value >> 55 != 0) wrong("a number is too large");
            value = (value << 8) | std::to_integer<uint64_t>(raw[i]);
        }
        return value;
    }
    for (const char c : trim(field(block, at, size))) {
        if (c < '0' || c > '7') wrong("a number is none");
        if (value >> 60 != 0) wrong("a number is too large");
        value = value * 8 + static_cast<uint64_t>(c - '0');
    }
    return value;
}

// The sum of all bytes, the field itself counted as blanks.
uint64_t sum(ByteView block) {
    uint64_t sum = 0;
    for (size_t i = 0; i < block.size(); ++i) {
        sum += i >= 148 && i < 156 ? uint64_t{' '} : std::to_integer<uint64_t>(block[i]);
    }
    return sum;
}

bool all_zero(ByteView bytes) {
    return std::ranges::all_of(bytes, [](std::byte b) { return b == std::byte{0}; });
}

}  // namespace

size_t TarReader::read_content(MutableByteView out) {
    if (left_ == 0 || out.empty()) return 0;
    const size_t most = static_cast<size_t>(std::min<uint64_t>(out.size(), left_));
    const size_t size = from_.read(out.first(most));
    if (size == 0) cut();
    left_ -= size;
    return size;
}

// False when the stream ends before the block begins.
bool TarReader::read_block(Block& block) {
    size_t filled = 0;
    while (filled < block.size()) {
        const size_t size = from_.read(MutableByteView(block).subspan(filled));
        if (size == 0 && filled == 0) return false;
        if (size == 0) cut();
        filled += size;
    }
    return true;
}

void TarReader::pass_over() {
    std::array<std::byte, 16384> skipped;
    while (read_content(skipped) > 0) continue;
    left_ = std::exchange(padding_, 0);
    while (read_content(skipped) > 0) continue;
}

// Behind the end there may be more zeros (GNU tar fills up its last record), and nothing else.
void TarReader::require_end() {
    Block block;
    if (!read_block(block)) cut();
    if (!all_zero(block)) wrong("an empty header stands in the middle");
    while (must_end_ && read_block(block)) {
        if (!all_zero(block)) wrong("something follows its end");
    }
}

std::string TarReader::take_text(uint64_t size) {
    if (size > longest_extra) wrong("a name is too long");
    left_ = size;
    padding_ = (block_size - size % block_size) % block_size;
    const std::string text = to_text(read_all(content_, longest_extra));
    pass_over();
    return text;
}

// "27 path=a long path\n", one after the other; the number counts the whole record.
TarReader::Extra TarReader::pax(std::string_view records, Extra extra) {
    while (!records.empty() && records[0] != '\0') {
        const size_t blank = records.find(' ');
        const auto size = parse_u64(records.substr(0, blank));
        if (blank == std::string_view::npos || !size || *size < blank + 2 ||
            *size > records.size()) {
            wrong("a long name is not readable");
        }
        const auto record = records.substr(blank + 1, *size - blank - 1);
        const size_t equals = record.find('=');
        if (record.back() != '\n' || equals == std::string_view::npos) {
            wrong("a long name is not readable");
        }
        const auto value = record.substr(equals + 1, record.size() - equals - 2);
        if (record.starts_with("path=")) extra.name = std::string(value);
        if (record.starts_with("size=")) {
            extra.size = parse_u64(value);
            if (!extra.size) wrong("a size is no number");
        }
        records.remove_prefix(*size);
    }
    return extra;
}

TarEntry TarReader::entry(const Block& block, const Extra& extra) {
    TarEntry entry;
    const char type = static_cast<char>(block[156]);
    entry.kind = type == '0' || type == '\0' ? TarKind::file
                 : type == '5'               ? TarKind::folder
                                             : TarKind::other;
    entry.name = std::string(field(block, 345, 155));
    if (!entry.name.empty()) entry.name += '/';
    entry.name += field(block, 0, 100);
    if (extra.name) entry.name = *extra.name;
    entry.mode = static_cast<uint32_t>(number(block, 100, 8) & 07777);
    // Beyond the year 2200 no date is one.
    const uint64_t seconds = std::min<uint64_t>(number(block, 136, 12), 7'258'118'400);
    entry.modified = TimePoint(std::chrono::seconds(seconds));
    left_ = extra.size.value_or(number(block, 124, 12));
    if (left_ > largest_file) wrong("a size makes no sense");
    padding_ = (block_size - left_ % block_size) % block_size;
    if (entry.kind == TarKind::file) entry.size = left_;
    return entry;
}

std::optional<TarEntry> TarReader::next() {
    pass_over();
    Extra extra;
    for (int extras = 0; extras <= most_extras; ++extras) {
        Block block;
        if (!read_block(block)) cut();
        if (all_zero(block)) {
            require_end();
            return std::nullopt;
        }
        if (number(block, 148, 8) != sum(block)) wrong("a header has another checksum");
        const char type = static_cast<char>(block[156]);
        if (type == 'x') {
            extra = pax(take_text(number(block, 124, 12)), std::move(extra));
        } else if (type == 'L') {
            const std::string name = take_text(number(block, 124, 12));
            extra.name = name.substr(0, name.find('\0'));
        } else if (type == 'g' || type == 'K') {
            take_text(number(block, 124, 12));
        } else {
            return entry(block, extra);
        }
    }
    wrong("too many special headers in a row");
}

}  // namespace lifeboat::ab
