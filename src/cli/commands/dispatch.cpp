#include "cli/commands/commands.h"

#include <algorithm>
#include <array>

namespace lifeboat::cli {
namespace {

struct Entry {
    std::string_view command;
    Handler handler;
};

constexpr std::array entries{
    Entry{"config get", config_get},
    Entry{"config set", config_set},
    Entry{"config list", config_list},
    Entry{"config explain", config_explain},
    Entry{"version", version},
    Entry{"completion", completion},
    Entry{"help", help},
};

}  // namespace

Handler handler_of(std::string_view command) {
    const auto* const found = std::ranges::find(entries, command, &Entry::command);
    return found == entries.end() ? nullptr : found->handler;
}

}  // namespace lifeboat::cli
