// What the apps of a simulated iPhone keep: WhatsApp's chats, Safari's bookmarks and history,
// Health, documents of others.
#pragma once

#include "sim/ios/world/place.h"

#include <cstdint>
#include <string>

namespace lifeboat::sim::ios {

inline constexpr std::string_view whatsapp_domain =
    "AppDomainGroup-group.net.whatsapp.WhatsApp.shared";
inline constexpr std::string_view health_domain = "HealthDomain";
inline constexpr std::string_view documents_domain = "AppDomain-org.example.ship-log";

void make_whatsapp(const Place& place, uint64_t messages);
void make_safari(const Place& place, uint64_t bookmarks, uint64_t visits);
// Belongs to what only encrypted backups contain.
void make_health(const Place& place, uint64_t samples);

// Small files, a hundred in each folder: `count` more than there are.
void add_documents(const Place& place, uint64_t count);
// The first ones get new content, or go. How many it were.
uint64_t change_documents(const Place& place, uint64_t count);
uint64_t remove_documents(const Place& place, uint64_t count);

// Where this version of iOS keeps Safari's databases: in the home of the system's apps, or in
// Safari's own. Which version moved them is not known here; this phone's iOS 17 does.
std::string_view safari_domain(int major);

}  // namespace lifeboat::sim::ios
