#include "phone/android/link_speed.h"

#include "phone/android/pull.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::phone::android {
namespace {

using std::chrono::nanoseconds;

constexpr nanoseconds far_away = std::chrono::milliseconds{2};
constexpr double slow_rate = 60e6;  // USB 2 and Wi-Fi; a phone's core packs texts twice as fast
constexpr int looks = 5;
constexpr size_t sample = 2u << 20;

// The shortest of a few: the others met something else on this computer.
nanoseconds shortest_round_trip(const PhoneLink& link, sys::Clock& clock,
                                const std::stop_token& stop) {
    SyncConnection connection(link.server, link.serial, SyncConnection::Reading::direct, stop);
    nanoseconds best = nanoseconds::max();
    for (int i = 0; i < looks; ++i) {
        const nanoseconds began = clock.monotonic();
        stat_all(connection, link.dialect, {"/sdcard"});
        best = std::min(best, clock.monotonic() - began);
    }
    return best;
}

// adb's own service for that: bytes made by the phone, without its storage.
std::optional<double> rate_of(const PhoneLink& link, sys::Clock& clock,
                              const std::stop_token& stop) {
    std::unique_ptr<PhoneStream> stream;
    try {
        stream = link.server.open(link.serial, fmt::format("source:{}", sample), stop);
    } catch (const Unsupported&) {
        return std::nullopt;
    } catch (const Temporary&) {
        return std::nullopt;  // an adb server does not tell a refusal from a break
    }
    Bytes buffer(64u << 10);
    size_t got = stream->read(buffer);
    if (got == 0) return std::nullopt;
    const nanoseconds began = clock.monotonic();
    size_t counted = 0;
    while (got < sample) {
        const size_t more = stream->read(buffer);
        if (more == 0) return std::nullopt;
        got += more;
        counted += more;
    }
    const double seconds = std::chrono::duration<double>(clock.monotonic() - began).count();
    if (seconds <= 0) return std::nullopt;
    return static_cast<double>(counted) / seconds;
}

}  // namespace

bool LinkSpeed::is_far() const {
    return round_trip > far_away;
}

bool LinkSpeed::is_slow() const {
    return bytes_per_second && *bytes_per_second < slow_rate;
}

LinkSpeed measure_link(const PhoneLink& link, sys::Clock& clock, const std::stop_token& stop) {
    return {.round_trip = shortest_round_trip(link, clock, stop),
            .bytes_per_second = rate_of(link, clock, stop)};
}

}  // namespace lifeboat::phone::android
