// The binary format: "bplist00", objects, a table of their offsets, and a trailer of 32 bytes that
// says where the table is and which object is the root. Known from Apple's published CFBinaryPList
// and from lists that phones, libplist and Python wrote.
#include "base/text.h"
#include "plist/budget.h"
#include "plist/unicode.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace lifeboat::plist {
namespace {

constexpr std::string_view magic = "bplist0";  // and one digit: a version that changes nothing
constexpr size_t header_size = 8;
constexpr size_t trailer_size = 32;

uint64_t load_be(ByteView bytes) {
    uint64_t value = 0;
    for (const std::byte byte : bytes) value = (value << 8) | std::to_integer<uint64_t>(byte);
    return value;
}

struct Trailer {
    size_t offset_size = 0;
    size_t reference_size = 0;
    uint64_t objects = 0;
    uint64_t root = 0;
    uint64_t table = 0;
};

Trailer trailer_of(ByteView bytes) {
    if (bytes.size() < header_size + trailer_size) {
        throw Malformed("the binary property list is cut off");
    }
    const ByteView end = bytes.last(trailer_size);
    return {.offset_size = std::to_integer<size_t>(end[6]),
            .reference_size = std::to_integer<size_t>(end[7]),
            .objects = load_be(end.subspan(8, 8)),
            .root = load_be(end.subspan(16, 8)),
            .table = load_be(end.subspan(24, 8))};
}

void check(const Trailer& trailer, size_t size) {
    const auto one_to_eight = [](size_t width) { return width >= 1 && width <= 8; };
    if (!one_to_eight(trailer.offset_size) || !one_to_eight(trailer.reference_size)) {
        throw Malformed("the binary property list has numbers of an impossible width");
    }
    const size_t room = size - trailer_size;
    if (trailer.table < header_size || trailer.table > room ||
        trailer.objects > (room - trailer.table) / trailer.offset_size) {
        throw Malformed("the object table of the property list lies outside of it");
    }
    if (trailer.root >= trailer.objects) {
        throw Malformed("the property list has no root object");
    }
}

class BinaryReader {
public:
    BinaryReader(ByteView bytes, const Limits& limits) : bytes_(bytes), budget_(limits) {
        trailer_ = trailer_of(bytes);
        check(trailer_, bytes.size());
        objects_ = bytes.first(trailer_.table);
    }

    Value root() {
        budget_.take_values(1);
        return object(trailer_.root);
    }

private:
    // The bytes of one object, taken off its front.
    class Cursor {
    public:
        explicit Cursor(ByteView rest) : rest_(rest) {}
        ByteView take(uint64_t size) {
            if (size > rest_.size()) throw Malformed("an object of the property list is cut off");
            const ByteView out = rest_.first(size);
            rest_ = rest_.subspan(size);
            return out;
        }
        unsigned byte() { return std::to_integer<unsigned>(take(1)[0]); }
        size_t left() const { return rest_.size(); }

    private:
        ByteView rest_;
    };

    Cursor at(uint64_t number) const {
        if (number >= trailer_.objects) {
            throw Malformed("the property list names an object that it does not have");
        }
        const ByteView entry =
            bytes_.subspan(trailer_.table + number * trailer_.offset_size, trailer_.offset_size);
        const uint64_t offset = load_be(entry);
        if (offset < header_size || offset >= objects_.size()) {
            throw Malformed("an object of the property list lies outside of it");
        }
        return Cursor(objects_.subspan(offset));
    }

    // Counts beyond 14 stand in an integer of their own.
    static uint64_t count(Cursor& from, unsigned low) {
        if (low != 0xf) return low;
        const unsigned marker = from.byte();
        if ((marker & 0xf0) != 0x10 || (marker & 0xf) > 3) {
            throw Malformed("a count in the property list is no integer");
        }
        return load_be(from.take(uint64_t{1} << (marker & 0xf)));
    }

    static Value integer(Cursor& from, unsigned low) {
        if (low > 4) throw Malformed("the property list has an integer of an impossible width");
        const ByteView digits = from.take(uint64_t{1} << low);
        if (low < 3) return load_be(digits);  // short ones have no sign
        const uint64_t value = load_be(digits.last(8));
        if (low == 3) return static_cast<int64_t>(value);
        // 16 bytes: how numbers beyond 2^63 are written. More than 64 bits nobody uses.
        const uint64_t high = load_be(digits.first(8));
        const auto folded = static_cast<int64_t>(value);
        if (high == ~uint64_t{0} && folded < 0) return folded;
        if (high != 0) throw Malformed("the property list has an integer of more than 64 bits");
        return value;
    }

    static double real(Cursor& from, unsigned low) {
        if (low == 2) {
            return std::bit_cast<float>(static_cast<uint32_t>(load_be(from.take(4))));
        }
        if (low != 3) throw Malformed("the property list has a real of an impossible width");
        return std::bit_cast<double>(load_be(from.take(8)));
    }

    std::string string(Cursor& from, unsigned kind, unsigned low) {
        const uint64_t units = count(from, low);
        if (units > from.left()) throw Malformed("a string of the property list is cut off");
        if (kind == 0x6) {
            const ByteView utf16 = from.take(units * 2);
            budget_.take_bytes(utf16.size());
            return utf8_from_utf16be(utf16);
        }
        // 5 is ASCII; 7 is UTF-8, and some writers put that under 5 as well.
        const std::string_view text = as_text(from.take(units));
        budget_.take_bytes(text.size());
        if (!is_ascii(text) && !is_valid_utf8(text)) {
            throw Malformed("a string of the property list is no text");
        }
        return std::string(text);
    }

    std::string key(uint64_t number) {
        Cursor from = at(number);
        const unsigned marker = from.byte();
        const unsigned kind = marker >> 4;
        if (kind < 0x5 || kind > 0x7) throw Malformed("a key of the property list is no string");
        return string(from, kind, marker & 0xf);
    }

    uint64_t reference(ByteView references, uint64_t index) const {
        return load_be(
            references.subspan(index * trailer_.reference_size, trailer_.reference_size));
    }

    ByteView references(Cursor& from, uint64_t how_many) const {
        if (how_many > from.left()) throw Malformed("a container of the property list is cut off");
        return from.take(how_many * trailer_.reference_size);
    }

    Value array(Cursor& from, unsigned low) {
        const uint64_t size = count(from, low);
        const ByteView items = references(from, size);
        budget_.take_values(size);
        Array out;
        out.reserve(size);
        for (uint64_t i = 0; i < size; ++i) out.push_back(object(reference(items, i)));
        return out;
    }

    Value dict(Cursor& from, unsigned low) {
        const uint64_t size = count(from, low);
        const ByteView keys = references(from, size);
        const ByteView values = references(from, size);
        budget_.take_values(size);
        std::vector<Dict::Entry> out;
        out.reserve(size);
        for (uint64_t i = 0; i < size; ++i) {
            out.push_back({.key = key(reference(keys, i)), .value = object(reference(values, i))});
        }
        return Dict::from_entries(std::move(out));
    }

    Value container(uint64_t number, Cursor& from, unsigned marker) {
        if (std::ranges::find(path_, number) != path_.end()) {
            throw Malformed("the property list contains itself");
        }
        path_.push_back(number);
        budget_.check_depth(path_.size());
        Value out = (marker >> 4) == 0xa ? array(from, marker & 0xf) : dict(from, marker & 0xf);
        path_.pop_back();
        return out;
    }

    Value object(uint64_t number) {
        Cursor from = at(number);
        const unsigned marker = from.byte();
        const unsigned low = marker & 0xf;
        switch (marker >> 4) {
            case 0x0:
                if (marker == 0x08 || marker == 0x09) return marker == 0x09;
                break;
            case 0x1:
                return integer(from, low);
            case 0x2:
                return real(from, low);
            case 0x3:
                if (low == 3) return Date{std::bit_cast<double>(load_be(from.take(8)))};
                break;
            case 0x4:
                return data(from, low);
            case 0x5:
            case 0x6:
            case 0x7:
                return string(from, marker >> 4, low);
            case 0x8:
                if (low < 8) return Uid{load_be(from.take(low + 1))};
                break;
            case 0xa:
            case 0xd:
                return container(number, from, marker);
            default:
                break;
        }
        throw Malformed(
            fmt::format("the property list has an object of unknown kind {:#04x}", marker));
    }

    Value data(Cursor& from, unsigned low) {
        const ByteView bytes = from.take(count(from, low));
        budget_.take_bytes(bytes.size());
        return Bytes(bytes.begin(), bytes.end());
    }

    ByteView bytes_;
    ByteView objects_{};  // what lies before the table: where objects may be
    Trailer trailer_{};
    Budget budget_;
    std::vector<uint64_t> path_{};  // containers being read: one that is met again is a ring
};

}  // namespace

Format format_of(ByteView bytes) {
    return as_text(bytes).starts_with(magic) ? Format::binary : Format::xml;
}

Value read_binary(ByteView bytes, const Limits& limits) {
    if (format_of(bytes) != Format::binary) throw Malformed("this is no binary property list");
    return BinaryReader(bytes, limits).root();
}

Value read(ByteView bytes, const Limits& limits) {
    return format_of(bytes) == Format::binary ? read_binary(bytes, limits)
                                              : read_xml(bytes, limits);
}

}  // namespace lifeboat::plist
