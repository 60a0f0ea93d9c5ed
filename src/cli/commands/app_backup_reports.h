// What a phone's apps gave, and what a maker's folder holds: as lines and as JSON.
#pragma once

#include "app/imports.h"
#include "cli/session.h"

#include <nlohmann/json_fwd.hpp>

namespace lifeboat::cli {

void show_app_backup(Session& session, const engine::AppBackupReport& report);
void show_app_return(Session& session, const engine::AppReturnReport& report);
nlohmann::json app_return_json(const engine::AppReturnReport& report);
nlohmann::json app_backup_json(const engine::AppBackupReport& report);

void show_vendor(Session& session, const engine::VendorImport& report);
nlohmann::json vendor_json(const engine::VendorImport& report);

// The --ab-password-file of this command.
SecretText app_backup_password(Session& session);

}  // namespace lifeboat::cli
