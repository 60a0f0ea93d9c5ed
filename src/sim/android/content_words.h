// The command line of the `content` tool.
#pragma once

#include "sim/android/content_output.h"
#include "sim/android/providers/provider.h"

#include <span>
#include <stdexcept>
#include <string>

namespace lifeboat::sim::android {

struct ContentCommand {
    ContentVerb verb = ContentVerb::query;
    QueryRequest request{};
    ContentValues values{};
    std::string method{};
    std::string argument{};
    int64_t user = 0;
};

// What the tool says behind "[ERROR] " instead of running.
struct ContentMisuse : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// `words` without the tool's name. From Android 11 on (`sdk`) a backslash stands before a colon
// or a backslash of a bound value; older tools cannot bind a value with a colon.
ContentCommand parse_content_command(std::span<const std::string> words, uint32_t sdk);

std::string_view content_usage();

}  // namespace lifeboat::sim::android
