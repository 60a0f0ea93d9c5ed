// What a simulated iPhone keeps of networks, accounts, passwords and backups.
#pragma once

#include "sim/ios/world/place.h"

#include <cstdint>

namespace lifeboat::sim::ios {

inline constexpr std::string_view network_domain = "SystemPreferencesDomain";

// Before iOS 16 the older list, since then the newer one.
void make_networks(const Place& place, uint64_t count);
// What an update to iOS 16 or later makes of the older list. Nothing happens without one.
void move_networks(const Place& place);
void make_accounts(const Place& place);
// The shape of a keychain; the secrets are random bytes, as long as wrapped ones.
void make_keychain(const Place& place);
// When the phone was last saved, as it notes it itself.
void make_backup_state(const Place& place);

}  // namespace lifeboat::sim::ios
