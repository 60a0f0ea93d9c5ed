// One class of what a person keeps in an Android phone's databases: how it is read, and how it goes
// back. Contacts, messages, calls, apps ... are one file each; personal_backup joins them.
#pragma once

#include "base/event.h"
#include "item/item.h"
#include "personal/collection.h"
#include "personal/restore_outcome.h"
#include "phone/android/storage_scan.h"

#include <memory>
#include <stop_token>
#include <string_view>
#include <vector>

namespace lifeboat::phone::android {

// Where the files of a class go. Without a sink only the records are wanted, for a comparison.
struct PersonalTarget {
    ItemSink* sink = nullptr;
    const FileTree* previous = nullptr;  // what the last backup had, so as not to read it again
};

// One thread uses it at a time.
class PersonalSource {
public:
    virtual ~PersonalSource() = default;

    // The id of its collection, and the name of its folder below `personal/`.
    virtual std::string_view id() const = 0;

    // Reads everything the phone shows, and puts its files below folder_of(id()). What the phone
    // refuses is the collection's `reading` and `why`, not an exception. Throws Temporary when the
    // connection breaks (it may be called again from its start), and what the sink throws.
    virtual personal::Collection read(const PersonalTarget& target, EventSink& events,
                                      const std::stop_token& stop) = 0;

    // Puts the snapshot's records of this class onto the phone: what is there already is not
    // written, what was written is read back and compared. Throws Temporary when the connection
    // breaks: called again, it goes on without doubling anything.
    virtual personal::RestoreOutcome restore(const FileTree& snapshot, bool dry_run,
                                             EventSink& events, const std::stop_token& stop) = 0;
};

// All classes that Lifeboat knows, in the order in which they come back, as `request` wants them
// to. The link outlives them.
std::vector<std::unique_ptr<PersonalSource>> personal_sources(
    const PhoneLink& link, const personal::RestoreRequest& request = {});

// Puts a file with this content into the sink; does nothing without one.
void put_file(const PersonalTarget& target, const ItemPath& path, std::string_view content);

}  // namespace lifeboat::phone::android
