#include "checklist/inquiry.h"

#include "base/text.h"

#include <algorithm>
#include <utility>

namespace lifeboat::checklist {

Inquiry::Inquiry(const EvidenceBook& book, const Circumstances& circumstances, std::string code)
    : book_(book), circumstances_(circumstances) {
    finding_.code = std::move(code);
}

void Inquiry::cannot_see(const char* why, std::string_view fact, std::string_view subject) {
    if (!why_.empty()) return;
    why_ = why;
    finding_.params["fact"] = fact;
    if (!subject.empty()) finding_.params["subject"] = subject;
}

void Inquiry::cite(const Evidence& evidence) {
    finding_.evidence.push_back(evidence.id);
    finding_.grade = cited_ ? std::min(finding_.grade, evidence.grade) : evidence.grade;
    finding_.observed = cited_ ? std::min(finding_.observed, evidence.observed) : evidence.observed;
    cited_ = true;
}

const Evidence* Inquiry::usable(std::string_view fact, nanoseconds max_age,
                                std::string_view subject) {
    const Evidence* found = book_.find(fact, subject);
    if (found == nullptr) {
        cannot_see("not_looked", fact, subject);
        return nullptr;
    }
    cite(*found);
    const TimePoint now = circumstances_.now;
    if (!found->value || found->grade == Grade::unknown) {
        cannot_see("not_readable", fact, subject);
        if (!found->why_unknown.empty()) finding_.params.emplace("detail", found->why_unknown);
    } else if (found->grade == Grade::told) {
        cannot_see("not_proven", fact, subject);
    } else if (found->observed > now + limits::clock_slack) {
        cannot_see("clock", fact, subject);
    } else if (now - found->observed > max_age) {
        cannot_see("stale", fact, subject);
    } else {
        return found;
    }
    return nullptr;
}

std::optional<uint64_t> Inquiry::number(std::string_view fact, nanoseconds max_age,
                                        std::string_view subject) {
    const Evidence* found = usable(fact, max_age, subject);
    if (found == nullptr) return std::nullopt;
    const auto value = parse_u64(*found->value);
    if (!value) cannot_see("malformed", fact, subject);
    return value;
}

std::optional<bool> Inquiry::yes_no(std::string_view fact, nanoseconds max_age,
                                    std::string_view subject) {
    const Evidence* found = usable(fact, max_age, subject);
    if (found == nullptr) return std::nullopt;
    if (*found->value == "yes") return true;
    if (*found->value == "no") return false;
    cannot_see("malformed", fact, subject);
    return std::nullopt;
}

std::optional<TimePoint> Inquiry::instant(std::string_view fact, nanoseconds max_age,
                                          std::string_view subject) {
    const Evidence* found = usable(fact, max_age, subject);
    if (found == nullptr) return std::nullopt;
    const auto value = from_rfc3339(*found->value);
    if (!value) {
        cannot_see("malformed", fact, subject);
        return std::nullopt;
    }
    if (*value > circumstances_.now + limits::clock_slack) {
        cannot_see("clock", fact, subject);
        return std::nullopt;
    }
    return value;
}

std::optional<std::string> Inquiry::text(std::string_view fact, nanoseconds max_age,
                                         std::string_view subject) {
    const Evidence* found = usable(fact, max_age, subject);
    if (found == nullptr) return std::nullopt;
    return found->value;
}

std::optional<std::string> Inquiry::told(std::string_view fact, nanoseconds max_age) {
    const Evidence* found = book_.find(fact);
    if (found == nullptr || !found->value || found->grade == Grade::unknown) return std::nullopt;
    if (trim(*found->value).empty()) return std::nullopt;  // a reason is typed, or there is none
    if (found->observed > circumstances_.now + limits::clock_slack) return std::nullopt;
    if (circumstances_.now - found->observed > max_age) return std::nullopt;
    // Whatever the book claims: a reason is a person's word and worth no more.
    Evidence said = *found;
    said.grade = Grade::told;
    cite(said);
    return said.value;
}

std::optional<std::string> Inquiry::peek(std::string_view fact, std::string_view subject) const {
    const Evidence* found = book_.find(fact, subject);
    if (found == nullptr || found->grade < Grade::proven) return std::nullopt;
    return found->value;
}

Inquiry& Inquiry::param(std::string name, std::string value) {
    finding_.params[std::move(name)] = std::move(value);
    return *this;
}

Inquiry& Inquiry::param(std::string name, uint64_t value) {
    return param(std::move(name), std::to_string(value));
}

Finding Inquiry::done(Outcome outcome, std::string code) {
    finding_.outcome = outcome;
    finding_.code = std::move(code);
    return finding_;
}

Finding Inquiry::pass() {
    return pass(finding_.code);
}

Finding Inquiry::pass(std::string code) {
    // A check that passes over something it could not see is mistaken; the person must not pay.
    if (!why_.empty()) return unknown();
    return done(Outcome::pass, std::move(code));
}

Finding Inquiry::fail() {
    return fail(finding_.code);
}

Finding Inquiry::fail(std::string code, Gate gate) {
    finding_.gate = gate;
    return done(Outcome::fail, std::move(code));
}

Finding Inquiry::unknown() {
    return unknown(why_.empty() ? "contradiction" : why_);
}

Finding Inquiry::unknown(std::string why) {
    finding_.params["why"] = std::move(why);
    return done(Outcome::unknown, finding_.code);
}

Finding Inquiry::not_applicable(std::string code) {
    if (!why_.empty()) return unknown();
    return done(Outcome::not_applicable, std::move(code));
}

}  // namespace lifeboat::checklist
