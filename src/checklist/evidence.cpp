#include "checklist/evidence.h"

#include <fmt/format.h>

namespace lifeboat::checklist {

std::string_view to_text(Grade grade) {
    switch (grade) {
        case Grade::unknown:
            return "unknown";
        case Grade::told:
            return "told";
        case Grade::proven:
            return "proven";
        case Grade::restored:
            return "restored";
    }
    return "unknown";
}

std::optional<Grade> grade_from_text(std::string_view text) {
    for (const Grade grade : {Grade::unknown, Grade::told, Grade::proven, Grade::restored}) {
        if (to_text(grade) == text) return grade;
    }
    return std::nullopt;
}

std::string EvidenceBook::add(Evidence evidence) {
    if (evidence.id.empty()) evidence.id = fmt::format("e{}", next_id_);
    ++next_id_;
    const std::string id = evidence.id;
    const auto [at, added] =
        index_.try_emplace(Key{evidence.fact, evidence.subject}, entries_.size());
    if (added) {
        entries_.push_back(std::move(evidence));
    } else {
        entries_[at->second] = std::move(evidence);
    }
    return id;
}

const Evidence* EvidenceBook::find(std::string_view fact, std::string_view subject) const {
    const auto at = index_.find(Key{fact, subject});
    return at == index_.end() ? nullptr : &entries_[at->second];
}

std::vector<const Evidence*> EvidenceBook::all(std::string_view fact) const {
    std::vector<const Evidence*> found;
    for (auto at = index_.lower_bound(Key{fact, std::string_view{}}); at != index_.end(); ++at) {
        if (at->first.first != fact) break;
        found.push_back(&entries_[at->second]);
    }
    return found;
}

}  // namespace lifeboat::checklist
