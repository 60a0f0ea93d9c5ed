// What became of an Android phone's records (messages, contacts, apps ...), for the screen and as
// JSON: after an update, and at a restore.
#pragma once

#include "app/records.h"
#include "app/words.h"
#include "cli/session.h"

#include <nlohmann/json_fwd.hpp>

#include <vector>

namespace lifeboat::cli {

nlohmann::json collections_json(const std::vector<personal::Collection>& collections);
void show_collections(Session& session, const app::Words& words,
                      const std::vector<personal::Collection>& collections);

nlohmann::json changes_json(const std::vector<personal::Change>& changes);
void show_changes(Session& session, const app::Words& words,
                  const std::vector<personal::Change>& changes);
// Whether something is gone that only the person can bring back, as an account.
bool asks_person(const app::Words& words, const std::vector<personal::Change>& changes);

nlohmann::json outcomes_json(const std::vector<personal::RestoreOutcome>& outcomes);
void show_outcomes(Session& session, const app::Words& words,
                   const std::vector<personal::RestoreOutcome>& outcomes);

bool has_failed(const std::vector<personal::RestoreOutcome>& outcomes);
// How many records are gone or other than they were, of classes in which that is a loss.
uint64_t lost_records(const std::vector<personal::Change>& changes);
// The classes of those.
std::vector<std::string> lost_classes(const std::vector<personal::Change>& changes);

// "Contacts" for "contacts"; the id itself for a class that has no word.
std::string class_name(const app::Words& words, const std::string& id);

}  // namespace lifeboat::cli
