#include "engine/statistics.h"

namespace lifeboat::engine {

PlaceStatistics place_statistics(const Place& place, std::vector<repository::Snapshot> snapshots,
                                 bool pieces_per_file, const OperationContext& context) {
    PlaceStatistics result{.place = place.name, .snapshots = std::move(snapshots)};
    if (result.snapshots.empty()) result.snapshots = place.repository->snapshots(context.stop);
    result.media.resize(result.snapshots.size());
    const repository::StatisticsOptions options{
        .pieces_per_file = pieces_per_file,
        .each_file = [&](size_t snapshot, const std::string& path, uint64_t size) {
            const auto media_class = static_cast<size_t>(content::classify(path));
            MediaFigures& figures = result.media[snapshot].at(media_class);
            ++figures.files;
            figures.bytes += size;
        }};
    result.figures = repository::statistics(*place.repository, result.snapshots, options,
                                            context.events, context.stop);
    return result;
}

}  // namespace lifeboat::engine
