#include "phone/android/personal/contacts_reader.h"

#include "phone/android/personal/provider_rows.h"

#include <fmt/format.h>

#include <unordered_map>

namespace lifeboat::phone::android {
namespace {

namespace row_kind = personal::contact_row;
using personal::Fields;
using personal::number_of;
using personal::text_of;

class Reader {
public:
    Reader(ContentCommands& content, const std::stop_token& stop)
        : content_(content), stop_(stop) {}

    PhoneContacts read() {
        read_groups();
        read_raw_contacts();
        read_rows();
        leave_apps_out();
        return std::move(found_);
    }

private:
    ContentTable table(const ContentQuery& query) {
        ContentTable read = read_table(content_, query, stop_);
        for (const UnreadValue& one : read.unread) found_.unread.push_back(one);
        found_.drifted = found_.drifted || read.drifted;
        return read;
    }

    void read_groups() {
        for (const ContentRow& row : table(groups_query()).rows) {
            Fields fields = fields_of(groups_query(), row);
            titles_[std::to_string(row.id)] = text_of(fields, "title");
            PhoneGroup group{.id = row.id, .account = account_of(fields)};
            fields.erase("deleted");
            group.group.fields = std::move(fields);
            found_.groups.push_back(std::move(group));
        }
    }

    void read_raw_contacts() {
        for (const ContentRow& row : table(raw_contacts_query()).rows) {
            Fields fields = fields_of(raw_contacts_query(), row);
            RawContact raw{.id = row.id,
                           .contact_id = number_of(fields, "contact_id"),
                           .source_id = text_of(fields, "sourceid")};
            for (const char* own : {"contact_id", "sourceid", "deleted"}) fields.erase(own);
            raw.contact.fields = std::move(fields);
            places_[row.id] = found_.contacts.size();
            found_.contacts.push_back(std::move(raw));
        }
    }

    void read_rows() {
        const auto with_photo =
            read_ids(content_, contacts_uri::data,
                     fmt::format("mimetype='{}' AND (data15 IS NOT NULL OR data14 IS NOT NULL)",
                                 row_kind::photo),
                     stop_);
        const std::set<int64_t> photos(with_photo.begin(), with_photo.end());
        for (const ContentRow& row : table(data_query()).rows) {
            Fields fields = fields_of(data_query(), row);
            const auto owner = places_.find(number_of(fields, "raw_contact_id"));
            if (owner != places_.end())
                add_row(found_.contacts[owner->second], row.id, std::move(fields), photos);
        }
    }

    void add_row(RawContact& raw, int64_t id, Fields fields, const std::set<int64_t>& photos) {
        const std::string version = text_of(fields, "data_version");
        for (const char* own : {"raw_contact_id", "data_version"}) fields.erase(own);
        personal::ContactRow row{.fields = std::move(fields)};
        const std::string& mimetype = text_of(row.fields, "mimetype");
        if (mimetype == row_kind::group) {
            const auto title = titles_.find(text_of(row.fields, "data1"));
            if (title != titles_.end()) row.group = title->second;
        }
        if (mimetype == row_kind::photo) {
            row.has_photo = photos.contains(id);
            const size_t place = raw.contact.rows.size();
            const auto file = personal::find_text(row.fields, "data14");
            if (row.has_photo) {
                raw.photo_uris[place] =
                    file ? fmt::format("{}/{}", contacts_uri::display_photo, uri_part(*file))
                         : fmt::format("{}/{}/photo", contacts_uri::contacts, raw.contact_id);
                personal::FieldDigest name;
                name.add("row", std::to_string(id));
                name.add("version", version);
                name.add("file", file.value_or(""));
                name.add("contact", record_of(raw.contact).identity);
                raw.photo_names[place] = name.hex() + ".jpg";
            }
        }
        raw.contact.rows.push_back(std::move(row));
        raw.row_ids.push_back(id);
    }

    void leave_apps_out() {
        found_.of_apps = std::erase_if(
            found_.contacts, [](const RawContact& raw) { return is_of_an_app(raw.contact); });
    }

    ContentCommands& content_;
    const std::stop_token& stop_;
    PhoneContacts found_{};
    std::map<std::string, std::string> titles_{};  // of groups, by id
    std::unordered_map<int64_t, size_t> places_{};
};

}  // namespace

const ContentQuery& raw_contacts_query() {
    static const ContentQuery query{.uri = contacts_uri::raw_contacts,
                                    .numbers = {"contact_id", "starred", "send_to_voicemail"},
                                    .texts = {"account_name", "account_type", "data_set",
                                              "sourceid", "display_name", "custom_ringtone"},
                                    .where = "deleted=0",
                                    .optional = {"custom_ringtone", "data_set"}};
    return query;
}

const ContentQuery& data_query() {
    static const ContentQuery query{
        .uri = contacts_uri::data,
        .numbers = {"raw_contact_id", "is_primary", "is_super_primary", "data_version"},
        .texts = {"mimetype", "data1", "data2", "data3", "data4", "data5", "data6", "data7",
                  "data8", "data9", "data10", "data11", "data12", "data13", "data14"}};
    return query;
}

const ContentQuery& groups_query() {
    static const ContentQuery query{
        .uri = contacts_uri::groups,
        .numbers = {"group_visible", "deleted"},
        .texts = {"title", "notes", "system_id", "account_name", "account_type", "data_set"},
        .where = "deleted=0",
        .optional = {"data_set"}};
    return query;
}

ContactAccount account_of(const Fields& fields) {
    return {.type = text_of(fields, "account_type"), .name = text_of(fields, "account_name")};
}

PhoneContacts read_contacts(ContentCommands& content, const std::stop_token& stop) {
    return Reader(content, stop).read();
}

std::vector<personal::Record> records_of(const std::vector<RawContact>& contacts) {
    std::vector<personal::Record> records;
    records.reserve(contacts.size());
    for (const RawContact& raw : contacts) records.push_back(record_of(raw.contact));
    return records;
}

}  // namespace lifeboat::phone::android
