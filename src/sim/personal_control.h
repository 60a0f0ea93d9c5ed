// Steers what the person of a simulated Android phone has: rows that come, go and change.
#pragma once

#include "sim/android_phone.h"
#include "sim/control_words.h"

#include <nlohmann/json_fwd.hpp>

namespace lifeboat::sim {

// "personal wipe", "personal lose messages 3", "personal dump sms"... without the first word.
nlohmann::json run_personal_control(AndroidPhone& phone, Words& words);

// "content fail 3", "content crlf on": what goes wrong with the tool that asks for rows.
nlohmann::json plan_content_fault(AndroidPhone& phone, Words& words);

// For --help.
std::string_view personal_control_help();

}  // namespace lifeboat::sim
