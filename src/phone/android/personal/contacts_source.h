// Contacts: the exact rows, one vCard file for every other program, the pictures; and the way back,
// row by row.
#pragma once

#include "phone/android/personal/contacts_reader.h"
#include "phone/android/personal_source.h"

namespace lifeboat::phone::android {

class ContactsSource final : public PersonalSource {
public:
    explicit ContactsSource(const PhoneLink& link) : content_(link) {}

    std::string_view id() const override { return "contacts"; }
    personal::Collection read(const PersonalTarget& target, EventSink& events,
                              const std::stop_token& stop) override;
    personal::RestoreOutcome restore(const FileTree& snapshot, bool dry_run, EventSink& events,
                                     const std::stop_token& stop) override;

private:
    void save(const PersonalTarget& target, PhoneContacts& contacts,
              personal::Collection& collection, const std::stop_token& stop);
    void save_photos(const PersonalTarget& target, PhoneContacts& contacts,
                     personal::Collection& collection, const std::stop_token& stop);
    void save_vcards(const PersonalTarget& target, personal::Collection& collection,
                     const std::stop_token& stop);

    ContentCommands content_;
};

}  // namespace lifeboat::phone::android
