#include "checklist/verdict.h"

#include "checklist/facts.h"
#include "checklist/inquiry.h"

#include <algorithm>

namespace lifeboat::checklist {
namespace {

bool not_passed(const Finding& finding) {
    return finding.outcome == Outcome::fail || finding.outcome == Outcome::unknown;
}

bool applies(const Check& check, const Circumstances& circumstances) {
    return check.platform == Platform::any || circumstances.platform == Platform::any ||
           check.platform == circumstances.platform;
}

bool grade_suffices(const Check& check, const Finding& finding) {
    if (finding.grade >= Grade::proven) return true;
    return check.told_suffices && finding.grade == Grade::told;
}

Finding ask_one(const Check& check, const EvidenceBook& book, const Circumstances& circumstances) {
    Finding finding;
    finding.params["title"] = check.title;
    if (!applies(check, circumstances)) {
        finding.outcome = Outcome::not_applicable;
        finding.code = "requirement.other_phone";
    } else if (!check.built || !check.judge) {
        finding.outcome = Outcome::not_built;
        finding.code = "requirement.not_built";
    } else {
        finding = check.judge(book, circumstances);
    }
    finding.check = check.id;
    finding.requirement = check.requirement;
    finding.gate = std::max(check.gate, finding.gate);
    finding.answerer = check.answerer;
    if (finding.outcome == Outcome::pass && finding.gate == Gate::blocks &&
        !grade_suffices(check, finding)) {
        finding.outcome = Outcome::unknown;
        finding.code = "grade.insufficient";
        finding.params["title"] = check.title;
    }
    return finding;
}

// The end of the hour that began with the last complete copy; nothing when that is not known, or
// over.
std::optional<TimePoint> life_of_copy(const EvidenceBook& book,
                                      const Circumstances& circumstances) {
    Inquiry look(book, circumstances, "copy.fresh");
    const auto complete = look.instant(facts::copy_complete_at, limits::any_age);
    if (!complete || *complete + limits::verdict_life < circumstances.now) return std::nullopt;
    return std::min(*complete, circumstances.now) + limits::verdict_life;
}

std::vector<const Finding*> select(const std::vector<Finding>& findings,
                                   bool (*wanted)(const Finding&)) {
    std::vector<const Finding*> selected;
    for (const Finding& finding : findings) {
        if (wanted(finding)) selected.push_back(&finding);
    }
    return selected;
}

bool blocks(const Finding& finding) {
    return finding.gate == Gate::blocks && not_passed(finding);
}

}  // namespace

std::string_view to_text(Gate gate) {
    switch (gate) {
        case Gate::blocks:
            return "blocks";
        case Gate::warns:
            return "warns";
        case Gate::informs:
            return "informs";
    }
    return "blocks";
}

std::string_view to_text(Outcome outcome) {
    switch (outcome) {
        case Outcome::pass:
            return "pass";
        case Outcome::fail:
            return "fail";
        case Outcome::unknown:
            return "unknown";
        case Outcome::not_applicable:
            return "not_applicable";
        case Outcome::not_built:
            return "not_built";
    }
    return "unknown";
}

std::string_view to_text(Answerer answerer) {
    return answerer == Answerer::person ? "person" : "machine";
}

std::string_view to_text(Answer answer) {
    switch (answer) {
        case Answer::go:
            return "go";
        case Answer::no_go:
            return "no_go";
        case Answer::needs_confirmation:
            return "needs_confirmation";
    }
    return "no_go";
}

std::vector<const Finding*> Verdict::open() const {
    return select(findings, blocks);
}

std::vector<const Finding*> Verdict::warnings() const {
    return select(findings,
                  [](const Finding& f) { return f.gate == Gate::warns && not_passed(f); });
}

std::vector<const Finding*> Verdict::accepted() const {
    return select(findings, [](const Finding& f) {
        return f.gate == Gate::blocks && f.outcome == Outcome::pass && f.grade == Grade::told;
    });
}

std::vector<const Finding*> Verdict::not_built() const {
    return select(findings, [](const Finding& f) { return f.outcome == Outcome::not_built; });
}

std::vector<Finding> ask(const std::vector<Check>& checks, const EvidenceBook& book,
                         const Circumstances& circumstances) {
    std::vector<Finding> findings;
    findings.reserve(checks.size());
    for (const Check& check : checks) findings.push_back(ask_one(check, book, circumstances));
    return findings;
}

Verdict judge(const std::vector<Check>& checks, const EvidenceBook& book,
              const Circumstances& circumstances) {
    Verdict verdict;
    verdict.findings = ask(checks, book, circumstances);
    verdict.judged = circumstances.now;
    const auto open = verdict.open();
    const bool something_passed = std::any_of(
        verdict.findings.begin(), verdict.findings.end(),
        [](const Finding& f) { return f.gate == Gate::blocks && f.outcome == Outcome::pass; });
    const auto until = life_of_copy(book, circumstances);
    if (!something_passed || !until) return verdict;
    const auto by_machine = [](const Finding* f) { return f->answerer == Answerer::machine; };
    if (std::any_of(open.begin(), open.end(), by_machine)) return verdict;
    if (!open.empty()) {
        verdict.answer = Answer::needs_confirmation;
        return verdict;
    }
    verdict.answer = Answer::go;
    verdict.valid_until = *until;
    return verdict;
}

std::string title_of(std::string_view check_id) {
    for (const auto& checks : {catalogue(), start_checks()}) {
        for (const Check& check : checks) {
            if (check.id == check_id) return check.title;
        }
    }
    return std::string(check_id);
}

}  // namespace lifeboat::checklist
