// The contacts provider, content://com.android.contacts, read into contacts with the ids of their
// rows.
#pragma once

#include "personal/contact.h"
#include "phone/android/personal/content_table.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace lifeboat::phone::android {

namespace contacts_uri {
inline constexpr const char* raw_contacts = "content://com.android.contacts/raw_contacts";
inline constexpr const char* data = "content://com.android.contacts/data";
inline constexpr const char* groups = "content://com.android.contacts/groups";
inline constexpr const char* contacts = "content://com.android.contacts/contacts";
inline constexpr const char* display_photo = "content://com.android.contacts/display_photo";
}  // namespace contacts_uri

// The columns of the three tables.
const ContentQuery& raw_contacts_query();
const ContentQuery& data_query();
const ContentQuery& groups_query();

struct ContactAccount {
    std::string type{}, name{};  // both empty: the phone itself
    auto operator<=>(const ContactAccount&) const = default;
};
ContactAccount account_of(const personal::Fields& fields);

struct RawContact {
    int64_t id = 0;
    int64_t contact_id = 0;  // of the person the phone shows
    std::string source_id{};
    personal::Contact contact{};
    std::vector<int64_t> row_ids{};  // of contact.rows
    // Of a row with a picture: where its bytes are, and a name that changes with it.
    std::map<size_t, std::string> photo_uris{};
    std::map<size_t, std::string> photo_names{};
};

struct PhoneGroup {
    int64_t id = 0;
    ContactAccount account{};
    personal::ContactGroup group{};
};

struct PhoneContacts {
    std::vector<RawContact> contacts{};  // without those of apps
    std::vector<PhoneGroup> groups{};
    uint64_t of_apps = 0;
    std::vector<UnreadValue> unread{};
    bool drifted = false;
};

// Throws ContentRefused, Temporary, Garbled.
PhoneContacts read_contacts(ContentCommands& content, const std::stop_token& stop);

std::vector<personal::Record> records_of(const std::vector<RawContact>& contacts);

}  // namespace lifeboat::phone::android
