#include "app/locks.h"

namespace lifeboat::app {

std::vector<PlaceLocks> place_locks(World& world, const std::vector<std::string>& names,
                                    const std::stop_token& stop) {
    std::vector<PlaceLocks> all;
    for (const engine::Place& place : world.open_places(names, stop).places) {
        PlaceLocks one{.place = place.name, .problem = place.problem};
        if (place.repository != nullptr) {
            one.locks = repository::list_locks(*place.repository, stop);
        }
        all.push_back(std::move(one));
    }
    return all;
}

std::string_view to_text(repository::Holder holder) {
    switch (holder) {
        case repository::Holder::this_program:
            return "this_program";
        case repository::Holder::alive:
            return "alive";
        case repository::Holder::gone:
            return "gone";
        case repository::Holder::elsewhere:
            return "elsewhere";
    }
    return "elsewhere";
}

}  // namespace lifeboat::app
