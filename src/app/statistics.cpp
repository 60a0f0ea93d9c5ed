#include "app/statistics.h"

#include <algorithm>

namespace lifeboat::app {
namespace {

double ratio(uint64_t large, uint64_t small) {
    return small == 0 ? 1.0 : static_cast<double>(large) / static_cast<double>(small);
}

}  // namespace

std::vector<engine::PlaceStatistics> place_statistics(World& world, const OpenedPlaces& places,
                                                      const std::string& wanted,
                                                      bool pieces_per_file,
                                                      const std::stop_token& stop) {
    std::vector<repository::Snapshot> chosen;
    if (!wanted.empty()) chosen.push_back(find_snapshot(places, wanted, stop).snapshot);
    std::vector<engine::PlaceStatistics> all;
    for (const engine::Place& place : places.places) {
        if (place.repository == nullptr) continue;
        const auto held = place.repository->snapshots(stop);
        const bool has_it = chosen.empty() || std::ranges::any_of(held, [&](const auto& snapshot) {
                                return snapshot.id == chosen.front().id;
                            });
        if (!has_it) continue;
        all.push_back(
            engine::place_statistics(place, chosen, pieces_per_file, world.context(stop)));
    }
    return all;
}

double saved_by_all(const repository::Statistics& figures) {
    return ratio(figures.all.bytes, figures.all.stored_bytes);
}

double saved_by_compression(const repository::Statistics& figures) {
    return ratio(figures.all.raw_bytes, figures.all.stored_bytes);
}

}  // namespace lifeboat::app
