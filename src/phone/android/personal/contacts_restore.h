// Puts contacts back, row by row: a raw contact under a mark of its own, its rows, its picture, its
// groups; then the mark is taken away. Cut in the middle, the next run finds the marks and goes on.
#pragma once

#include "base/event.h"
#include "item/item.h"
#include "personal/contact.h"
#include "personal/restore_outcome.h"
#include "phone/android/personal/content_commands.h"

namespace lifeboat::phone::android {

// A contact of an account comes back into that account when the phone has it and shows contacts of
// it; while it shows none, they are left to its sync; without the account they come back on the
// phone itself. Throws Temporary when the connection breaks.
personal::RestoreOutcome restore_contacts(ContentCommands& content,
                                          const personal::ContactBook& book,
                                          const FileTree& snapshot, bool dry_run, EventSink& events,
                                          const std::stop_token& stop);

}  // namespace lifeboat::phone::android
