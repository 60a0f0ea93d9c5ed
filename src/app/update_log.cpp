#include "app/update_log.h"

#include "app/records.h"
#include "base/text.h"
#include "checklist/facts.h"

#include <fmt/format.h>

namespace lifeboat::app {

namespace facts = checklist::facts;

checklist::EvidenceBook evidence_of(const UpdateStep& step, uint64_t number) {
    checklist::EvidenceBook book;
    const auto tell = [&](std::string_view fact, std::string value) {
        book.add({.fact = std::string(fact),
                  .subject = std::to_string(number),
                  .value = std::move(value),
                  .grade = checklist::Grade::proven,
                  .method = "seen on USB and by usbmux during the update",
                  .observed = step.when});
    };
    tell(facts::update_mode, std::string(word(step.mode)));
    if (step.mode == UpdateMode::normal) {
        tell(facts::update_system,
             step.build.empty() ? step.version : fmt::format("{} ({})", step.version, step.build));
    }
    if (step.silent) {
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(step.after);
        tell(facts::update_silent_seconds, std::to_string(seconds.count()));
    }
    return book;
}

void record_update_step(World& world, const UpdateStep& step, uint64_t number) {
    record_evidence(world, evidence_of(step, number), step.serial);
}

}  // namespace lifeboat::app
