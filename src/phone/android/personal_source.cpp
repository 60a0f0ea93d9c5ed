#include "phone/android/personal_source.h"

#include "item/memory_items.h"

namespace lifeboat::phone::android {

std::vector<std::unique_ptr<PersonalSource>> personal_sources(const PhoneLink&) {
    std::vector<std::unique_ptr<PersonalSource>> all;
    return all;
}

void put_file(const PersonalTarget& target, const ItemPath& path, std::string_view content) {
    if (target.sink == nullptr) return;
    const ByteView bytes = as_bytes(content);
    MemorySource source(Bytes(bytes.begin(), bytes.end()));
    target.sink->put({.path = path, .size = content.size(), .mode = 0600}, source);
}

}  // namespace lifeboat::phone::android
