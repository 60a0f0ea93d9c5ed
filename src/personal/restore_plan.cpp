#include "personal/restore_plan.h"

#include <map>
#include <string_view>
#include <utility>

namespace lifeboat::personal {

RestorePlan plan_restore(std::span<const Record> wanted, std::span<const Record> present) {
    std::map<std::pair<std::string_view, std::string_view>, size_t> equal;
    std::map<std::string_view, size_t> others;  // by identity, those that equal none
    for (const Record& record : present) {
        ++equal[{record.identity, record.digest}];
        ++others[record.identity];
    }
    RestorePlan plan;
    std::vector<size_t> rest;
    for (size_t i = 0; i < wanted.size(); ++i) {
        const auto found = equal.find({wanted[i].identity, wanted[i].digest});
        if (found == equal.end() || found->second == 0) {
            rest.push_back(i);
            continue;
        }
        --found->second;
        --others[wanted[i].identity];
        plan.already_there.push_back(i);
    }
    for (const size_t i : rest) {
        const auto found = others.find(wanted[i].identity);
        if (found == others.end() || found->second == 0) {
            plan.missing.push_back(i);
            continue;
        }
        --found->second;
        plan.conflicts.push_back(i);
    }
    return plan;
}

}  // namespace lifeboat::personal
