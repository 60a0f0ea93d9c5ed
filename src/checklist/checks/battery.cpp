#include "checklist/checks/checks.h"
#include "checklist/inquiry.h"

namespace lifeboat::checklist {
namespace {

Finding charge_at_least(const EvidenceBook& book, const Circumstances& circumstances,
                        const char* code, unsigned needed) {
    Inquiry look(book, circumstances, code);
    const auto percent = look.number(facts::battery_percent, limits::phone_state_age);
    look.param("needed", needed);
    if (!percent) return look.unknown();
    if (*percent > 100) return look.unknown("malformed");
    look.param("percent", *percent);
    return *percent >= needed ? look.pass() : look.fail();
}

}  // namespace

Check battery_for_update() {
    return {.id = "R-301",
            .title = "Battery",
            .requirement = "R-101 R-102 R-301",
            .codes = {"battery.level"},
            .judge = [](const EvidenceBook& book, const Circumstances& circumstances) {
                return charge_at_least(book, circumstances, "battery.level",
                                       limits::battery_for_update);
            }};
}

Check battery_to_start() {
    return {.id = "R-101",
            .title = "Battery",
            .requirement = "R-101 R-301",
            .codes = {"battery.start"},
            .judge = [](const EvidenceBook& book, const Circumstances& circumstances) {
                return charge_at_least(book, circumstances, "battery.start",
                                       limits::battery_to_start);
            }};
}

Check charger() {
    return {.id = "R-103",
            .title = "Charger",
            .requirement = "R-103",
            .gate = Gate::warns,
            .codes = {"charger.plugged"},
            .judge = [](const EvidenceBook& book, const Circumstances& circumstances) {
                Inquiry look(book, circumstances, "charger.plugged");
                const auto plugged = look.yes_no(facts::battery_plugged, limits::phone_state_age);
                if (!plugged) return look.unknown();
                return *plugged ? look.pass() : look.fail();
            }};
}

}  // namespace lifeboat::checklist
