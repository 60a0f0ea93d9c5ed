#include "checklist/checks/checks.h"
#include "checklist/inquiry.h"

namespace lifeboat::checklist {
namespace {

Finding judge_final_copy(const EvidenceBook& book, const Circumstances& circumstances) {
    Inquiry look(book, circumstances, "copy.fresh");
    const auto complete = look.instant(facts::copy_complete_at, limits::any_age);
    if (!complete) return look.unknown();
    const nanoseconds age = circumstances.now - *complete;
    look.param("complete_at", to_rfc3339(*complete))
        .param("until_at", to_rfc3339(*complete + limits::verdict_life));
    if (age > limits::verdict_life) {
        const auto minutes = std::chrono::floor<std::chrono::minutes>(age).count();
        return look.param("age_minutes", static_cast<uint64_t>(minutes)).fail("copy.expired");
    }
    const auto fresh = look.number(facts::phone_new_since_copy, limits::phone_state_age);
    if (!fresh) return look.unknown();
    if (*fresh > 0) return look.param("count", *fresh).fail("copy.outdated");
    // "Nothing new" must have been seen after the copy was complete, or it says nothing about now.
    if (book.find(facts::phone_new_since_copy)->observed < *complete) return look.unknown("stale");
    return look.pass();
}

}  // namespace

Check final_copy() {
    return {.id = "R-310",
            .title = "Final copy",
            .requirement = "R-310 R-502",
            .codes = {"copy.fresh", "copy.expired", "copy.outdated"},
            .judge = judge_final_copy};
}

}  // namespace lifeboat::checklist
