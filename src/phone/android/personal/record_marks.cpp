#include "phone/android/personal/record_marks.h"

#include "personal/fields.h"

#include <map>
#include <utility>

namespace lifeboat::phone::android {
namespace {

constexpr std::string_view mark_of_ours = "lifeboat-";

}  // namespace

std::vector<std::string> marks_of(std::span<const personal::Record> records) {
    std::map<std::pair<std::string_view, std::string_view>, size_t> equal;
    std::vector<std::string> marks;
    marks.reserve(records.size());
    for (const personal::Record& record : records) {
        personal::FieldDigest digest;
        digest.add("identity", record.identity);
        digest.add("digest", record.digest);
        digest.add("number", std::to_string(equal[{record.identity, record.digest}]++));
        marks.push_back(std::string(mark_of_ours) + digest.hex());
    }
    return marks;
}

bool is_mark(std::string_view id) {
    return id.starts_with(mark_of_ours);
}

personal::RestorePlan plan_unmarked(std::span<const personal::Record> wanted,
                                    const std::set<size_t>& marked,
                                    std::span<const personal::Record> present) {
    std::vector<personal::Record> rest;
    std::vector<size_t> places;
    for (size_t i = 0; i < wanted.size(); ++i) {
        if (marked.contains(i)) continue;
        rest.push_back(wanted[i]);
        places.push_back(i);
    }
    personal::RestorePlan plan = personal::plan_restore(rest, present);
    for (auto* list : {&plan.already_there, &plan.missing, &plan.conflicts}) {
        for (size_t& place : *list) place = places[place];
    }
    return plan;
}

}  // namespace lifeboat::phone::android
