// What a computer and an iPhone keep of their pairing: certificates, keys and names. usbmuxd stores
// it for all programs of the computer.
#pragma once

#include "base/secret.h"
#include "base/time.h"
#include "plist/plist.h"
#include "sys/tls.h"

#include <string>

namespace lifeboat::phone::ios {

struct PairRecord {
    std::string host_id{};      // UUID, made for this pairing
    std::string system_buid{};  // UUID of the computer
    std::string host_certificate{};
    SecretText host_key{};
    std::string root_certificate{};
    SecretText root_key{};
    std::string device_certificate{};
    std::string wifi_mac{};
    Bytes escrow_bag{};  // lets services start while the phone is locked; from the phone
    std::string udid{};

    // What we show in a TLS handshake: phones compare it with the pairing.
    sys::TlsIdentity identity() const;
};

// Throws Corrupt when it is none, or lacks what a session needs. An escrow bag may be missing.
PairRecord parse_pair_record(ByteView bytes);
Bytes pair_record_bytes(const PairRecord& record);

// A record for a phone that gives this public key (PEM), with new keys of our own; takes some 200
// ms. The escrow bag comes with the phone's consent.
PairRecord make_pair_record(const std::string& device_public_key, std::string host_id,
                            TimePoint now);

// Without the private keys: what the phone is shown.
plist::Dict public_pair_record(const PairRecord& record);

}  // namespace lifeboat::phone::ios
