// What the phone shows but does not give: always listed, and in the way where it may hold what a
// person would miss.
#include "checklist/checks/checks.h"
#include "checklist/inquiry.h"

#include <array>

namespace lifeboat::checklist {
namespace {

// A folder that cannot be listed may hold anything: it counts like a photo.
constexpr std::array<std::string_view, 5> that_block = {"photos", "videos", "documents", "audio",
                                                        facts::group_folders};

Finding judge_unreadable(const EvidenceBook& book, const Circumstances& circumstances) {
    Inquiry look(book, circumstances, "unreadable.none");
    uint64_t total = 0;
    bool all_seen = true;
    for (const std::string_view group : that_block) {
        const auto count = look.number(facts::class_unreadable, limits::phone_content_age, group);
        if (!count) all_seen = false;
        if (count.value_or(0) > 0) look.param(std::string(group), *count);
        total += count.value_or(0);
    }
    look.param("count", total);
    if (total > 0) return look.fail("unreadable.some");
    return all_seen ? look.pass() : look.unknown();
}

Finding judge_group(const EvidenceBook& book, const Circumstances& circumstances,
                    std::string_view group, const std::string& code) {
    Inquiry look(book, circumstances, code);
    const auto count = look.number(facts::class_unreadable, limits::phone_content_age, group);
    if (!count) return look.unknown();
    look.param("count", *count);
    return *count == 0 ? look.pass() : look.fail();
}

}  // namespace

Check unreadable() {
    return {.id = "R-205",
            .title = "Readable files",
            .requirement = "R-205 R-505",
            .codes = {"unreadable.none", "unreadable.some"},
            .judge = judge_unreadable};
}

Check unreadable_rest() {
    return {.id = "R-205.other",
            .title = "Other readable files",
            .requirement = "R-205",
            .gate = Gate::warns,
            .codes = {"unreadable.other"},
            .judge = [](const EvidenceBook& book, const Circumstances& circumstances) {
                return judge_group(book, circumstances, "other", "unreadable.other");
            }};
}

Check private_areas() {
    return {.id = "R-208.private",
            .title = "App-private areas",
            .requirement = "R-205 R-208",
            .gate = Gate::warns,
            .platform = Platform::android,
            .codes = {"private.closed"},
            .judge = [](const EvidenceBook& book, const Circumstances& circumstances) {
                return judge_group(book, circumstances, facts::group_private, "private.closed");
            }};
}

}  // namespace lifeboat::checklist
