// `pm list packages` as values, and which of the apps keep what a person must not lose.
#pragma once

#include "phone/android/parsed.h"

#include <set>
#include <string>
#include <string_view>

namespace lifeboat::phone::android {

// Unknown when not one line is a package: every phone has some.
Parsed<std::set<std::string>> parse_packages(std::string_view text);

// Of those installed, the messengers (or authenticators) this program knows: comma-separated
// package names, sorted; empty when there is none.
std::string known_messengers(const std::set<std::string>& installed);
std::string known_authenticators(const std::set<std::string>& installed);

// The makers' own programs that move a phone's data: Samsung's Smart Switch, OnePlus's Clone Phone.
std::string known_vendor_tools(const std::set<std::string>& installed);
bool has_google_photos(const std::set<std::string>& installed);

}  // namespace lifeboat::phone::android
