// From evidence to one honest sentence: pure functions, no phone, clock or network.
#pragma once

#include "checklist/evidence.h"

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace lifeboat::checklist {

enum class Gate { blocks, warns, informs };
enum class Outcome { pass, fail, unknown, not_applicable, not_built };
enum class Answerer { machine, person };

// What one check says. Codes and parameters, never sentences: the CLI and the web app word them
// from one catalogue.
struct Finding {
    std::string check{};        // "R-301"
    std::string requirement{};  // the requirement ids it serves, as text
    Outcome outcome = Outcome::unknown;
    Gate gate = Gate::blocks;
    Grade grade = Grade::unknown;
    Answerer answerer = Answerer::machine;
    std::string code{};                           // "battery.low"
    std::map<std::string, std::string> params{};  // {"percent":"41","needed":"80"}
    std::vector<std::string> evidence{};          // ids
    TimePoint observed{};
};

enum class Answer {
    go,
    no_go,               // a machine blocker is open: exit 4
    needs_confirmation,  // only the person's confirmations are missing: exit 5
};

struct Verdict {
    Answer answer = Answer::no_go;
    std::vector<Finding> findings{};
    TimePoint judged{};
    TimePoint valid_until{};  // only for go: finish of the last complete copy + 60 min
    std::vector<const Finding*> open() const;  // blocking findings that do not pass
};

// What the checks may look at besides evidence: the instant of judging, never a clock.
struct Circumstances {
    TimePoint now{};
    std::string device{};               // device key the verdict is about
    std::vector<std::string> places{};  // names of the places chosen to count
};

struct Check {
    std::string id{};     // "R-301"
    std::string title{};  // "Battery": one or two words for a list
    std::string requirement{};
    Gate gate = Gate::blocks;
    Answerer answerer = Answerer::machine;
    bool built = true;  // false: shown as "not built yet", never as passed
    std::function<Finding(const EvidenceBook&, const Circumstances&)> judge{};
};

// The whole requirement table, in its order; what is not built yet is in it too.
std::vector<Check> catalogue();

// Unknown blocks like fail.
Verdict judge(const std::vector<Check>& checks, const EvidenceBook& book,
              const Circumstances& circumstances);

}  // namespace lifeboat::checklist
