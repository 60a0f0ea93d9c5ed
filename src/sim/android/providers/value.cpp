#include "sim/android/providers/value.h"

#include "base/text.h"

#include <fmt/format.h>

namespace lifeboat::sim::android {

std::optional<std::string> text_of(const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    if (const auto* number = std::get_if<int64_t>(&value)) return fmt::to_string(*number);
    if (const auto* number = std::get_if<double>(&value)) return fmt::to_string(*number);
    return std::nullopt;
}

std::optional<int64_t> number_of(const Value& value) {
    if (const auto* number = std::get_if<int64_t>(&value)) return *number;
    if (const auto* number = std::get_if<double>(&value)) return static_cast<int64_t>(*number);
    if (const auto* text = std::get_if<std::string>(&value)) return parse_i64(*text);
    return std::nullopt;
}

std::optional<std::string> ContentValues::text(std::string_view name) const {
    const Value* value = find(name);
    return value == nullptr ? std::nullopt : text_of(*value);
}

std::optional<int64_t> ContentValues::number(std::string_view name) const {
    const Value* value = find(name);
    return value == nullptr ? std::nullopt : number_of(*value);
}

}  // namespace lifeboat::sim::android
