// Runs the commands of a host on the simulated phone: an interpreter of its own for exactly the
// commands that hosts use.
#pragma once

#include "base/bytes.h"
#include "sim/android/device.h"
#include "sim/android/shell_syntax.h"

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::sim {

// Text on its way out, in pieces of a useful size.
class Output {
public:
    using Target = std::function<void(std::string_view)>;
    explicit Output(Target target) : target_(std::move(target)) {}

    void put(std::string_view text) {
        waiting_ += text;
        if (waiting_.size() >= piece) flush();
    }
    void line(std::string_view text) {
        put(text);
        put("\n");
    }
    void flush() {
        if (!waiting_.empty()) target_(waiting_);
        waiting_.clear();
    }

private:
    static constexpr size_t piece = 32u << 10;
    Target target_;
    std::string waiting_;
};

struct ShellIo {
    std::function<size_t(MutableByteView)> in{};  // 0 at the end
    Output::Target out{};
    Output::Target err{};
    bool root = false;
};

// One command being run. Commands return their exit code.
struct Call {
    Device& device;
    std::span<const std::string> words;  // the command's name first
    std::function<size_t(MutableByteView)> in;
    Output& out;
    Output& err;
    bool root = false;

    std::span<const std::string> arguments() const { return words.subspan(1); }
    // "name: text" on stderr, and the code.
    int fail(std::string_view text, int code = 1);
};

using Command = int (*)(Call&);
using CommandTable = std::map<std::string_view, Command>;

const CommandTable& file_commands();
const CommandTable& block_commands();
const CommandTable& time_commands();
const CommandTable& system_commands();
const CommandTable& service_commands();
const CommandTable& content_commands();
const CommandTable& backup_commands();

// `cmd appops`, without these two words.
int app_ops(Call& call, std::span<const std::string> words);

// Linux gives a program no longer word: a message's text may be longer than what can be inserted.
bool fits_one_argument(std::string_view word);

// Runs one command by its name, as xargs does. 127 when there is none.
int run_command(Call& call);

// Parses and runs a whole command line; the exit code of its last command.
int run_shell(Device& device, std::string_view text, const ShellIo& io);

}  // namespace lifeboat::sim
