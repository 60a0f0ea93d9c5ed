// shell:, shell,v2: and exec: on the simulated phone: a command line and the wire around it.
#pragma once

#include "sim/android/device.h"
#include "sim/android/stream.h"

#include <optional>
#include <string>
#include <string_view>

namespace lifeboat::sim::adb {

struct ShellRequest {
    bool second = false;    // shell v2: framed, stderr apart, exit code
    bool terminal = false;  // a pty: one stream, lines end with CRLF
    std::string command{};  // empty: interactive
};

// Reads "shell,v2,TERM=xterm,raw:ls /", "shell:ls", "exec:ls"; nothing for other destinations.
std::optional<ShellRequest> parse_shell_destination(std::string_view destination);

void serve_shell(Device& device, const ShellRequest& request, Stream& stream);

}  // namespace lifeboat::sim::adb
