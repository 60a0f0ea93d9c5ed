// What several commands do alike: find the phone, name it, show times.
#pragma once

#include "cli/session.h"

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace lifeboat::cli {

// The phone that `wanted` names, else the setting, else the only one there.
std::unique_ptr<phone::Phone> connect_phone(Session& session, const std::string& wanted);

// Asks for the password of an iPhone's backups where they are encrypted.
engine::BackupOptions backup_options(Session& session, const phone::Facts& facts);

// Copies from the first place on into the others, unless --no-replicate: what goes wrong there is
// said, and the rest goes on. Whether all went well.
bool replicate(Session& session, app::OpenedPlaces& places, engine::Place& first);

// "Pixel 7 · Android 13 (TQ3A.230901.001)"
std::string phone_title(const Style& style, const phone::Facts& facts);
nlohmann::json facts_json(const phone::Facts& facts);

// "2026-11-25 10:12": local, for lists.
std::string date_text(TimePoint time);
nlohmann::json snapshot_json(const repository::Snapshot& snapshot);
// Eight digits are enough for a person.
std::string short_id(const repository::SnapshotId& id);

// What --wait says, for somebody to do something at the phone; two minutes unless given.
std::chrono::milliseconds person_wait(const Session& session);

// "Would be done: " on a dry run.
std::string would(const Session& session);

}  // namespace lifeboat::cli
