#include "app/look.h"

#include "checklist/facts.h"
#include "engine/coverage.h"

namespace lifeboat::app {
namespace {

namespace facts = checklist::facts;

engine::HeldByPlace held_by(const engine::Place& place, const std::string& device_key,
                            const std::stop_token& stop) {
    engine::HeldByPlace held{.place = place.name};
    if (place.repository == nullptr) return held;
    const auto newest = engine::newest_backup(place.repository->snapshots(stop), device_key);
    if (!newest) return held;
    auto manifest = engine::load_manifest(*place.repository->read(*newest, stop));
    if (manifest) held.manifest = std::move(*manifest);
    return held;
}

}  // namespace

engine::ReadyReport look_only(phone::Phone& phone, const OpenedPlaces& places,
                              const engine::ReadyOptions& options,
                              const engine::OperationContext& context) {
    engine::ReadyReport report;
    report.facts = phone.facts(context.stop);
    report.evidence = engine::inspect(report.facts, context);
    const phone::Inventory inventory = phone.inventory(context.stop);
    const TimePoint now = context.clock.now();
    checklist::Circumstances circumstances{.now = now, .device = report.facts.device_key};
    std::vector<engine::HeldByPlace> held;
    for (const engine::Place& place : places.places) {
        circumstances.places.push_back(place.name);
        held.push_back(held_by(place, report.facts.device_key, context.stop));
        if (place.repository == nullptr) {
            report.place_problems.push_back({{}, place.name + ": " + place.problem});
        }
        if (!place.device.empty()) {
            report.evidence.add({.fact = std::string(facts::place_device),
                                 .subject = place.name,
                                 .value = place.device,
                                 .grade = checklist::Grade::proven,
                                 .method = "the file system's device",
                                 .observed = now});
        }
    }
    report.before = engine::coverage(inventory, {}, held);
    report.after = report.before;
    checklist::add_evidence(report.evidence, report.after, now,
                            "inventory of the phone against the newest backup in every place");
    if (!options.single_place_waiver.empty()) {
        report.evidence.add({.fact = std::string(facts::waiver_single_place),
                             .value = options.single_place_waiver,
                             .grade = checklist::Grade::told,
                             .method = "the person's reason",
                             .observed = now});
    }
    report.verdict = checklist::judge(checklist::catalogue(), report.evidence, circumstances);
    return report;
}

}  // namespace lifeboat::app
