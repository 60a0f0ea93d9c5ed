// Android phones that say in the network that they are there, and pairing with one by a picture.
#pragma once

#include "app/network_phones.h"
#include "phone/android/direct/nearby.h"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace lifeboat::app {

// What somebody in the network said. Only `known` is from our own record.
struct NearbyPhone {
    std::string name{};       // "adb-SERIAL-x1y2z3"
    std::string address{};    // "192.168.1.7:37215"
    bool shows_code = false;  // it waits to be paired, at that address
    // The phone of the record that is called so, or that is at this address.
    std::optional<phone::android::KnownPhone> known{};
    bool was_followed = false;  // to another port of its host: the record has the new one
    bool is_elsewhere() const { return known && known->address != address; }
};

// Listens for `limit`. Unless `only_look`, a known phone that answers at another port of the same
// host is remembered there.
struct LookRequest {
    std::chrono::milliseconds limit{3'000};
    bool only_look = false;
};
std::vector<NearbyPhone> look_around(World& world, const LookRequest& request,
                                     const std::stop_token& stop);

struct PairedPhone {
    std::string name{};  // what it calls itself; the pairing proved that it knew the code
    std::string host{};  // where it was paired
};
void note_pairing(World& world, const std::string& name);
// Where that phone listens. Throws NotReady when it does not say so in time.
phone::android::NetworkAddress await_paired_phone(World& world, const PairedPhone& paired,
                                                  const std::stop_token& stop);

struct PictureRequest {
    std::function<void(const SecretText&)> show{};  // the picture of this text, to the person
    std::chrono::milliseconds limit{120'000};       // for the phone to read it
};
// Waits for a phone that read the picture, pairs, connects and remembers it. Throws NotReady when
// none did in time.
NewNetworkPhone pair_by_picture(World& world, const PictureRequest& request,
                                const std::stop_token& stop);

}  // namespace lifeboat::app
