#include "sim/exif.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace lifeboat::sim {

namespace {

constexpr uint16_t type_byte = 1;
constexpr uint16_t type_ascii = 2;
constexpr uint16_t type_short = 3;
constexpr uint16_t type_long = 4;
constexpr uint16_t type_rational = 5;

struct Field {
    uint16_t tag = 0;
    uint16_t type = 0;
    uint32_t count = 0;
    Bytes value{};
};

Field ascii(uint16_t tag, std::string_view text) {
    Bytes value = to_bytes(text);
    value.push_back(std::byte{0});
    return {tag, type_ascii, static_cast<uint32_t>(value.size()), std::move(value)};
}

Field number(uint16_t tag, uint16_t type, uint32_t value) {
    Field field{tag, type, 1, {}};
    if (type == type_short)
        append_le<uint16_t>(field.value, static_cast<uint16_t>(value));
    else
        append_le<uint32_t>(field.value, value);
    return field;
}

Field rationals(uint16_t tag, const std::vector<std::pair<uint32_t, uint32_t>>& values) {
    Field field{tag, type_rational, static_cast<uint32_t>(values.size()), {}};
    for (const auto& [above, below] : values) {
        append_le<uint32_t>(field.value, above);
        append_le<uint32_t>(field.value, below);
    }
    return field;
}

// A directory at `offset` of the TIFF: its fields in order of their tags, long values behind it.
Bytes make_directory(std::vector<Field> fields, size_t offset) {
    std::sort(fields.begin(), fields.end(),
              [](const Field& a, const Field& b) { return a.tag < b.tag; });
    Bytes out;
    Bytes behind;
    const size_t size = 2 + 12 * fields.size() + 4;
    append_le<uint16_t>(out, static_cast<uint16_t>(fields.size()));
    for (const Field& field : fields) {
        append_le<uint16_t>(out, field.tag);
        append_le<uint16_t>(out, field.type);
        append_le<uint32_t>(out, field.count);
        Bytes inlined = field.value;
        if (inlined.size() > 4) {
            inlined.clear();
            append_le<uint32_t>(inlined, static_cast<uint32_t>(offset + size + behind.size()));
            append(behind, field.value);
            if (behind.size() % 2 != 0) behind.push_back(std::byte{0});
        }
        inlined.resize(4);
        append(out, inlined);
    }
    append_le<uint32_t>(out, 0);  // no further directory
    append(out, behind);
    return out;
}

std::string exif_time(TimePoint time) {
    std::string text = to_rfc3339(std::chrono::floor<std::chrono::seconds>(time)).substr(0, 19);
    text[4] = text[7] = ':';
    text[10] = ' ';
    return text;
}

Field degrees(uint16_t tag, double value) {
    const double all = std::abs(value);
    const double minutes = (all - std::floor(all)) * 60;
    const double seconds = (minutes - std::floor(minutes)) * 60;
    return rationals(tag, {{static_cast<uint32_t>(all), 1},
                           {static_cast<uint32_t>(minutes), 1},
                           {static_cast<uint32_t>(seconds * 100), 100}});
}

std::vector<Field> gps_fields(const GeoPoint& place) {
    return {Field{0x0000, type_byte, 4, {std::byte{2}, std::byte{3}, std::byte{0}, std::byte{0}}},
            ascii(0x0001, place.latitude < 0 ? "S" : "N"), degrees(0x0002, place.latitude),
            ascii(0x0003, place.longitude < 0 ? "W" : "E"), degrees(0x0004, place.longitude)};
}

std::vector<Field> photo_fields(const ExifData& data) {
    const std::string time = exif_time(data.taken);
    const auto since = data.taken.time_since_epoch();
    const auto ms = std::chrono::floor<std::chrono::milliseconds>(since).count() % 1000;
    return {rationals(0x829a, {{1, 120}}),
            rationals(0x829d, {{18, 10}}),
            number(0x8827, type_short, 64),
            Field{0x9000, 7, 4, to_bytes("0232")},
            ascii(0x9003, time),
            ascii(0x9004, time),
            ascii(0x9011, "+00:00"),
            ascii(0x9291, fmt::format("{:03}", ms)),
            number(0xa002, type_long, data.width),
            number(0xa003, type_long, data.height)};
}

}  // namespace

Bytes make_exif(const ExifData& data) {
    constexpr size_t tiff_header = 8;
    std::vector<Field> fields{ascii(0x010f, data.maker), ascii(0x0110, data.model),
                              number(0x0112, type_short, 1), ascii(0x0132, exif_time(data.taken)),
                              number(0x8769, type_long, 0)};
    if (data.place) fields.push_back(number(0x8825, type_long, 0));
    // Only the pointers change between this and the second pass, never a size.
    const size_t photo_at = tiff_header + make_directory(fields, tiff_header).size();
    const Bytes photo = make_directory(photo_fields(data), photo_at);
    const size_t gps_at = photo_at + photo.size();
    fields[4] = number(0x8769, type_long, static_cast<uint32_t>(photo_at));
    if (data.place) fields[5] = number(0x8825, type_long, static_cast<uint32_t>(gps_at));

    Bytes out = to_bytes(std::string_view("Exif\0\0II*\0", 10));
    append_le<uint32_t>(out, tiff_header);
    append(out, make_directory(fields, tiff_header));
    append(out, photo);
    if (data.place) append(out, make_directory(gps_fields(*data.place), gps_at));
    return out;
}

}  // namespace lifeboat::sim
