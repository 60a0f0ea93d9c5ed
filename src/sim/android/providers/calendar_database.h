// The tables of calendar.db, and the instances of repeated events.
#pragma once

#include "sim/android/providers/provider_database.h"

namespace lifeboat::sim::android {

// For the database's constructor.
extern const char* const calendar_schema;

// Fills the table Instances with what happens between two times in milliseconds. Knows the rules
// DAILY, WEEKLY (with BYDAY), MONTHLY and YEARLY with INTERVAL, COUNT and UNTIL, in UTC.
void fill_instances(ProviderDatabase& database, int64_t from_ms, int64_t to_ms);

}  // namespace lifeboat::sim::android
