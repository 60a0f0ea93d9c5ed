// Which contacts of a backup a phone lacks, which of them a run before began, and where they go.
#pragma once

#include "personal/contact.h"
#include "personal/restore_outcome.h"
#include "phone/android/personal/contacts_reader.h"

#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::phone::android {

// A backup's contacts, their records and the marks under which they are written: all in one order.
struct WantedContacts {
    explicit WantedContacts(const personal::ContactBook& book);

    // The record of a contact on the phone. Where a person chose an account for new contacts
    // (Android 16), one of no account comes into it, and into the group that takes everyone there:
    // it is the same contact.
    personal::Record record_there(const RawContact& raw) const;

    const std::vector<personal::Contact>& contacts;
    std::vector<personal::Record> records{};
    std::vector<std::string> marks{};
    std::set<personal::Record> of_no_account{};
};

// Those that bear a mark, by it.
using MarkedContacts = std::map<std::string_view, const RawContact*>;
MarkedContacts marked_contacts(const PhoneContacts& present);

// Places among the wanted.
struct ContactsPlan {
    std::vector<size_t> already_there{};
    std::vector<size_t> to_write{};
    std::set<size_t> begun{};                             // of those to write
    std::map<ContactAccount, ContactAccount> accounts{};  // where those of an account go
};

// Tells the outcome what is there, in conflict, or cannot come back yet. Throws Temporary when the
// connection breaks.
ContactsPlan plan_contacts(ContentCommands& content, const WantedContacts& wanted,
                           const PhoneContacts& present, personal::RestoreOutcome& outcome,
                           const std::stop_token& stop);

}  // namespace lifeboat::phone::android
