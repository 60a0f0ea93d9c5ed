// What the simulated phone offers to hosts that open a stream.
#pragma once

#include "sim/android/device.h"
#include "sim/android/link.h"

#include <string_view>

namespace lifeboat::sim {

// The service behind "sync:", "shell,v2,raw:ls", "exec:...", "sink:N", "source:N"; an empty one,
// which is a refusal, for any other destination. `device` outlives it.
adb::Service open_service(Device& device, std::string_view destination);

}  // namespace lifeboat::sim
