// content://com.android.contacts: people, the accounts they come from, their pictures, and vCards.
#pragma once

#include "sim/android/providers/contacts_database.h"
#include "sim/android/providers/provider.h"

namespace lifeboat::sim::android {

class ContactsProvider : public ContentProvider {
public:
    explicit ContactsProvider(ContactsDatabase& contacts) : contacts_(contacts) {}

    std::optional<Cursor> query(const Caller& caller, const QueryRequest& request) override;
    void insert(const Caller& caller, const ContentUri& uri, const ContentValues& values) override;
    void update(const Caller& caller, const ContentUri& uri, const ContentValues& values,
                const std::string& where) override;
    void remove(const Caller& caller, const ContentUri& uri, const std::string& where) override;
    Bytes read(const Caller& caller, const ContentUri& uri) override;
    void write(const Caller& caller, const ContentUri& uri, ByteView bytes) override;

private:
    void insert_raw_contact(const Caller& caller, const ContentUri& uri, ContentValues values);
    void insert_data(const Caller& caller, const ContentUri& uri, ContentValues values);
    void insert_group(const ContentUri& uri, ContentValues values);
    void remove_raw_contacts(const Caller& caller, const ContentUri& uri,
                             const std::string& condition);
    // Takes account_name and account_type out of the values or the address.
    int64_t account_of(const ContentUri& uri, ContentValues& values);
    Bytes photo_of(const std::string& contact_condition, bool whole, const ContentUri& uri);

    ContactsDatabase& contacts_;
};

}  // namespace lifeboat::sim::android
