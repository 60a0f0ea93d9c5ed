// How far away and how fast a phone is, measured in a moment: what is asked of it at once depends
// on that.
#pragma once

#include "phone/android/storage_scan.h"
#include "sys/clock.h"

#include <optional>

namespace lifeboat::phone::android {

struct LinkSpeed {
    std::chrono::nanoseconds round_trip{};
    std::optional<double> bytes_per_second{};  // nothing when the phone does not offer to tell

    bool is_far() const;
    // Slower than a phone packs with zstd.
    bool is_slow() const;
};

// Takes a few round trips and two megabytes. Throws what a connection throws.
LinkSpeed measure_link(const PhoneLink& link, sys::Clock& clock, const std::stop_token& stop);

}  // namespace lifeboat::phone::android
