// Made programs of the simulated phone: zip files with a manifest in plain text, where real ones
// have binary XML, and as many other bytes as wanted.
#pragma once

#include "base/bytes.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lifeboat::sim {

struct ApkManifest {
    std::string package{};
    uint64_t version_code = 1;
    std::string version_name{"1.0"};
    std::string split{};  // empty: the base
    uint32_t min_sdk = 24;
    uint32_t target_sdk = 34;
    std::string signer{"0a0a0a0a"};  // hash of the certificate; stands in for a signature
    std::vector<std::string> permissions{};
    std::vector<std::string> required_splits{};  // without them it cannot be installed
};

// The same arguments give the same bytes: a zip that any unzip can check, `payload` bytes and the
// manifest.
Bytes make_apk(const ApkManifest& manifest, size_t payload);

// Nothing when it is no such file.
std::optional<ApkManifest> read_apk(ByteView apk);

}  // namespace lifeboat::sim
