// "Did you mean": the known word nearest to a mistyped one.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace lifeboat::app {

// Nothing when no known word is near enough (a third of its letters, at least one).
std::optional<std::string> nearest(std::string_view typed, std::span<const std::string> known);

}  // namespace lifeboat::app
