#include "app/exit_code.h"

#include <array>

namespace lifeboat::app {
namespace {

struct Row {
    Exit exit;
    int number;
    std::string_view word;
    std::string_view meaning;
};

constexpr std::array rows{
    Row{Exit::done, 0, "done", "done; GO; nothing lost"},
    Row{Exit::failed, 1, "failed", "failed, for a reason no other code names"},
    Row{Exit::usage, 2, "usage", "the command line or the configuration is wrong"},
    Row{Exit::partly, 3, "partly", "done partly: some items could not be read"},
    Row{Exit::no_go, 4, "no_go", "NO-GO: something that a machine can see is open"},
    Row{Exit::needs_confirmation, 5, "needs_confirmation",
        "NO-GO: only confirmations by a person are missing"},
    Row{Exit::loss, 6, "loss", "the audit found that something was lost"},
    Row{Exit::damaged, 7, "damaged", "verification failed: a copy is damaged or unreadable"},
    Row{Exit::no_repository, 10, "no_repository", "there is no repository in that place"},
    Row{Exit::locked, 11, "locked", "another run holds the repository"},
    Row{Exit::wrong_password, 12, "wrong_password", "wrong password"},
    Row{Exit::no_phone, 13, "no_phone", "no phone, not allowed yet, locked, or gone in the middle"},
    Row{Exit::unreachable, 14, "unreachable", "a place does not answer"},
    Row{Exit::no_space, 15, "no_space", "not enough space"},
    Row{Exit::interrupted, 130, "interrupted", "interrupted by Ctrl-C; can be continued"},
    Row{Exit::terminated, 143, "terminated", "ended by SIGTERM; can be continued"},
};

constexpr std::array<Exit, rows.size()> listed = [] {
    std::array<Exit, rows.size()> exits{};
    for (size_t i = 0; i < rows.size(); ++i) exits.at(i) = rows.at(i).exit;
    return exits;
}();

const Row& row(Exit exit) {
    for (const Row& candidate : rows) {
        if (candidate.exit == exit) return candidate;
    }
    return rows[1];
}

}  // namespace

int number(Exit exit) {
    return row(exit).number;
}
std::string_view word(Exit exit) {
    return row(exit).word;
}
std::string_view meaning(Exit exit) {
    return row(exit).meaning;
}
std::span<const Exit> all_exits() {
    return listed;
}

}  // namespace lifeboat::app
