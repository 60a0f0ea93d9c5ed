// A time zone by the name phones use ("Europe/Berlin"), out of this computer's zone files (TZif,
// RFC 8536).
#pragma once

#include "base/bytes.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::personal {

class TimeZone {
public:
    // Nothing when this computer does not know the zone, or not its coming changes.
    static std::optional<TimeZone> find(std::string_view name);
    // Nothing for bytes that are no such file.
    static std::optional<TimeZone> parse(std::string_view name, ByteView bytes);

    const std::string& name() const { return name_; }
    // Ahead of UTC, both in seconds.
    int64_t offset_at(int64_t seconds) const;
    // The VTIMEZONE of RFC 5545 for times from then on; lines without their ends.
    std::vector<std::string> component(int64_t from_seconds) const;

private:
    struct Kind {
        int64_t offset = 0;
        bool daylight = false;
    };
    struct Change {
        int64_t at = 0;
        size_t kind = 0;
    };
    const Kind& kind_at(int64_t seconds) const;

    std::string name_{};
    std::vector<Kind> kinds_{};  // at least one; the first holds before the first change
    std::vector<Change> changes_{};
};

// "20261125T101200" of seconds since 1970, as they are.
std::string basic_time(int64_t seconds);

}  // namespace lifeboat::personal
