// Phones that say in the network that they are there: wireless debugging (Android 11 and newer)
// announces itself by multicast DNS, and so does "Pair device with QR code".
#pragma once

#include "phone/android/direct/network_bus.h"
#include "phone/android/mdns/service_browser.h"

#include <optional>
#include <string>
#include <string_view>

namespace lifeboat::phone::android {

inline constexpr std::string_view connect_service = "_adb-tls-connect._tcp";
inline constexpr std::string_view pairing_service = "_adb-tls-pairing._tcp";

// A phone calls itself "adb-SERIAL-x1y2z3" and keeps that name: six random characters behind the
// serial number, and " (2)" when somebody else in the network is called so already.
bool is_name_of(std::string_view instance, const KnownPhone& phone);

NetworkAddress address_of(const AnnouncedService& service);

// Where the phone says it is now, if it says so within `limit`. Anybody can call himself by its
// name: who does so at the host where it was comes before all others.
std::optional<NetworkAddress> whereabouts(const KnownPhone& phone, std::chrono::milliseconds limit,
                                          sys::Clock& clock, const std::stop_token& stop);

// What a computer shows and a phone reads: both then know a name to meet at, and a code.
struct PairingPicture {
    std::string name{};     // of the service that the phone will announce
    SecretText password{};  // the code of the pairing
    // "WIFI:T:ADB;S:NAME;P:PASSWORD;;"
    SecretText text() const;
};
PairingPicture make_pairing_picture(sys::Random& random);
// Nothing when it is no such text.
std::optional<PairingPicture> parse_pairing_picture(std::string_view text);

}  // namespace lifeboat::phone::android
