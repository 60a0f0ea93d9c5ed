#include "personal/contact.h"

#include "personal/json_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace lifeboat::personal {

namespace {

using nlohmann::json;

constexpr std::string_view kind = "contacts";
constexpr unsigned version = 1;

// What the phone itself works out of the rest of a row.
bool is_worked_out(std::string_view mimetype, std::string_view column) {
    if (mimetype == contact_row::phone) return column == "data4";
    if (mimetype == contact_row::name) return column == "data10" || column == "data11";
    if (mimetype == contact_row::organization) return column == "data10";
    return false;
}

const std::string& first_value(const Contact& contact, std::string_view mimetype) {
    static const std::string nothing;
    for (const ContactRow& row : contact.rows) {
        if (text_of(row.fields, "mimetype") != mimetype) continue;
        const std::string& value = text_of(row.fields, "data1");
        if (!value.empty()) return value;
    }
    return nothing;
}

// Not display_name: the phone makes it, and it may come a moment later.
std::string name_of(const Contact& contact) {
    for (const std::string_view mimetype : {contact_row::name, contact_row::organization,
                                            std::string_view("vnd.android.cursor.item/nickname"),
                                            contact_row::phone, contact_row::email}) {
        const std::string& value = first_value(contact, mimetype);
        if (!value.empty()) return value;
    }
    return {};
}

std::string label_of(const Contact& contact) {
    const std::string name = name_of(contact);
    const std::string& number = first_value(contact, contact_row::phone);
    if (name.empty()) return "a contact without a name";
    return number.empty() || number == name
               ? label_text(name)
               : fmt::format("{}, {}", label_text(name), label_text(number));
}

json to_json(const ContactRow& row) {
    json out{{"fields", fields_json(row.fields)}};
    if (!row.group.empty()) out["group"] = text_json(row.group);
    if (row.has_photo) out["photo"] = row.photo;
    return out;
}

ContactRow row_of(const json& in) {
    ContactRow row{.fields = fields_of(in.at("fields"))};
    if (in.contains("group")) row.group = text_value(in["group"]);
    if (in.contains("photo")) {
        row.has_photo = true;
        row.photo = in["photo"].get<std::string>();
        // A name of a file, never a way to another one.
        if (row.photo.find('/') != std::string::npos || row.photo.starts_with('.'))
            throw Corrupt("a picture has no plain file name");
    }
    return row;
}

}  // namespace

std::string digest_of(const ContactRow& row) {
    static constexpr std::array<std::string_view, 14> columns{
        "data1", "data2", "data3",  "data4",  "data5",  "data6",  "data7",
        "data8", "data9", "data10", "data11", "data12", "data13", "data14"};
    const std::string& mimetype = text_of(row.fields, "mimetype");
    FieldDigest digest;
    digest.add("mimetype", mimetype);
    if (number_of(row.fields, "is_super_primary") != 0) digest.add("default", "1");
    if (mimetype == contact_row::photo) {
        digest.add("photo", row.has_photo ? "1" : "0");
    } else if (mimetype == contact_row::group) {
        digest.add("group", row.group);
    } else {
        for (const std::string_view column : columns) {
            if (!is_worked_out(mimetype, column)) digest.add(row.fields, {column});
        }
    }
    return digest.hex();
}

Record record_of(const Contact& contact) {
    std::vector<std::string> rows;
    for (const ContactRow& row : contact.rows) rows.push_back(digest_of(row));
    std::sort(rows.begin(), rows.end());
    FieldDigest digest;
    digest.add("starred", number_of(contact.fields, "starred") != 0 ? "1" : "0");
    digest.add("voicemail", number_of(contact.fields, "send_to_voicemail") != 0 ? "1" : "0");
    for (const std::string& row : rows) digest.add("row", row);
    return {.identity = name_of(contact), .digest = digest.hex(), .label = label_of(contact)};
}

bool is_of_an_app(const Contact& contact) {
    static constexpr std::array<std::string_view, 13> apps{"ch.threema.app",
                                                           "com.facebook.",
                                                           "com.google.android.apps.tachyon",
                                                           "com.instagram.",
                                                           "com.linkedin.",
                                                           "com.skype.",
                                                           "com.tencent.mm",
                                                           "com.twitter.",
                                                           "com.viber.voip",
                                                           "com.whatsapp",
                                                           "jp.naver.line.android",
                                                           "org.telegram.",
                                                           "org.thoughtcrime.securesms"};
    const std::string& type = text_of(contact.fields, "account_type");
    return std::any_of(apps.begin(), apps.end(),
                       [&](std::string_view app) { return type.starts_with(app); });
}

std::string encode_contacts(const ContactBook& book) {
    std::vector<std::string> lines;
    for (const ContactGroup& group : book.groups)
        lines.push_back(json_line({{"group", fields_json(group.fields)}}));
    for (const Contact& contact : book.contacts) {
        json rows = json::array();
        for (const ContactRow& row : contact.rows) rows.push_back(to_json(row));
        lines.push_back(
            json_line({{"contact", fields_json(contact.fields)}, {"rows", std::move(rows)}}));
    }
    return write_lines(kind, version, lines);
}

ContactBook decode_contacts(std::string_view text) {
    ContactBook book;
    each_json_line(text, kind, version, [&](const json& line) {
        if (line.contains("group")) {
            book.groups.push_back({fields_of(line["group"])});
            return;
        }
        Contact contact{.fields = fields_of(line.at("contact"))};
        for (const json& row : line.at("rows")) contact.rows.push_back(row_of(row));
        book.contacts.push_back(std::move(contact));
    });
    return book;
}

}  // namespace lifeboat::personal
