// Puts events back: the calendar, each event under a mark of its own, its reminders, guests and
// properties. Cut in the middle, the next run finds the marks and goes on.
#pragma once

#include "base/event.h"
#include "personal/calendar.h"
#include "personal/restore_outcome.h"
#include "phone/android/personal/content_commands.h"

#include <span>

namespace lifeboat::phone::android {

// Calendars of the phone itself come back as they were. Those of an account that the phone is
// signed in to come back by its sync; without the account they become calendars of the phone itself
// under the same name. Throws Temporary when the connection breaks.
personal::RestoreOutcome restore_calendars(ContentCommands& content,
                                           std::span<const personal::Calendar> calendars,
                                           bool dry_run, EventSink& events,
                                           const std::stop_token& stop);

}  // namespace lifeboat::phone::android
