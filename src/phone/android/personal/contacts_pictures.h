// The pictures of contacts, from a backup onto the phone.
#pragma once

#include "item/item.h"
#include "phone/android/personal/content_commands.h"

#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace lifeboat::phone::android {

struct ContactPicture {
    size_t whose = 0;    // the contact's place in the backup
    int64_t raw = 0;     // its raw contact on the phone
    std::string file{};  // below personal/contacts/photos
};

// Writes them, several at a time, over what is there. What went wrong with each; empty where
// nothing did: one that is damaged in the backup does not stop the others. Throws Temporary when
// the connection breaks.
std::vector<std::string> write_pictures(const ContentCommands& content, const FileTree& snapshot,
                                        std::span<const ContactPicture> pictures,
                                        const std::function<void()>& done,
                                        const std::stop_token& stop);

}  // namespace lifeboat::phone::android
