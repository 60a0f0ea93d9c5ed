// A Wi-Fi network a phone knows.
#pragma once

#include "personal/collection.h"

#include <string>
#include <string_view>

namespace lifeboat::personal {

struct Network {
    std::string ssid{};        // as bytes; nearly always UTF-8
    std::string security{};    // as Android says it: "open", "owe", "wpa2-psk", "wpa3-sae", ...
    std::string passphrase{};  // empty: none, or the phone did not tell
    bool operator==(const Network&) const = default;
};

std::string encode(const Network& network);
// Throws Corrupt.
Network decode_network(std::string_view line);
// The password is not in its digest: the same phone tells it only while it has root.
Record record_of(const Network& network);

}  // namespace lifeboat::personal
