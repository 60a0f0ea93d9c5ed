// Commands on the phone, over shell v2: exit code, output and errors apart, input streamed.
#pragma once

#include "item/item.h"
#include "phone/android/transport.h"

#include <functional>
#include <string>
#include <string_view>

namespace lifeboat::phone::android {

struct ShellCommand {
    std::string text{};        // for the phone's shell: quote what is not ours (shell_quote)
    std::string_view input{};  // its standard input, to its end
    // Instead of `input`, read while the command runs; what it throws comes out of run().
    ByteSource* input_stream = nullptr;
    // Takes output as it comes; without it the output is gathered. A throw ends the command.
    std::function<void(std::string_view)> on_output{};
    std::chrono::milliseconds silence{30'000};  // longest time without a byte of output
    size_t output_limit = size_t{16} << 20;     // of what is gathered
};

struct ShellResult {
    int exit_code = 0;  // 128 + n when signal n ended it
    std::string output{};
    std::string errors{};
};

// Any thread. Throws Unsupported for a phone without shell v2 (older than Android 7).
class Shell {
public:
    Shell(Transport& server, std::string serial) : server_(server), serial_(std::move(serial)) {}

    // Throws Temporary when the phone hangs up before the exit code or is silent for too long,
    // Corrupt when it says more than the limit or something that is no shell stream.
    ShellResult run(const ShellCommand& command, const std::stop_token& stop) const;

private:
    Transport& server_;
    std::string serial_;
};

}  // namespace lifeboat::phone::android
