// A verdict as people read it: one row a question, the table of completeness, what is not covered,
// and the last sentence.
#pragma once

#include "app/wiring.h"
#include "app/words.h"
#include "cli/output.h"

#include <nlohmann/json_fwd.hpp>

namespace lifeboat::cli {

// Every finding; what is not built yet is counted, and listed with -v.
void show_findings(Output& out, const app::Words& words, const checklist::Verdict& verdict);

// class x (phone, place, place): what is missing where.
void show_completeness(Output& out, const app::Words& words,
                       const checklist::Completeness& completeness);

// Files and folders that are in no copy because the phone does not give them.
void show_not_covered(Output& out, const app::Words& words,
                      const checklist::Completeness& completeness);

// "GO  Safe to update until 11:14", and the one thing to do next.
void show_answer(Output& out, const app::Words& words, const checklist::Verdict& verdict);

nlohmann::json verdict_json(const app::Words& words, const checklist::Verdict& verdict);
nlohmann::json completeness_json(const checklist::Completeness& completeness);

}  // namespace lifeboat::cli
