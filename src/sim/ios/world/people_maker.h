// Contacts, calls and voicemail of a simulated iPhone.
#pragma once

#include "sim/ios/world/place.h"

#include <cstdint>

namespace lifeboat::sim::ios {

void make_contacts(const Place& place, uint64_t count);
// Belongs to what only encrypted backups contain.
void make_calls(const Place& place, uint64_t count);
void make_voicemails(const Place& place, uint64_t count);

}  // namespace lifeboat::sim::ios
