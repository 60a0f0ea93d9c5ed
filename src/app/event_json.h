// Events as JSON: one shape for `--json`, the browser and the history.
#pragma once

#include "base/event.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace lifeboat::app {

// `type` becomes the line's type; the rest are its fields, without "schema" and "type".
nlohmann::json event_fields(const Event& event, std::string& type);

// "path" for people, and "path_raw" (base64) where the name is not valid UTF-8.
void put_path(nlohmann::json& into, std::string_view path);
// Valid UTF-8 whatever comes in: each byte that is not becomes U+FFFD.
std::string valid_utf8(std::string_view text);

}  // namespace lifeboat::app
