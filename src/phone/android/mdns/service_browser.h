// Asks the networks of this computer who offers a service, by multicast DNS and without a daemon.
#pragma once

#include "phone/android/mdns/service_catalogue.h"
#include "sys/clock.h"

#include <chrono>

namespace lifeboat::phone::android {

inline constexpr sys::Ipv4 mdns_group = 0xe00000fb;  // 224.0.0.251
inline constexpr uint16_t mdns_port = 5353;

struct ServiceQuest {
    std::vector<std::string> types{};           // "_adb-tls-connect._tcp"
    ServiceCatalogue::InstanceFilter wanted{};  // none: every one
    std::chrono::milliseconds limit{3'000};
    // Ends it before the limit; none: it goes on until then.
    std::function<bool(const std::vector<AnnouncedService>&)> enough{};
};

// What was said within the limit. Throws Cancelled, Temporary when there is no socket to ask on.
std::vector<AnnouncedService> browse(const ServiceQuest& quest, sys::Clock& clock,
                                     const std::stop_token& stop);

}  // namespace lifeboat::phone::android
