// A contact as one account of a phone keeps it, and the groups it belongs to. What the phone shows
// as one person may be several of these, joined by the phone itself.
#pragma once

#include "personal/collection.h"
#include "personal/fields.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::personal {

// By the names of Android's tables (ContactsContract): account_name, account_type, data_set, title,
// notes, group_visible, system_id.
struct ContactGroup {
    Fields fields{};
    bool operator==(const ContactGroup&) const = default;
};

// One thing about a contact: its name, a number, an address, a picture.
struct ContactRow {
    Fields fields{};      // mimetype, data1 to data14, is_primary, is_super_primary
    std::string group{};  // of a membership: the group's title; data1 is not portable
    bool has_photo = false;
    std::string
        photo{};  // the picture's file name below personal/contacts/photos; empty: not saved
    bool operator==(const ContactRow&) const = default;
};

struct Contact {
    Fields fields{};  // account_name, account_type, data_set, display_name, starred,
                      // send_to_voicemail, custom_ringtone
    std::vector<ContactRow> rows{};
    bool operator==(const Contact&) const = default;
};

namespace contact_row {
inline constexpr std::string_view name = "vnd.android.cursor.item/name";
inline constexpr std::string_view phone = "vnd.android.cursor.item/phone_v2";
inline constexpr std::string_view email = "vnd.android.cursor.item/email_v2";
inline constexpr std::string_view photo = "vnd.android.cursor.item/photo";
inline constexpr std::string_view group = "vnd.android.cursor.item/group_membership";
inline constexpr std::string_view organization = "vnd.android.cursor.item/organization";
}  // namespace contact_row

// By name, so that a changed number is a change and no other contact; by organization, number or
// address where there is no name. The account is no part of it: a contact that comes back on the
// phone itself is the same contact. Not in the digest: what the phone works out itself (numbers as
// they are dialled, styles of names), and a picture's bytes, as phones write pictures anew: only
// that there is one.
Record record_of(const Contact& contact);
// The digest of one row alone, for finding what a contact lacks.
std::string digest_of(const ContactRow& row);

// Accounts of apps that list people they found themselves (messengers): they come with the app.
bool is_of_an_app(const Contact& contact);

struct ContactBook {
    std::vector<ContactGroup> groups{};
    std::vector<Contact> contacts{};
    bool operator==(const ContactBook&) const = default;
};

// contacts.jsonl: the groups, then the contacts. The errors of decode_calls.
std::string encode_contacts(const ContactBook& book);
ContactBook decode_contacts(std::string_view text);

}  // namespace lifeboat::personal
