// contacts2.db of a phone: raw contacts of accounts, their data rows, and the contacts that stand
// for one person each.
#pragma once

#include "sim/android/providers/provider_database.h"

#include <optional>
#include <string>

namespace lifeboat::sim::android {

namespace mimetype {
inline constexpr std::string_view name = "vnd.android.cursor.item/name";
inline constexpr std::string_view phone = "vnd.android.cursor.item/phone_v2";
inline constexpr std::string_view email = "vnd.android.cursor.item/email_v2";
inline constexpr std::string_view organization = "vnd.android.cursor.item/organization";
inline constexpr std::string_view nickname = "vnd.android.cursor.item/nickname";
inline constexpr std::string_view postal = "vnd.android.cursor.item/postal-address_v2";
inline constexpr std::string_view note = "vnd.android.cursor.item/note";
inline constexpr std::string_view event = "vnd.android.cursor.item/contact_event";
inline constexpr std::string_view website = "vnd.android.cursor.item/website";
inline constexpr std::string_view photo = "vnd.android.cursor.item/photo";
inline constexpr std::string_view group = "vnd.android.cursor.item/group_membership";
}  // namespace mimetype

// An account; without name and type it is the phone itself.
struct AccountName {
    std::optional<std::string> name{};
    std::optional<std::string> type{};
};

class ContactsDatabase {
public:
    ContactsDatabase();

    ProviderDatabase& sql() { return database_; }

    // The account's number; made when there is none.
    int64_t account_of(const AccountName& account);
    // After the data of a raw contact changed: its display name, the contact it belongs to (of the
    // same name in another account, else its own), and what that contact shows.
    void aggregate(int64_t raw_contact, int64_t now_ms);
    // Numbers of photo files never come again.
    int64_t keep_photo(ByteView jpeg);
    std::optional<Bytes> photo(int64_t file);
    // Sets the picture of a raw contact: a small one in its data row, the whole one in a file.
    void set_photo(int64_t raw_contact, ByteView jpeg, ByteView thumbnail);
    // Rows of contacts that have no raw contact any more.
    void drop_empty_contacts();

private:
    struct Raw {
        int64_t account = 0;
        int64_t contact = 0;
        bool deleted = false;
        bool alone = false;  // its person wants no aggregation
        std::string name{};
        int64_t name_source = 0;
    };
    Raw load(int64_t raw_contact);
    int64_t contact_for(int64_t raw_contact, const Raw& raw);
    void refresh_contact(int64_t contact, int64_t now_ms);
    std::string lookup_key(int64_t contact);

    ProviderDatabase database_;
};

}  // namespace lifeboat::sim::android
