// Evidence: what was observed, by whom, when, and how much it is worth. Pure values.
#pragma once

#include "base/time.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::checklist {

// Never mixed: `proven` a machine read it, `restored` it was read back out of a copy and compared,
// `told` a person said so (never a tick), `unknown` nobody can see it (the default of every row).
enum class Grade { unknown, told, proven, restored };

std::string_view to_text(Grade grade);
std::optional<Grade> grade_from_text(std::string_view text);

struct Evidence {
    std::string id{};       // unique in its book and in the log: "e17"
    std::string fact{};     // "battery.percent", "copy.photos.missing"
    std::string subject{};  // which phone, place or app: a device key, a place name; may be empty
    std::optional<std::string> value{};
    Grade grade = Grade::unknown;
    std::string method{};
    std::string why_unknown{};
    std::string
        raw_sha256{};  // of the raw output the value was read from; hex, empty when there is none
    TimePoint observed{};
    bool operator==(const Evidence&) const = default;
};

// All evidence of one run. Later evidence of the same fact and subject replaces earlier.
class EvidenceBook {
public:
    void add(Evidence evidence);
    // Nothing when nobody looked.
    const Evidence* find(std::string_view fact, std::string_view subject = {}) const;
    // Every subject of a fact, sorted by subject.
    std::vector<const Evidence*> all(std::string_view fact) const;
    const std::vector<Evidence>& entries() const { return entries_; }

private:
    std::vector<Evidence> entries_{};
    std::map<std::pair<std::string, std::string>, size_t, std::less<>> index_{};
};

}  // namespace lifeboat::checklist
