// Who holds the places.
#pragma once

#include "app/wiring.h"
#include "repository/lock_list.h"

namespace lifeboat::app {

struct PlaceLocks {
    std::string place{};
    std::string problem{};  // empty: it answers
    std::vector<repository::ListedLock> locks{};
};

// Of those named, or all.
std::vector<PlaceLocks> place_locks(World& world, const std::vector<std::string>& names,
                                    const std::stop_token& stop);

// "this_program", "alive", "gone", "elsewhere"
std::string_view to_text(repository::Holder holder);

}  // namespace lifeboat::app
