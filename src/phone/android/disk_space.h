// `df -k PATH` as values.
#pragma once

#include "phone/android/parsed.h"

#include <cstdint>
#include <string_view>

namespace lifeboat::phone::android {

struct DiskSpace {
    uint64_t total_bytes = 0;
    uint64_t free_bytes = 0;
};

Parsed<DiskSpace> parse_df(std::string_view text);

}  // namespace lifeboat::phone::android
