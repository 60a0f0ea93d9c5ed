// What a watch over an update saw, in the evidence log: afterwards it says when the phone
// restarted, how long it was away, and whether it was in recovery mode.
#pragma once

#include "app/update_watch.h"
#include "app/wiring.h"

#include <cstdint>

namespace lifeboat::app {

// `number` counts the steps of one watch, from 1: it is the subject of the facts.
checklist::EvidenceBook evidence_of(const UpdateStep& step, uint64_t number);

// As it happens: a watch that is ended leaves what it saw until then.
void record_update_step(World& world, const UpdateStep& step, uint64_t number);

}  // namespace lifeboat::app
