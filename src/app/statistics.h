// What the places take: figures for people and programs.
#pragma once

#include "app/snapshots.h"
#include "engine/statistics.h"

namespace lifeboat::app {

// Of each place that opened: all backups, or the one that `wanted` names (as find_snapshot) where
// the place holds it.
std::vector<engine::PlaceStatistics> place_statistics(World& world, const OpenedPlaces& places,
                                                      const std::string& wanted,
                                                      bool pieces_per_file,
                                                      const std::stop_token& stop);

// Logical bytes of all backups for each stored one: what deduplication and compression save.
double saved_by_all(const repository::Statistics& figures);
// Before compression for each stored byte.
double saved_by_compression(const repository::Statistics& figures);

}  // namespace lifeboat::app
