#include "checklist/checks/checks.h"
#include "checklist/inquiry.h"

namespace lifeboat::checklist {
namespace {

// Whether it is strong enough is for the repository to say, which knows what one guess costs.
Finding judge_password(const EvidenceBook& book, const Circumstances& circumstances) {
    Inquiry look(book, circumstances, "password.strength");
    if (circumstances.places.empty()) return look.fail("places.none");
    std::string weak;
    for (const std::string& place : circumstances.places) {
        const auto sufficient = look.yes_no(facts::password_sufficient, limits::any_age, place);
        if (sufficient && !*sufficient) weak += (weak.empty() ? "" : ", ") + place;
        const auto bits = look.peek(facts::password_bits, place);
        if (bits) look.param("bits", *bits);
    }
    if (!weak.empty()) return look.param("place", weak).fail();
    return look.pass();  // unknown() when a place could not be seen
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
