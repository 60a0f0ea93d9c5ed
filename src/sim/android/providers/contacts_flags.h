// Which row of its kind stands for a contact and for a person, and the groups a contact joins by
// itself. After AOSP's DataRowHandler, ContactsProvider2 and ContactAggregator.
#pragma once

#include "sim/android/providers/provider_database.h"

namespace lifeboat::sim::android {

// After a row was inserted: of a contact one row of a kind is primary, of a person one is super
// primary. A 0 for the second takes it from all rows of the person, when the row is primary.
void insert_flags(ProviderDatabase& database, int64_t row, const ContentValues& values);
// Before a row is updated: what is said of the flags, which goes from the values.
void update_flags(ProviderDatabase& database, int64_t row, ContentValues& values);

// Before a contact joins a person: where both have a super primary row of a kind, neither keeps it.
void join_flags(ProviderDatabase& database, int64_t raw_contact, int64_t contact);

// A new contact of an account is in the group that takes everyone, a starred one in that of the
// favourites. Not when a sync adapter made it.
void join_own_groups(ProviderDatabase& database, int64_t raw_contact, bool starred);
// Who is in the group of the favourites is starred.
void star_favourites(ProviderDatabase& database, int64_t raw_contact);

}  // namespace lifeboat::sim::android
