// The subtraction: on the phone minus in every place, for each class of files, must be zero.
#include "base/text.h"
#include "checklist/checks/checks.h"
#include "checklist/inquiry.h"

#include <string>

namespace lifeboat::checklist {
namespace {

struct Shortage {
    uint64_t files = 0;
    std::string place{};
};

// The place that lacks most; nothing when one place cannot be seen.
std::optional<Shortage> worst(Inquiry& look, std::string_view media_class) {
    Shortage worst;
    bool all_seen = true;
    for (const std::string& place : look.circumstances().places) {
        const auto missing = look.number(facts::class_missing, limits::phone_content_age,
                                         facts::at_place(media_class, place));
        if (!missing) {
            all_seen = false;
        } else if (*missing > worst.files) {
            worst = {*missing, place};
        }
    }
    if (!all_seen && worst.files == 0) return std::nullopt;
    return worst;
}

void add_bytes(Inquiry& look, std::string_view fact, const std::string& subject) {
    const auto bytes = look.peek(fact, subject);
    if (bytes && parse_u64(*bytes)) look.param("bytes", *bytes);
}

Finding judge_class(const std::string& name, const EvidenceBook& book,
                    const Circumstances& circumstances) {
    Inquiry look(book, circumstances, name + ".covered");
    const auto on_phone = look.number(facts::class_on_phone, limits::phone_content_age, name);
    if (!on_phone) return look.unknown();
    look.param("total", *on_phone).param("places", uint64_t{circumstances.places.size()});
    if (circumstances.places.empty()) {
        add_bytes(look, facts::class_on_phone_bytes, name);
        return look.param("count", *on_phone).fail(name + ".only_on_phone");
    }
    const auto shortage = worst(look, name);
    if (!shortage) return look.unknown();
    if (shortage->files == 0) return look.pass();
    const auto only = look.peek(facts::class_only_on_phone, name);
    const auto count = only ? parse_u64(*only) : std::nullopt;
    if (count.value_or(0) > 0) {
        add_bytes(look, facts::class_only_on_phone_bytes, name);
        return look.param("count", *count).fail(name + ".only_on_phone");
    }
    add_bytes(look, facts::class_missing_bytes, facts::at_place(name, shortage->place));
    look.param("count", shortage->files).param("place", shortage->place);
    return look.fail(name + ".missing");
}

std::string row_of(std::string_view media_class) {
    if (media_class == "photos") return "R-305.photos";
    if (media_class == "videos") return "R-305.videos";
    if (media_class == "documents") return "R-306.documents";
    return "R-505." + std::string(media_class);
}

std::string title_of_class(std::string_view media_class) {
    if (media_class == "photos") return "Photos";
    if (media_class == "videos") return "Videos";
    if (media_class == "documents") return "Documents";
    if (media_class == "audio") return "Audio";
    return "Other files";
}

}  // namespace

Check class_covered(std::string_view media_class) {
    const std::string name(media_class);
    const std::string row = row_of(media_class);
    return {.id = row,
            .title = title_of_class(media_class),
            .requirement = row.substr(0, 5) + " R-203 R-205 R-602",
            .codes = {name + ".covered", name + ".missing", name + ".only_on_phone"},
            .judge = [name](const EvidenceBook& book, const Circumstances& circumstances) {
                return judge_class(name, book, circumstances);
            }};
}

Check pinned_covered() {
    return {.id = "R-306.pinned",
            .title = "Pinned files",
            .requirement = "R-306",
            .codes = {"pinned.covered", "pinned.missing", "pinned.none"},
            .judge = [](const EvidenceBook& book, const Circumstances& circumstances) {
                Inquiry look(book, circumstances, "pinned.covered");
                const auto total = look.number(facts::pinned_total, limits::phone_content_age);
                if (!total) return look.unknown();
                if (*total == 0) return look.not_applicable("pinned.none");
                const auto missing = look.number(facts::pinned_missing, limits::phone_content_age);
                if (!missing) return look.unknown();
                look.param("total", *total).param("count", *missing);
                if (*missing > *total) return look.unknown("contradiction");
                return *missing == 0 ? look.pass() : look.fail("pinned.missing");
            }};
}

}  // namespace lifeboat::checklist
