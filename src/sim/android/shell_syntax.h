// The part of the shell's language that hosts use: words with their quotes, pipes, `;`, `&&`, `||`
// the redirections to /dev/null, and lists in braces. Nothing here reaches a real shell.
#pragma once

#include <optional>
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

// As a shell does it: line by line, so that what stands before an error is run. A list in braces is
// one with what surrounds it; it can be joined to nothing but what stands before it.
class ShellReader {
public:
    explicit ShellReader(std::string_view text) : text_(text) {}
    // What stands up to the end of a line; nothing at the end. Throws Misuse with the words a shell
    // would say.
    std::optional<std::vector<Pipeline>> next_line();

private:
    std::string_view text_;
    size_t at_ = 0;
};

// The whole of it.
std::vector<Pipeline> parse_shell(std::string_view text);

}  // namespace lifeboat::sim
