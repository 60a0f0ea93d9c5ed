#include "checklist/checks/checks.h"
#include "checklist/inquiry.h"

namespace lifeboat::checklist {
namespace {

Finding judge_password(const EvidenceBook& book, const Circumstances& circumstances) {
    Inquiry look(book, circumstances, "password.strength");
    look.param("needed", limits::password_bits_needed);
    if (circumstances.places.empty()) return look.fail("places.none");
    // Every place has its own lock; the weakest is what protects the copy.
    std::optional<uint64_t> weakest;
    for (const std::string& place : circumstances.places) {
        const auto bits = look.number(facts::password_bits, limits::any_age, place);
        if (!bits || (weakest && *bits >= *weakest)) continue;
        weakest = *bits;
        look.param("bits", *bits).param("place", place);
    }
    if (!weakest) return look.unknown();
    return *weakest >= limits::password_bits_needed ? look.pass() : look.fail();
}

}  // namespace

Check password_sufficient() {
    return {.id = "R-504",
            .title = "Password",
            .requirement = "R-504",
            .codes = {"password.strength", "places.none"},
            .judge = judge_password};
}

}  // namespace lifeboat::checklist
