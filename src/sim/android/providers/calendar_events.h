// What the calendar provider makes of an event that is inserted, and of a guest. After AOSP's
// CalendarProvider2: insertInTransaction, scrubEventData, updateEventAttendeeStatus.
#pragma once

#include "sim/android/providers/provider_database.h"

namespace lifeboat::sim::android {

// Throws JavaException for what the provider refuses.
void insert_calendar_event(ProviderDatabase& database, ContentValues values, bool by_sync_adapter);

// A guest who is the calendar's owner: the event has their answer, too.
void note_own_answer(ProviderDatabase& database, const ContentValues& attendee);

}  // namespace lifeboat::sim::android
