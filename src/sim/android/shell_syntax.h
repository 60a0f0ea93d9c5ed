// The part of the shell's language that hosts use: words with their quotes, pipes, `;`, `&&`, `||`
// and the redirections to /dev/null. Nothing here reaches a real shell.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::sim {

// Inside a word: the byte before a `?` (the last exit code) or an unquoted `*`.
constexpr char shell_mark = '\0';

struct SimpleCommand {
    std::vector<std::string> words{};
    bool drop_out = false;    // >/dev/null
    bool drop_err = false;    // 2>/dev/null
    bool err_to_out = false;  // 2>&1
};

enum class Joined { always, on_success, on_failure };

struct Pipeline {
    Joined joined = Joined::always;  // to what stands before it
    std::vector<SimpleCommand> commands{};
};

// Throws Misuse with the words a shell would say.
std::vector<Pipeline> parse_shell(std::string_view text);

}  // namespace lifeboat::sim
