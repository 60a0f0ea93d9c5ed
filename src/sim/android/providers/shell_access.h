// What the shell of a phone may read and write in its content providers.
#pragma once

#include "sim/android/providers/content_uri.h"

#include <cstdint>
#include <string>

namespace lifeboat::sim::android {

struct ShellAccess {
    uint32_t sdk = 35;
    // MIUI and HyperOS refuse until "USB debugging (Security settings)" is on.
    bool may_write = true;
    int64_t pid = 1;
};

// Throw the SecurityException that the phone's tool prints.
void check_opening(const ShellAccess& shell, const std::string& authority);
void check_writing(const ShellAccess& shell, const ContentUri& uri);

}  // namespace lifeboat::sim::android
