// The words a person taught the keyboard: content://user_dictionary/words. Newer phones show them
// to keyboards only, and answer a computer with an empty list.
#pragma once

#include "personal/word.h"
#include "phone/android/personal/content_table.h"
#include "phone/android/personal_source.h"

namespace lifeboat::phone::android {

class DictionarySource final : public PersonalSource {
public:
    explicit DictionarySource(const PhoneLink& link) : content_(link) {}

    std::string_view id() const override { return "dictionary"; }
    personal::Collection read(const PersonalTarget& target, EventSink& events,
                              const std::stop_token& stop) override;
    personal::RestoreOutcome restore(const FileTree& snapshot, bool dry_run, EventSink& events,
                                     const std::stop_token& stop) override;

private:
    std::vector<personal::Word> read_words(ContentTable& table, const std::stop_token& stop);

    ContentCommands content_;
};

}  // namespace lifeboat::phone::android
