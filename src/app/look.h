// `ready --dry-run`: the phone and what the places hold of it, judged without copying anything.
#pragma once

#include "app/wiring.h"

namespace lifeboat::app {

// What must not be lost, as the phone lists it: people take the names from `lifeboat ls`.
std::vector<ItemPath> pinned_paths(const phone::Facts& facts,
                                   const std::vector<std::string>& named);

// Like engine::ready up to the copy. It reads nothing back, so its verdict is never GO.
engine::ReadyReport look_only(phone::Phone& phone, const OpenedPlaces& places,
                              const engine::ReadyOptions& options,
                              const engine::OperationContext& context);

}  // namespace lifeboat::app
