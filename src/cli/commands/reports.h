// Reports of the engine as JSON, and as lines.
#pragma once

#include "cli/session.h"

#include <nlohmann/json_fwd.hpp>

#include <string_view>
#include <vector>

namespace lifeboat::cli {

nlohmann::json backup_json(const engine::BackupReport& report);
nlohmann::json verify_json(const engine::VerifyReport& report);
nlohmann::json restore_json(const engine::RestoreReport& report);
nlohmann::json audit_json(const engine::AuditReport& report);
nlohmann::json notes_json(const std::vector<engine::PathNote>& notes);

// "Lost: 412", and the paths below it: ten, or all with -v.
void show_notes(Output& out, std::string_view title, Tone tone,
                const std::vector<engine::PathNote>& notes);
// What was written into a folder or onto a phone, what was in the way, and what could not be.
void show_written(Session& session, const engine::RestoreReport& report);

}  // namespace lifeboat::cli
