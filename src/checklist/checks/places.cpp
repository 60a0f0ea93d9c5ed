#include "base/text.h"
#include "checklist/checks/checks.h"
#include "checklist/inquiry.h"

#include <algorithm>
#include <set>

namespace lifeboat::checklist {
namespace {

Finding judge_enough(const EvidenceBook& book, const Circumstances& circumstances) {
    Inquiry look(book, circumstances, "places.count");
    look.param("needed", limits::places_needed);
    // Two names for one folder are one place.
    std::set<std::string> locations;
    for (const std::string& place : circumstances.places) {
        const auto location = look.text(facts::place_location, limits::any_age, place);
        if (!location || location->empty()) return look.unknown();
        locations.insert(*location);
    }
    look.param("count", uint64_t{locations.size()});
    if (locations.size() >= limits::places_needed) return look.pass();
    if (locations.size() == 1) {
        if (const auto reason = look.told(facts::waiver_single_place)) {
            return look.param("reason", *reason).pass("places.single_accepted");
        }
    }
    return look.fail();
}

enum class ReadBack { good, bad, outdated, unseen };

// A read-back counts when it began after the newest copy was complete: an older one read an older
// copy.
ReadBack read_back_of(Inquiry& look, const std::string& place,
                      const std::optional<TimePoint>& complete) {
    const auto ok = look.yes_no(facts::place_read_back_ok, limits::any_age, place);
    const auto at = look.instant(facts::place_read_back_at, limits::any_age, place);
    if (ok && !*ok) return ReadBack::bad;
    if (!ok || !at || !complete) return ReadBack::unseen;
    return *at < *complete ? ReadBack::outdated : ReadBack::good;
}

Finding judge_read_back(const EvidenceBook& book, const Circumstances& circumstances) {
    Inquiry look(book, circumstances, "places.read_back");
    look.param("count", uint64_t{circumstances.places.size()});
    if (circumstances.places.empty()) return look.fail("places.none");
    const auto complete = look.instant(facts::copy_complete_at, limits::any_age);
    std::string bad;
    std::string outdated;
    for (const std::string& place : circumstances.places) {
        const ReadBack state = read_back_of(look, place, complete);
        if (state == ReadBack::bad) bad += (bad.empty() ? "" : ", ") + place;
        if (state == ReadBack::outdated) outdated += (outdated.empty() ? "" : ", ") + place;
    }
    if (!bad.empty()) return look.param("place", bad).fail();
    if (!outdated.empty()) return look.param("place", outdated).fail("places.read_back_old");
    return look.pass();  // unknown() when a place could not be seen
}

Finding judge_apart(const EvidenceBook& book, const Circumstances& circumstances) {
    Inquiry look(book, circumstances, "places.apart");
    std::set<std::string> devices;
    for (const std::string& place : circumstances.places) {
        const auto device = look.text(facts::place_device, limits::any_age, place);
        if (!device || device->empty()) return look.unknown();
        devices.insert(*device);
    }
    look.param("count", uint64_t{devices.size()});
    return devices.size() >= limits::places_needed ? look.pass() : look.fail();
}

}  // namespace

Check places_enough() {
    return {.id = "R-501",
            .title = "Places",
            .requirement = "R-501 R-810",
            .told_suffices = true,
            .codes = {"places.count", "places.single_accepted"},
            .judge = judge_enough};
}

Check places_read_back() {
    return {.id = "R-501.read_back",
            .title = "Places read back",
            .requirement = "R-501 R-503",
            .codes = {"places.read_back", "places.read_back_old", "places.none"},
            .judge = judge_read_back};
}

Check places_apart() {
    return {.id = "R-501.apart",
            .title = "Places apart",
            .requirement = "R-501",
            .gate = Gate::warns,
            .codes = {"places.apart"},
            .judge = judge_apart};
}

}  // namespace lifeboat::checklist
