// The inventory of a phone: every volume walked, dates made exact, links resolved.
#pragma once

#include "phone/android/exact_times.h"
#include "phone/android/walk.h"

namespace lifeboat::phone::android {

struct StorageScan {
    std::vector<Volume> volumes{};
    Inventory inventory{};
    bool storage_seen = false;    // something is in it; false: locked, not there yet, or empty
    bool storage_listed = false;  // the phone listed the primary storage, be it empty
};

struct PhoneLink {
    Transport& server;
    std::string serial{};
    SyncDialect dialect{};
};

// Throws what a connection throws.
StorageScan scan_storage(const PhoneLink& link, const WalkLimits& limits, const std::string& mark,
                         const std::stop_token& stop);

// The primary storage and the memory cards, as far as the phone tells.
std::vector<Volume> find_volumes(const PhoneLink& link, const std::stop_token& stop);

// Gives the item the exact time and size of the same path, where they belong to the same state.
void make_exact(Item& item, const ExactTimes& times, const std::string& remote);

}  // namespace lifeboat::phone::android
