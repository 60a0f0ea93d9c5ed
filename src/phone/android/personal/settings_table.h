// One of the phone's three tables of settings: names and values, each value any text.
#pragma once

#include "phone/android/storage_scan.h"

#include <map>
#include <stop_token>
#include <string>
#include <string_view>

namespace lifeboat::phone::android {

using SettingsTable = std::map<std::string, std::string>;

// What may be settings in `settings list TABLE`, with the value as far as its line tells: a value
// may hold line feeds and "=", so that a line of it can look like a setting of its own.
SettingsTable parse_settings(std::string_view text);

// The table exactly: each is asked for by name, too. Throws Denied with the phone's words when it
// refuses, and what a connection throws.
SettingsTable read_settings(const PhoneLink& link, std::string_view table,
                            const std::stop_token& stop);

bool is_setting_name(std::string_view name);

}  // namespace lifeboat::phone::android
