// `ready --dry-run`: the phone and what the places hold of it, judged without copying anything.
#pragma once

#include "app/wiring.h"

namespace lifeboat::app {

// Like engine::ready up to the copy. It reads nothing back, so its verdict is never GO.
engine::ReadyReport look_only(phone::Phone& phone, const OpenedPlaces& places,
                              const engine::ReadyOptions& options,
                              const engine::OperationContext& context);

}  // namespace lifeboat::app
