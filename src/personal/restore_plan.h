// Which of a backup's records a phone lacks: the same rule for every class.
#pragma once

#include "personal/collection.h"

#include <span>
#include <vector>

namespace lifeboat::personal {

// Places in `wanted`. Equal records count as often as they are there.
struct RestorePlan {
    std::vector<size_t> already_there{};
    std::vector<size_t> missing{};
    // Something under the same identity is there and differs: a person may have changed it.
    std::vector<size_t> conflicts{};
};

RestorePlan plan_restore(std::span<const Record> wanted, std::span<const Record> present);

}  // namespace lifeboat::personal
