// Where each backup stands when all of them are shown as one tree of folders: by phone and date,
// and by id.
#pragma once

#include "engine/engine.h"

#include <functional>

namespace lifeboat::engine {

struct ShelfPlace {
    ItemPath path{};
    size_t snapshot = 0;        // which of those given
    std::string link_target{};  // a link beside it, to the newest; empty for a backup itself
};

// `date` names a backup in the folder of its phone ("2026-11-25T10.12.00"); of two with one name
// the later one gets "-2". `snapshots` are sorted, newest last, as Repository::snapshots gives
// them.
//   PHONE/DATE, PHONE/latest -> DATE    PHONE is its model, with its key when two phones are alike
//   HOST/DATE, HOST/latest -> DATE      what another program backed up
//   ids/SHORT                           every one, interrupted runs too
std::vector<ShelfPlace> shelve(const std::vector<repository::Snapshot>& snapshots,
                               const std::function<std::string(TimePoint)>& date);

}  // namespace lifeboat::engine
