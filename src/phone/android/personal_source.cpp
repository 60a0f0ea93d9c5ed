#include "phone/android/personal_source.h"

#include "item/memory_items.h"
#include "phone/android/personal/calendar_source.h"
#include "phone/android/personal/calls_source.h"
#include "phone/android/personal/contacts_source.h"
#include "phone/android/personal/dictionary_source.h"
#include "phone/android/personal/messages_source.h"

namespace lifeboat::phone::android {

std::vector<std::unique_ptr<PersonalSource>> personal_sources(const PhoneLink& link) {
    std::vector<std::unique_ptr<PersonalSource>> all;
    all.push_back(std::make_unique<ContactsSource>(link));
    all.push_back(std::make_unique<CallsSource>(link));
    all.push_back(std::make_unique<CalendarSource>(link));
    all.push_back(std::make_unique<DictionarySource>(link));
    all.push_back(std::make_unique<MessagesSource>(link));
    return all;
}

void put_file(const PersonalTarget& target, const ItemPath& path, std::string_view content) {
    if (target.sink == nullptr) return;
    const ByteView bytes = as_bytes(content);
    MemorySource source(Bytes(bytes.begin(), bytes.end()));
    target.sink->put({.path = path, .size = content.size(), .mode = 0600}, source);
}

}  // namespace lifeboat::phone::android
