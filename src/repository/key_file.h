// Key files: the one master key of a repository, wrapped in a password.
#pragma once

#include "crypto/scrypt.h"
#include "crypto/sealed_box.h"
#include "repository/repository.h"
#include "sys/random.h"

#include <string>
#include <string_view>

namespace lifeboat::repository {

// What every key that Lifeboat writes costs to guess: 128 MiB and about a third of a second.
inline constexpr crypto::ScryptCost key_cost{.n = 131072, .r = 8, .p = 1};

struct KeyFile {
    TimePoint created{};
    std::string username{};
    std::string hostname{};
    crypto::ScryptCost cost{};
    Bytes salt{};
    Bytes data{};  // the sealed master key
};

std::string encode_key_file(const KeyFile& key);
// Throws Corrupt, and Unsupported for a cost or a way of deriving that no reader takes.
KeyFile decode_key_file(std::string_view json);

// A new random master key.
crypto::BoxKey make_master_key(sys::Random& random);

// Fills salt and data.
KeyFile wrap_master_key(const crypto::BoxKey& master, const SecretText& password, KeyFile about,
                        sys::Random& random);
// Nothing when the password is another. Throws Corrupt when what it opens is no master key.
std::optional<crypto::BoxKey> unwrap_master_key(const KeyFile& key, const SecretText& password);

// The plain text inside a key file.
SecretText encode_master_key(const crypto::BoxKey& key);
crypto::BoxKey decode_master_key(std::string_view json);

}  // namespace lifeboat::repository
