#include "checklist/checks/checks.h"
#include "checklist/inquiry.h"

namespace lifeboat::checklist {
namespace {

Finding judge_space(const EvidenceBook& book, const Circumstances& circumstances) {
    Inquiry look(book, circumstances, "phone_space.free");
    look.param("needed_bytes", limits::phone_space_needed);
    const auto free = look.number(facts::storage_free_bytes, limits::phone_content_age);
    if (!free) return look.unknown();
    look.param("free_bytes", *free);
    if (*free < limits::phone_space_needed) return look.fail();
    if (*free >= limits::phone_space_wanted) return look.pass();
    look.param("wanted_bytes", limits::phone_space_wanted);
    return look.fail("phone_space.tight", Gate::warns);
}

}  // namespace

Check phone_space() {
    return {.id = "R-105",
            .title = "Space on the phone",
            .requirement = "R-105",
            .codes = {"phone_space.free", "phone_space.tight"},
            .judge = judge_space};
}

}  // namespace lifeboat::checklist
