#include "personal/fields.h"

#include "base/error.h"
#include "base/hex.h"
#include "base/text.h"
#include "base/time.h"
#include "crypto/base64.h"
#include "crypto/sha256.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>

namespace lifeboat::personal {

using nlohmann::json;

const std::string& text_of(const Fields& fields, std::string_view name) {
    static const std::string nothing;
    const auto found = fields.find(name);
    return found == fields.end() ? nothing : found->second;
}

std::optional<std::string> find_text(const Fields& fields, std::string_view name) {
    const auto found = fields.find(name);
    if (found == fields.end()) return std::nullopt;
    return found->second;
}

int64_t number_of(const Fields& fields, std::string_view name) {
    return parse_i64(text_of(fields, name)).value_or(0);
}

json text_json(std::string_view text) {
    if (is_valid_utf8(text)) return std::string(text);
    return {{"base64", crypto::to_base64(as_bytes(text))}};
}

std::string text_value(const json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_object() && value.size() == 1 && value.contains("base64") &&
        value["base64"].is_string()) {
        const auto bytes = crypto::from_base64(value["base64"].get<std::string>());
        if (bytes) return to_text(*bytes);
    }
    throw Corrupt("a value is no text");
}

json fields_json(const Fields& fields) {
    json out = json::object();
    for (const auto& [name, value] : fields) out[name] = text_json(value);
    return out;
}

Fields fields_of(const json& object) {
    if (!object.is_object()) throw Corrupt("a row is no object");
    Fields fields;
    for (const auto& [name, value] : object.items()) fields.emplace(name, text_value(value));
    return fields;
}

void FieldDigest::add(std::string_view name, std::string_view value) {
    text_ += fmt::format("{}:{}={}:", name.size(), name, value.size());
    text_ += value;
    text_ += ';';
}

void FieldDigest::add(const Fields& fields, std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names) {
        const auto found = fields.find(name);
        if (found != fields.end()) add(name, found->second);
    }
}

std::string FieldDigest::hex() const {
    return to_hex(ByteView(crypto::sha256(as_bytes(text_))).first(16));
}

std::string minute_text(int64_t milliseconds) {
    constexpr int64_t latest = std::numeric_limits<int64_t>::max() / 1'000'000;
    if (milliseconds < -latest || milliseconds > latest) return {};
    std::string text = to_rfc3339(TimePoint(std::chrono::milliseconds(milliseconds))).substr(0, 16);
    if (text.size() > 10) text[10] = ' ';
    return text;
}

std::string label_text(std::string_view text) {
    constexpr size_t longest = 80;
    size_t end = std::min(text.size(), longest);
    while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
        --end;
    std::string line(text.substr(0, end));
    std::replace_if(
        line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
    return printable(line) + (end < text.size() ? "..." : "");
}

}  // namespace lifeboat::personal
