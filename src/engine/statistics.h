// What a place and its backups take, with the files by what a person calls them.
#pragma once

#include "content/media_class.h"
#include "engine/engine.h"
#include "repository/statistics.h"

#include <array>

namespace lifeboat::engine {

struct MediaFigures {
    uint64_t files = 0, bytes = 0;
};
using MediaTable = std::array<MediaFigures, content::all_media_classes.size()>;

struct PlaceStatistics {
    std::string place{};
    std::vector<repository::Snapshot> snapshots{};
    repository::Statistics figures{};
    std::vector<MediaTable> media{};  // by snapshot, in the order of all_media_classes
};

// Of these backups of a place; none given: of all. `pieces_per_file` as in StatisticsOptions.
PlaceStatistics place_statistics(const Place& place, std::vector<repository::Snapshot> snapshots,
                                 bool pieces_per_file, const OperationContext& context);

}  // namespace lifeboat::engine
