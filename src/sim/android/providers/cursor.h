// The rows that a query of a provider found.
#pragma once

#include "sim/android/providers/java_exception.h"
#include "sim/android/providers/value.h"

#include <optional>
#include <string>
#include <vector>

namespace lifeboat::sim::android {

// One row must fit into one window of shared memory.
constexpr size_t cursor_window_bytes = size_t{1} << 20;

struct Cursor {
    std::vector<std::string> columns{};
    std::vector<std::vector<Value>> rows{};
    // What the row behind the last one ran into.
    std::optional<JavaException> broken{};
};

}  // namespace lifeboat::sim::android
