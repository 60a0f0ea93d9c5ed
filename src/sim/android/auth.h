// Who may use the phone over adb: the hosts' RSA keys, and the person who taps "Allow".
#pragma once

#include "base/bytes.h"
#include "base/guarded.h"

#include <openssl/types.h>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace lifeboat::sim::adb {

// What the person does when a new computer asks.
enum class Consent { accept, deny, wait };

struct FreeKey {
    void operator()(EVP_PKEY* key) const;
};
using PublicKey = std::unique_ptr<EVP_PKEY, FreeKey>;

// Reads the text of adbkey.pub: base64 of Android's 524-byte form of an RSA-2048 key, a blank, a
// name. Nothing when it is none.
PublicKey parse_public_key(std::string_view text);

// Whether `signature` is the key's PKCS#1 v1.5 signature of `token`, taken as a SHA-1 digest.
bool verify_token(const PublicKey& key, ByteView token, ByteView signature);

// The keys this phone trusts. Any thread.
class KeyStore {
public:
    void trust(std::string_view key_text);
    void forget_all();
    bool verifies(ByteView token, ByteView signature) const;
    // The key's form of adbkey.pub, without a name.
    bool knows(const std::string& key) const {
        return keys_.with([&](const auto& keys) { return keys.contains(key); });
    }
    size_t size() const {
        return keys_.with([](const auto& keys) { return keys.size(); });
    }

private:
    Guarded<std::set<std::string, std::less<>>> keys_;
};

}  // namespace lifeboat::sim::adb
