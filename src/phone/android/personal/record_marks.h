// Marks of ours on what is written onto a phone in several parts. A run that is cut leaves them;
// the next one finds what was begun by them, and finishes it.
#pragma once

#include "personal/restore_plan.h"

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::phone::android {

// A mark for each record, the same in every run: what it is, and which of equal ones.
std::vector<std::string> marks_of(std::span<const personal::Record> records);
bool is_mark(std::string_view id);

// The plan for what bears no mark on the phone yet: `marked` are the places in `wanted` that do,
// and `present` is without them.
personal::RestorePlan plan_unmarked(std::span<const personal::Record> wanted,
                                    const std::set<size_t>& marked,
                                    std::span<const personal::Record> present);

}  // namespace lifeboat::phone::android
