// From evidence to one honest sentence: pure functions, no phone, clock or network.
#pragma once

#include "checklist/evidence.h"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::checklist {

// From hard to soft.
enum class Gate { blocks, warns, informs };
enum class Outcome { pass, fail, unknown, not_applicable, not_built };
enum class Answerer { machine, person };
enum class Platform { any, android, ios };

std::string_view to_text(Gate gate);
std::string_view to_text(Outcome outcome);
std::string_view to_text(Answerer answerer);

// What one check says. Codes and parameters, never sentences: the CLI and the web app word them
// from one catalogue (messages/*.json, docs/words.md) by code and outcome.
struct Finding {
    std::string check{};        // "R-301"
    std::string requirement{};  // the requirement ids it serves, parted by blanks
    Outcome outcome = Outcome::unknown;
    Gate gate = Gate::blocks;
    // What the weakest evidence it rests on is worth.
    Grade grade = Grade::unknown;
    Answerer answerer = Answerer::machine;
    std::string code{};                           // "battery.level"
    std::map<std::string, std::string> params{};  // {"percent":"41","needed":"80"}
    std::vector<std::string> evidence{};          // ids
    TimePoint observed{};                         // of the oldest evidence it rests on
};

enum class Answer {
    go,
    no_go,               // a machine blocker is open: exit 4
    needs_confirmation,  // only the person's confirmations are missing: exit 5
};

std::string_view to_text(Answer answer);

struct Verdict {
    Answer answer = Answer::no_go;
    std::vector<Finding> findings{};
    TimePoint judged{};
    TimePoint valid_until{};  // only for go: finish of the last complete copy + 60 min

    // Blocking findings that do not pass. These pointers live as long as the verdict.
    std::vector<const Finding*> open() const;
    // Findings that do not pass and do not block: shown, every time.
    std::vector<const Finding*> warnings() const;
    // Blocking findings that pass because a person said so: shown beside a GO, without a tick.
    std::vector<const Finding*> accepted() const;
    // Questions this version cannot ask yet.
    std::vector<const Finding*> not_built() const;
};

// What the checks may look at besides evidence: the instant of judging, never a clock.
struct Circumstances {
    TimePoint now{};
    std::string device{};               // device key the verdict is about
    std::vector<std::string> places{};  // names of the places chosen to count
    Platform platform = Platform::android;
};

struct Check {
    std::string id{};     // "R-301"
    std::string title{};  // "Battery": one or two words for a list
    std::string requirement{};
    Gate gate = Gate::blocks;
    Answerer answerer = Answerer::machine;
    bool built = true;  // false: shown as "not built yet", never as passed
    Platform platform = Platform::any;
    // A person's word is enough (the rows "B (told)", and accepting a single place).
    bool told_suffices = false;
    // The fact that a person's word for this row is kept as; empty: their word is no answer here.
    std::string told_fact{};
    // Every code it may use: held against the message catalogue by a test.
    std::vector<std::string> codes{};
    // May soften the gate of its finding, never harden it.
    std::function<Finding(const EvidenceBook&, const Circumstances&)> judge{};
};

// The requirement table, in its order; what is not built yet is in it too.
std::vector<Check> catalogue();

// Asked before a backup begins, not for the verdict.
std::vector<Check> start_checks();

// Requirements that are not questions but ways in which the program works; they have no row.
std::vector<std::string> practices();

// One finding a check, in the order of the checks. Holds every check to the rules of grades: a
// blocking check that passes on less than proven evidence is unknown, unless told suffices for it.
std::vector<Finding> ask(const std::vector<Check>& checks, const EvidenceBook& book,
                         const Circumstances& circumstances);

// Unknown blocks like fail. GO needs, besides no open finding, a blocking check that passed and a
// complete copy younger than the life of a verdict.
Verdict judge(const std::vector<Check>& checks, const EvidenceBook& book,
              const Circumstances& circumstances);

// The title of a check, for lists; the id itself when there is none.
std::string title_of(std::string_view check_id);

}  // namespace lifeboat::checklist
