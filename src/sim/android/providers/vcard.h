// Contacts as vCard 2.1, as a phone writes them for its own export.
#pragma once

#include "sim/android/providers/contacts_database.h"

#include <span>
#include <string>

namespace lifeboat::sim::android {

// The contacts of these lookup keys; keys of nobody are left out. `photos`: also PHOTO.
std::string vcards(ContactsDatabase& contacts, std::span<const std::string> lookup_keys,
                   bool photos);

}  // namespace lifeboat::sim::android
