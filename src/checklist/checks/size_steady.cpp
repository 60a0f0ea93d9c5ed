#include "checklist/checks/checks.h"
#include "checklist/inquiry.h"

namespace lifeboat::checklist {
namespace {

bool dropped(uint64_t before, uint64_t now, uint64_t ignored) {
    if (now >= before) return false;
    const uint64_t drop = before - now;
    return drop > before / 10 && drop > ignored;
}

Finding judge_size(const EvidenceBook& book, const Circumstances& circumstances) {
    Inquiry look(book, circumstances, "size.steady");
    const auto files = look.number(facts::copy_files, limits::phone_content_age);
    const auto bytes = look.number(facts::copy_bytes, limits::phone_content_age);
    const auto first_files = look.text(facts::previous_files, limits::any_age);
    const auto first_bytes = look.text(facts::previous_bytes, limits::any_age);
    if (!files || !bytes || !first_files || !first_bytes) return look.unknown();
    look.param("files", *files).param("bytes", *bytes);
    if (*first_files == facts::none && *first_bytes == facts::none) {
        return look.not_applicable("size.first");
    }
    const auto previous_files = look.number(facts::previous_files, limits::any_age);
    const auto previous_bytes = look.number(facts::previous_bytes, limits::any_age);
    if (!previous_files || !previous_bytes) return look.unknown();
    look.param("previous_files", *previous_files).param("previous_bytes", *previous_bytes);
    const bool smaller = dropped(*previous_files, *files, limits::files_drop_ignored) ||
                         dropped(*previous_bytes, *bytes, limits::bytes_drop_ignored);
    return smaller ? look.fail("size.smaller") : look.pass();
}

}  // namespace

Check size_steady() {
    return {.id = "R-503",
            .title = "Size against last time",
            .requirement = "R-503",
            .codes = {"size.steady", "size.first", "size.smaller"},
            .judge = judge_size};
}

}  // namespace lifeboat::checklist
