#include "app/look.h"

#include "checklist/facts.h"
#include "engine/app_backup.h"
#include "engine/coverage.h"
#include "engine/phone_view.h"

#include <algorithm>
#include <span>

namespace lifeboat::app {
namespace {

namespace facts = checklist::facts;

// Facts that no phone tells: where the places are, the password, the person's reason.
class Teller {
public:
    Teller(checklist::EvidenceBook& book, TimePoint now) : book_(book), now_(now) {}

    void of_place(const engine::Place& place, const engine::ReadyOptions& options) {
        if (!place.location.empty()) {
            tell(facts::place_location, place.name, place.location, "the settings");
        }
        if (!place.device.empty()) {
            tell(facts::place_device, place.name, place.device, "the file system's device");
        }
        if (place.repository == nullptr || !options.password) return;
        constexpr std::string_view method = "estimate of the password the place is opened with";
        tell(facts::password_sufficient, place.name, options.password->sufficient ? "yes" : "no",
             method);
        tell(facts::password_bits, place.name,
             std::to_string(static_cast<uint64_t>(options.password->bits)), method);
    }

    void of_person(const engine::ReadyOptions& options) {
        const auto waive = [&](std::string_view fact, const std::string& reason) {
            if (reason.empty()) return;
            tell(fact, "", reason, "the person's reason", checklist::Grade::told);
        };
        waive(facts::waiver_single_place, options.single_place_waiver);
        waive(facts::waiver_cloud_only, options.cloud_only_waiver);
        for (const checklist::Evidence& said : options.told) book_.add(said);
    }

    void of_pins(const engine::ReadyOptions& options, std::span<const engine::HeldByPlace> held) {
        const auto missing = std::ranges::count_if(options.pinned, [&](const ItemPath& path) {
            return !std::ranges::all_of(held, [&](const engine::HeldByPlace& place) {
                return place.manifest.files.contains(path) && !place.wrong.contains(path);
            });
        });
        tell(facts::pinned_total, "", std::to_string(options.pinned.size()), "the command line");
        tell(facts::pinned_missing, "", std::to_string(missing), "the newest backup in each place");
    }

private:
    void tell(std::string_view fact, const std::string& subject, std::string value,
              std::string_view method, checklist::Grade grade = checklist::Grade::proven) {
        book_.add({.fact = std::string(fact),
                   .subject = subject,
                   .value = std::move(value),
                   .grade = grade,
                   .method = std::string(method),
                   .observed = now_});
    }

    checklist::EvidenceBook& book_;
    TimePoint now_;
};

}  // namespace

std::vector<ItemPath> pinned_paths(const phone::Facts& facts,
                                   const std::vector<std::string>& named) {
    const bool is_iphone = facts.id.platform == phone::Platform::ios;
    std::vector<ItemPath> paths;
    for (const std::string& name : named) {
        const ItemPath path(name);
        paths.push_back(is_iphone ? engine::name_on_phone(path) : path);
    }
    return paths;
}

engine::ReadyReport look_only(phone::Phone& phone, const OpenedPlaces& places,
                              const engine::ReadyOptions& options,
                              const engine::OperationContext& context) {
    engine::ReadyReport report;
    report.facts = phone.facts(context.stop);
    report.evidence = engine::inspect(report.facts, context);
    const phone::Inventory inventory = phone.inventory(context.stop);
    const TimePoint now = context.clock.now();
    checklist::Circumstances circumstances{.now = now,
                                           .device = report.facts.device_key,
                                           .places = {},
                                           .platform = engine::platform_of(report.facts)};
    std::vector<engine::HeldByPlace> held;
    Teller teller(report.evidence, now);
    bool looked_for_apps = circumstances.platform != checklist::Platform::android;
    for (const engine::Place& place : places.places) {
        if (!looked_for_apps && place.repository != nullptr) {
            looked_for_apps = true;
            engine::add_app_backup(report.evidence, *place.repository, report.facts.device_key, now,
                                   context.stop);
        }
        circumstances.places.push_back(place.name);
        held.push_back(engine::held_by(place, report.facts.device_key, context.stop));
        if (place.repository == nullptr) {
            report.place_problems.push_back({{}, place.name + ": " + place.problem});
        }
        teller.of_place(place, options);
    }
    report.before = engine::coverage(inventory, {}, held);
    report.after = report.before;
    checklist::add_evidence(report.evidence, report.after, now,
                            "inventory of the phone against the newest backup in every place");
    teller.of_person(options);
    teller.of_pins(options, held);
    report.verdict = checklist::judge(checklist::catalogue(), report.evidence, circumstances);
    return report;
}

}  // namespace lifeboat::app
