// How a check looks at the book: each reading it takes is cited, and what it cannot see it cannot
// pass over.
#pragma once

#include "checklist/facts.h"
#include "checklist/verdict.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lifeboat::checklist {

// One check's look at the book. A reading is nothing unless a machine read it, in the form its fact
// has, not too long ago and not in the future; the first reason is what unknown() reports, as
// params["why"] (one of: not_looked, not_readable, not_proven, malformed, stale, clock,
// contradiction).
class Inquiry {
public:
    Inquiry(const EvidenceBook& book, const Circumstances& circumstances, std::string code);

    std::optional<uint64_t> number(std::string_view fact, nanoseconds max_age,
                                   std::string_view subject = {});
    std::optional<bool> yes_no(std::string_view fact, nanoseconds max_age,
                               std::string_view subject = {});
    std::optional<TimePoint> instant(std::string_view fact, nanoseconds max_age,
                                     std::string_view subject = {});
    std::optional<std::string> text(std::string_view fact, nanoseconds max_age,
                                    std::string_view subject = {});
    // What a person typed; nothing when there is none, or none of that age. Its absence is no
    // unknown.
    std::optional<std::string> told(std::string_view fact, nanoseconds max_age = limits::any_age);
    // For what is nice to say but decides nothing: not cited, and its absence is no unknown.
    std::optional<std::string> peek(std::string_view fact, std::string_view subject = {}) const;

    Inquiry& param(std::string name, std::string value);
    Inquiry& param(std::string name, uint64_t value);

    const Circumstances& circumstances() const { return circumstances_; }

    Finding pass();
    Finding pass(std::string code);
    Finding fail();
    Finding fail(std::string code, Gate gate = Gate::blocks);
    Finding unknown();
    Finding unknown(std::string why);
    Finding not_applicable(std::string code);

private:
    const Evidence* usable(std::string_view fact, nanoseconds max_age, std::string_view subject);
    void cite(const Evidence& evidence);
    void cannot_see(const char* why, std::string_view fact, std::string_view subject);
    Finding done(Outcome outcome, std::string code);

    const EvidenceBook& book_;
    const Circumstances& circumstances_;
    Finding finding_{};
    bool cited_ = false;
    std::string why_{};
};

}  // namespace lifeboat::checklist
