// Verifying less than everything: one backup, or a rolling sample that remembers where it ended.
#pragma once

#include "app/wiring.h"
#include "repository/check_part.h"

#include <string>
#include <string_view>

namespace lifeboat::app {

// "5%", "5", "0.5%" as a share of 1. Throws Misuse unless it is above 0 and at most 100.
double parse_share(std::string_view text);

// Only the backup itself and the packs that it needs; every byte of these when `deep`. Adds what is
// found to `report`.
void verify_snapshot_alone(World& world, const engine::Place& place, bool deep,
                           engine::VerifyReport& report, const std::stop_token& stop);

// The next part of the place's packs. Where it ended is kept in the state folder; without that file
// the round begins anew. Adds what is found to `report`; gives how many packs were read.
uint64_t verify_sample(World& world, const engine::Place& place, double share,
                       engine::VerifyReport& report, const std::stop_token& stop);

}  // namespace lifeboat::app
