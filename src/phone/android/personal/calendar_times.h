// When an event ends, in the form that a phone keeps. From what a sync adapter inserts, AOSP's
// CalendarProvider2 (scrubEventData) drops the end of a series and the length of everything else;
// apps may have written them so all the same.
#pragma once

#include "personal/fields.h"

namespace lifeboat::phone::android {

// A series with a `duration`, everything else with a `dtend`. As they were where that is so, or
// where the times make no sense.
personal::Fields with_kept_times(personal::Fields event);

}  // namespace lifeboat::phone::android
