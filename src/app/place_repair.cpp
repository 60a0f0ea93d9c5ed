#include "app/place_repair.h"

#include <exception>

namespace lifeboat::app {
namespace {

struct Patient {
    repository::Repository* repository = nullptr;
    std::unique_ptr<repository::Repository> borrowed{};  // opened with another place's key
};

// A place whose config or key is damaged opens with the key of one that is whole.
Patient open_patient(World& world, const PlaceSetting& place,
                     const std::vector<repository::RepairSource>& sources,
                     const std::stop_token& stop) {
    std::exception_ptr refusal;
    try {
        return {.repository = &world.open(place, stop)};
    } catch (const repository::WrongPassword&) {
        // Its whole key files may be those of other passwords.
        refusal = std::current_exception();
    } catch (const Corrupt&) {
        refusal = std::current_exception();
    } catch (const Missing&) {
        refusal = std::current_exception();
    }
    if (sources.empty()) std::rethrow_exception(refusal);
    auto opened = repository::open_for_repair(world.backend(place), *sources.front().repository,
                                              world.repository_options(), stop);
    repository::Repository* const repository = opened.get();
    return {.repository = repository, .borrowed = std::move(opened)};
}

// What the place is left with must be able to mend itself the next time.
void write_parity(World& world, repository::Repository& place, const PlaceRepairRequest& request,
                  PlaceRepair& result, const std::stop_token& stop) {
    const repository::ParityOptions options{.dry_run = request.dry_run,
                                            .read_sidecars = !request.quick};
    const auto write = [&] {
        result.parity = repository::write_missing_parity(place, options, world.events(), stop);
    };
    if (request.only_parity) return write();
    if (!world.repository_options().parity.on()) return;
    // A server may refuse folders that it does not know: the repair itself was done all the same.
    result.parity_problem = problem_of(write);
}

}  // namespace

PlaceRepair repair_place(World& world, const PlaceSetting& place, const PlaceRepairRequest& request,
                         const std::stop_token& stop) {
    PlaceRepair result{.place = place.name};
    if (request.only_parity) {
        write_parity(world, world.open(place, stop), request, result, stop);
        return result;
    }
    repository::RepairOptions options{.dry_run = request.dry_run,
                                      .read_data = !request.quick,
                                      .leave_out_lost = request.leave_out_lost,
                                      .tags_added = {"repaired", std::string(engine::tag_partial)},
                                      .tags_removed = {std::string(engine::tag_complete)}};
    for (const PlaceSetting& other : chosen_places(world.settings(), request.from)) {
        if (other.name == place.name) continue;
        const std::string problem = problem_of([&] {
            options.sources.push_back({.name = other.name, .repository = &world.open(other, stop)});
        });
        if (problem.empty()) {
            result.sources.push_back(other.name);
        } else {
            result.sources_away.push_back(other.name + ": " + problem);
        }
    }
    const Patient patient = open_patient(world, place, options.sources, stop);
    result.report = repository::repair(*patient.repository, options, world.events(), stop);
    write_parity(world, *patient.repository, request, result, stop);
    return result;
}

}  // namespace lifeboat::app
