// Evidence: what was observed, by whom, when, and how much it is worth. Pure values.
#pragma once

#include "base/time.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lifeboat::checklist {

// Never mixed: `proven` a machine read it, `restored` it was read back out of a copy and compared,
// `told` a person said so (never a tick), `unknown` nobody can see it (the default of every row).
// In the order of what they are worth.
enum class Grade { unknown, told, proven, restored };

std::string_view to_text(Grade grade);
std::optional<Grade> grade_from_text(std::string_view text);

struct Evidence {
    std::string id{};    // unique in its book and in the log: "e17"
    std::string fact{};  // one of facts.h: "battery.percent"
    std::string
        subject{};  // what it is about when there are several: a place, a class; see facts.h
    std::optional<std::string> value{};
    Grade grade = Grade::unknown;
    std::string method{};
    std::string why_unknown{};
    // Of the raw output the value was read from; hex, empty when there is none.
    std::string raw_sha256{};
    TimePoint observed{};
    bool operator==(const Evidence&) const = default;
};

// All evidence of one run. What is added later about the same fact and subject replaces what was
// there, wherever it came from: a verdict is about now.
class EvidenceBook {
public:
    // An entry without an id gets the next free "e<n>". Returns the id.
    std::string add(Evidence evidence);
    // Nothing when nobody looked. The pointer lives until the next add().
    const Evidence* find(std::string_view fact, std::string_view subject = {}) const;
    // Every subject of a fact, sorted by subject.
    std::vector<const Evidence*> all(std::string_view fact) const;
    const std::vector<Evidence>& entries() const& { return entries_; }
    const std::vector<Evidence>& entries() const&& = delete;  // would outlive its book

private:
    using Key = std::pair<std::string, std::string>;

    std::vector<Evidence> entries_{};
    std::map<Key, size_t> index_{};
    size_t next_id_ = 1;
};

}  // namespace lifeboat::checklist
