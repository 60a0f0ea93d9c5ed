#include "sim/android/providers/vcard.h"

#include "base/text.h"
#include "crypto/base64.h"

#include <fmt/format.h>

#include <array>

namespace lifeboat::sim::android {

namespace {

using Columns = std::array<std::string, 16>;  // data1 stands at 1

bool is_plain(std::string_view text) {
    return std::ranges::all_of(text, [](unsigned char c) { return c >= 0x20 && c < 0x7f; });
}

// Quoted-printable with soft breaks, as the phone's composer folds it.
std::string quoted_printable(std::string_view text) {
    constexpr size_t width = 67;
    std::string out;
    size_t column = 0;
    for (size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        const std::string coded = fmt::format("={:02X}", c);
        out += coded;
        column += coded.size();
        if (column >= width && i + 1 < text.size()) {
            out += "=\r\n";
            column = 0;
        }
    }
    return out;
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == ';' || c == '\\') out += '\\';
        out += c;
    }
    return out;
}

// One property whose value has these parts.
std::string property(const std::string& name, std::span<const std::string> parts) {
    bool plain = true;
    for (const std::string& part : parts) plain = plain && is_plain(part);
    std::string value;
    for (size_t i = 0; i < parts.size(); ++i) {
        if (i > 0) value += ';';
        value += plain ? escaped(parts[i]) : quoted_printable(parts[i]);
    }
    return fmt::format("{}{}:{}\r\n", name, plain ? "" : ";CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE",
                       value);
}

std::string property(const std::string& name, const std::string& value) {
    return property(name, std::span(&value, 1));
}

std::string phone_kind(const std::string& type, const std::string& label) {
    static const std::map<std::string, std::string, std::less<>> kinds{
        {"1", "HOME"},     {"2", "CELL"},  {"3", "WORK"},  {"4", "WORK;FAX"},
        {"5", "HOME;FAX"}, {"6", "PAGER"}, {"7", "VOICE"}, {"12", "PREF"}};
    if (type == "0") return label.empty() ? "VOICE" : "X-" + label;
    const auto found = kinds.find(type);
    return found == kinds.end() ? "VOICE" : found->second;
}

std::string place_kind(const std::string& type) {
    return type == "1" ? ";HOME" : type == "2" ? ";WORK" : "";
}

std::string photo_property(ByteView bytes) {
    constexpr size_t first = 72;
    constexpr size_t others = 73;
    std::string line = "PHOTO;ENCODING=BASE64;JPEG:" + crypto::to_base64(bytes);
    std::string out;
    std::string_view rest = line;
    for (size_t width = first; !rest.empty(); width = others) {
        out += out.empty() ? "" : "\r\n ";
        out += rest.substr(0, width);
        rest.remove_prefix(std::min(width, rest.size()));
    }
    return out + "\r\n\r\n";
}

std::string line_of(const std::string& kind, const Columns& d) {
    if (kind == mimetype::phone) return property("TEL;" + phone_kind(d[2], d[3]), d[1]);
    if (kind == mimetype::email) return property("EMAIL" + place_kind(d[2]), d[1]);
    if (kind == mimetype::organization) {
        return property("ORG", d[1]) + (d[4].empty() ? "" : property("TITLE", d[4]));
    }
    if (kind == mimetype::nickname) {
        return property("X-ANDROID-CUSTOM", std::array<std::string, 2>{std::string(kind), d[1]});
    }
    if (kind == mimetype::postal) {
        return property("ADR" + place_kind(d[2]),
                        std::array<std::string, 7>{d[5], d[6], d[4], d[7], d[8], d[9], d[10]});
    }
    if (kind == mimetype::note) return property("NOTE", d[1]);
    if (kind == mimetype::website) return property("URL", d[1]);
    if (kind == mimetype::event && d[2] == "3") return property("BDAY", d[1]);
    return "";
}

std::string vcard(ContactsDatabase& contacts, int64_t contact, bool photos) {
    const Cursor data = contacts.sql().rows(fmt::format(
        "SELECT d.mimetype, d.data1, d.data2, d.data3, d.data4, d.data5, d.data6, d.data7, "
        "d.data8, d.data9, d.data10, d.data14, d.data15 FROM data d JOIN raw_contacts r ON "
        "d.raw_contact_id=r._id WHERE r.contact_id={} ORDER BY r._id, d._id",
        contact));
    const auto shown = contacts.sql().text(
        fmt::format("SELECT display_name FROM view_contacts WHERE _id={}", contact));
    std::string name = property("N", std::array<std::string, 5>{});
    std::string rest;
    std::string photo;
    for (const auto& row : data.rows) {
        const std::string kind = text_of(row[0]).value_or("");
        Columns d{};
        for (size_t i = 1; i <= 10; ++i) d[i] = text_of(row[i]).value_or("");
        if (kind == mimetype::name && name.starts_with("N:;;;;")) {
            name = property("N", std::array<std::string, 5>{d[3], d[2], d[5], d[4], d[6]});
        }
        rest += line_of(kind, d);
        if (kind != mimetype::photo || !photos || !photo.empty()) continue;
        const auto file = number_of(row[11]);
        const auto whole = file ? contacts.photo(*file) : std::nullopt;
        const auto* small = std::get_if<Bytes>(&row[12]);
        if (whole || small != nullptr) photo = photo_property(whole ? *whole : *small);
    }
    return "BEGIN:VCARD\r\nVERSION:2.1\r\n" + name + property("FN", shown.value_or("")) + rest +
           photo + "END:VCARD\r\n";
}

}  // namespace

std::string vcards(ContactsDatabase& contacts, std::span<const std::string> lookup_keys,
                   bool photos) {
    std::string out;
    for (const std::string& key : lookup_keys) {
        const Value wanted = key;
        const int64_t contact =
            contacts.sql().number("SELECT _id FROM contacts WHERE lookup=?", {&wanted, 1});
        if (contact != 0) out += vcard(contacts, contact, photos);
    }
    return out;
}

}  // namespace lifeboat::sim::android
