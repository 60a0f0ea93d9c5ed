// What an Android phone keeps in databases: each class was read into the copy, or the phone does
// not show it to a computer.
#include "checklist/checks/checks.h"
#include "checklist/inquiry.h"

#include <string>

namespace lifeboat::checklist {
namespace {

Finding judge_records(const std::string& name, const EvidenceBook& book,
                      const Circumstances& circumstances) {
    Inquiry look(book, circumstances, "records." + name);
    const auto count = look.number(facts::inventory_count, limits::phone_content_age, name);
    if (!count) return look.unknown();
    return look.param("count", *count).pass();
}

}  // namespace

Check records_copied(std::string_view record_class, std::string_view title, Gate gate) {
    const std::string name(record_class);
    return {.id = "R-208." + name,
            .title = std::string(title),
            .requirement = "R-208 R-007",
            .gate = gate,
            .platform = Platform::android,
            .codes = {"records." + name},
            .judge = [name](const EvidenceBook& book, const Circumstances& circumstances) {
                return judge_records(name, book, circumstances);
            }};
}

}  // namespace lifeboat::checklist
