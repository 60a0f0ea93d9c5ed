// An app that is installed on the simulated phone, and one that is on its way there.
#pragma once

#include "base/time.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace lifeboat::sim {

struct Package {
    std::string name{};
    uint64_t version_code = 0;
    uint32_t uid = 0;
    std::string installer{};  // "null": nobody
    bool from_system = false;
    std::string version_name{"1.0"};
    uint32_t min_sdk = 24;
    uint32_t target_sdk = 34;
    std::string signer{};               // hash of its certificate: 8 hex digits
    std::string folder{};               // of its files: "/data/app/~~x==/name-y=="
    std::vector<std::string> splits{};  // "config.xxhdpi": a file split_config.xxhdpi.apk
    std::map<std::string, bool> runtime_permissions{};  // -> granted
    std::vector<std::string> install_permissions{};
    std::string update_owner{};
    TimePoint first_installed{};
    TimePoint updated{};
};

// What `pm install-create` began.
struct InstallSession {
    uint64_t id = 0;
    std::string package{};  // --pkg; empty: any
    std::string installer{"null"};
    uint64_t total = 0;  // bytes announced
    bool inherits = false;
    bool may_downgrade = false;
    bool old_targets = false;  // --bypass-low-target-sdk-block
    bool owns_updates = false;
    std::map<std::string, uint64_t> files{};  // name -> bytes
};

}  // namespace lifeboat::sim
