// How much room a phone had when it was last asked what could go: what the next time is compared
// with.
#pragma once

#include "app/wiring.h"
#include "engine/free_space.h"

#include <optional>

namespace lifeboat::app {

struct SpaceRecord {
    TimePoint at{};
    uint64_t free_bytes = 0;
    uint64_t proposed_bytes = 0;
    bool operator==(const SpaceRecord&) const = default;
};

// Of this phone; nothing when there is none, or it is damaged: it is only a comparison.
std::optional<SpaceRecord> last_space(const World& world, const std::string& device_key);
// Does nothing when the phone did not tell its free space.
void record_space(World& world, const engine::SpaceReport& report);

}  // namespace lifeboat::app
