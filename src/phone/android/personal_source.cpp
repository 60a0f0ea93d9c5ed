#include "phone/android/personal_source.h"

#include "item/memory_items.h"
#include "phone/android/personal/accounts_source.h"
#include "phone/android/personal/app_data_source.h"
#include "phone/android/personal/apps_source.h"
#include "phone/android/personal/calendar_source.h"
#include "phone/android/personal/calls_source.h"
#include "phone/android/personal/contacts_source.h"
#include "phone/android/personal/dictionary_source.h"
#include "phone/android/personal/messages_source.h"
#include "phone/android/personal/networks_source.h"
#include "phone/android/personal/permissions_source.h"
#include "phone/android/personal/ringtones_source.h"
#include "phone/android/personal/roles_source.h"
#include "phone/android/personal/settings_source.h"

namespace lifeboat::phone::android {

std::vector<std::unique_ptr<PersonalSource>> personal_sources(
    const PhoneLink& link, const personal::RestoreRequest& request) {
    std::vector<std::unique_ptr<PersonalSource>> all;
    all.push_back(std::make_unique<AccountsSource>(link));
    all.push_back(std::make_unique<ContactsSource>(link));
    all.push_back(std::make_unique<CallsSource>(link));
    all.push_back(std::make_unique<CalendarSource>(link));
    all.push_back(std::make_unique<DictionarySource>(link));
    all.push_back(std::make_unique<MessagesSource>(
        link, MessagesOptions{.by_agent = request.messages_by_agent}));
    all.push_back(std::make_unique<AppsSource>(link));
    all.push_back(std::make_unique<AppDataSource>(link));
    all.push_back(std::make_unique<PermissionsSource>(link));
    all.push_back(std::make_unique<RolesSource>(link));
    all.push_back(std::make_unique<SettingsSource>(link));
    all.push_back(std::make_unique<NetworksSource>(link));
    all.push_back(std::make_unique<RingtonesSource>(link));
    return all;
}

void put_file(const PersonalTarget& target, const ItemPath& path, std::string_view content) {
    if (target.sink == nullptr) return;
    const ByteView bytes = as_bytes(content);
    MemorySource source(Bytes(bytes.begin(), bytes.end()));
    target.sink->put({.path = path, .size = content.size(), .mode = 0600}, source);
}

}  // namespace lifeboat::phone::android
