// Watches an iPhone while its system is updated: running, restarting, in recovery mode, back.
#pragma once

#include "base/time.h"
#include "phone/ios/ios_bus.h"
#include "sys/clock.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::app {

enum class UpdateMode {
    normal,    // its system runs and says which one it is
    starting,  // it is plugged in, and does not say yet
    gone,      // neither usbmux nor USB sees it
    recovery,  // recovery mode
    dfu,       // what comes before even that
};
// "normal", "recovery": stable, for --json.
std::string_view word(UpdateMode mode);

// One change, or that there was none for long.
struct UpdateStep {
    UpdateMode mode = UpdateMode::gone;
    TimePoint when{};
    nanoseconds after{};    // since the change before
    std::string version{};  // "17.6.1"; of a phone in normal mode
    std::string build{};    // "21G93"
    bool back = false;      // in normal mode after another one
    bool updated = false;   // ... and with another system than at the beginning
    bool silent = false;    // no change: no sign of life for frozen_after
    std::string serial{};   // UDID; empty while nobody has seen it
};

// Before that, nobody restarts a phone by force: an update takes its time.
inline constexpr nanoseconds frozen_after = std::chrono::minutes(15);

struct UpdateWatchOptions {
    std::string wanted{};                // serial or model; empty: the only iPhone there
    std::optional<nanoseconds> limit{};  // how long to watch; nothing: until it is back
    nanoseconds interval = std::chrono::seconds(1);
};

struct UpdateOutcome {
    std::string serial{};  // UDID; empty when it was in recovery mode all the time
    std::string model{};
    std::string version_before{};  // empty when the watch began too late to see it
    std::string version_after{};
    nanoseconds took{};
    std::vector<UpdateStep> steps{};
};

// What the watch looks with; all outlive it.
struct UpdateEyes {
    const phone::ios::IosBus& bus;
    std::string usb_folder{};  // as phone::ios::usb_iphones takes it
    sys::Clock& clock;
};

// False: recovery mode and DFU cannot be told from a phone that is gone.
bool can_see_usb(const std::string& usb_folder);

// Until the phone is back with another system; `each` is told every change, beginning with how the
// phone is found. Where the watch began with a phone that was away, any system that runs ends it.
// Throws phone::NotReady when no such phone is there at the beginning, and at the limit, with what
// to do in the mode it is in then; Misuse when several fit; Cancelled.
UpdateOutcome watch_update(const UpdateEyes& eyes, const UpdateWatchOptions& options,
                           const std::function<void(const UpdateStep&)>& each,
                           const std::stop_token& stop);

}  // namespace lifeboat::app
