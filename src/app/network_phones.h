// Android phones in the network: which ones a person made known, and the key they know us by.
#pragma once

#include "app/wiring.h"

#include <optional>
#include <string>
#include <vector>

namespace lifeboat::app {

// Those made known, in that order. Throws Misuse when the record cannot be read.
std::vector<phone::android::KnownPhone> known_network_phones(const Paths& paths);

// Replaces the record. Throws Denied, NoSpace.
void remember_network_phones(const Paths& paths,
                             const std::vector<phone::android::KnownPhone>& phones);

// Notes the new address of one that is still in the record. Throws as both above.
void note_moved_phone(const Paths& paths, const std::string& from, const std::string& to);

// Our own key where one was made; else that of the user's adb, so that a phone that trusts that one
// trusts us; else a new one of our own. Throws Denied, NoSpace when it cannot be kept.
crypto::AndroidKey computer_key(const Paths& paths);

struct NetworkPhoneRequest {
    // "10.0.0.7:37215"; empty after a pairing: where the paired phone says it is.
    std::string address{};
    std::optional<std::string> pairing_address{};  // where the phone pairs, with a code
    bool is_paired = false;                        // a moment ago: it is asked more than once
    std::chrono::milliseconds person{120'000};     // for somebody to tap "Allow"
};

struct NewNetworkPhone {
    phone::android::KnownPhone phone{};
    bool was_known = false;
};

// Pairs where asked to (the person types the code), connects, and remembers the phone in place of
// what was known of the same one. Throws Misuse, NotReady, phone::android::WrongCode.
NewNetworkPhone add_network_phone(World& world, const NetworkPhoneRequest& request,
                                  const std::stop_token& stop);

// Whether it was known.
bool forget_network_phone(World& world, const std::string& address);

}  // namespace lifeboat::app
