// Values become numbered objects, parents before children; equal strings and integers share one.
#include "plist/plist.h"
#include "plist/unicode.h"

#include <bit>
#include <unordered_map>

namespace lifeboat::plist {
namespace {

void append_be(Bytes& to, uint64_t value, size_t width) {
    for (size_t i = width; i-- > 0;) to.push_back(static_cast<std::byte>(value >> (8 * i)));
}

// The bytes a number needs: 1, 2, 4 or 8.
size_t width_of(uint64_t value) {
    if (value <= 0xff) return 1;
    if (value <= 0xffff) return 2;
    return value <= 0xffffffff ? 4 : 8;
}

void append_integer(Bytes& to, uint64_t value) {
    const size_t width = width_of(value);
    to.push_back(static_cast<std::byte>(0x10 | std::countr_zero(width)));
    append_be(to, value, width);
}

void append_marker(Bytes& to, unsigned kind, uint64_t count) {
    to.push_back(static_cast<std::byte>((kind << 4) | (count < 15 ? count : 15)));
    if (count >= 15) append_integer(to, count);
}

void append_string(Bytes& to, std::string_view text) {
    if (is_ascii(text)) {
        append_marker(to, 0x5, text.size());
        append(to, as_bytes(text));
        return;
    }
    Bytes units;
    append_utf16be(units, text);
    append_marker(to, 0x6, units.size() / 2);
    append(to, units);
}

class BinaryWriter {
public:
    explicit BinaryWriter(const Value& root) { number(root); }

    Bytes finish() {
        reference_size_ = width_of(objects_.size());
        Bytes out = to_bytes("bplist00");
        std::vector<uint64_t> offsets;
        offsets.reserve(objects_.size());
        for (const Object& object : objects_) {
            offsets.push_back(out.size());
            append_object(out, object);
        }
        const uint64_t table = out.size();
        const size_t offset_size = width_of(table);
        for (const uint64_t offset : offsets) append_be(out, offset, offset_size);
        append_be(out, 0, 6);
        append_be(out, offset_size, 1);
        append_be(out, reference_size_, 1);
        append_be(out, objects_.size(), 8);
        append_be(out, 0, 8);  // the root is the first
        append_be(out, table, 8);
        return out;
    }

private:
    struct Object {
        const Value* value = nullptr;  // nothing: the object is a key
        std::string_view key{};
        std::vector<uint64_t> references{};
    };

    uint64_t add(Object object) {
        objects_.push_back(std::move(object));
        return objects_.size() - 1;
    }

    uint64_t number_of_text(std::string_view text) {
        const auto [found, added] = texts_.try_emplace(text, objects_.size());
        if (added) add({.key = text});
        return found->second;
    }

    uint64_t number(const Value& value) {
        if (const std::string* text = value.text()) return number_of_text(*text);
        if (const auto integer = value.i64()) {
            const auto [found, added] = integers_.try_emplace(*integer, objects_.size());
            if (added) add({.value = &value});
            return found->second;
        }
        const uint64_t own = add({.value = &value});
        // Not straight into objects_: it grows while the children are numbered.
        std::vector<uint64_t> references;
        if (const Array* array = value.array()) {
            for (const Value& item : *array) references.push_back(number(item));
        } else if (const Dict* dict = value.dict()) {
            for (const auto& entry : *dict) references.push_back(number_of_text(entry.key));
            for (const auto& entry : *dict) references.push_back(number(entry.value));
        }
        objects_[own].references = std::move(references);
        return own;
    }

    void append_object(Bytes& to, const Object& object) const {
        if (object.value == nullptr) {
            append_string(to, object.key);
            return;
        }
        std::visit([&](const auto& value) { append_value(to, value, object); },
                   object.value->variant());
    }

    void append_references(Bytes& to, const Object& object) const {
        for (const uint64_t one : object.references) append_be(to, one, reference_size_);
    }

    void append_value(Bytes& to, const Dict& value, const Object& object) const {
        append_marker(to, 0xd, value.size());
        append_references(to, object);
    }
    void append_value(Bytes& to, const Array& value, const Object& object) const {
        append_marker(to, 0xa, value.size());
        append_references(to, object);
    }
    static void append_value(Bytes& to, const std::string& value, const Object&) {
        append_string(to, value);
    }
    static void append_value(Bytes& to, int64_t value, const Object&) {
        if (value >= 0) {
            append_integer(to, static_cast<uint64_t>(value));
            return;
        }
        to.push_back(std::byte{0x13});  // only 8 bytes have a sign
        append_be(to, static_cast<uint64_t>(value), 8);
    }
    static void append_value(Bytes& to, uint64_t value, const Object&) {
        to.push_back(std::byte{0x14});  // 8 bytes would be read as a negative number
        append_be(to, 0, 8);
        append_be(to, value, 8);
    }
    static void append_value(Bytes& to, bool value, const Object&) {
        to.push_back(value ? std::byte{0x09} : std::byte{0x08});
    }
    static void append_value(Bytes& to, double value, const Object&) {
        to.push_back(std::byte{0x23});
        append_be(to, std::bit_cast<uint64_t>(value), 8);
    }
    static void append_value(Bytes& to, const Bytes& value, const Object&) {
        append_marker(to, 0x4, value.size());
        append(to, value);
    }
    static void append_value(Bytes& to, const Date& value, const Object&) {
        to.push_back(std::byte{0x33});
        append_be(to, std::bit_cast<uint64_t>(value.seconds), 8);
    }
    static void append_value(Bytes& to, const Uid& value, const Object&) {
        const size_t width = width_of(value.number);
        to.push_back(static_cast<std::byte>(0x80 | (width - 1)));
        append_be(to, value.number, width);
    }

    std::vector<Object> objects_{};
    std::unordered_map<std::string_view, uint64_t> texts_{};
    std::unordered_map<int64_t, uint64_t> integers_{};
    size_t reference_size_ = 1;
};

}  // namespace

Bytes write_binary(const Value& value) {
    return BinaryWriter(value).finish();
}

}  // namespace lifeboat::plist
