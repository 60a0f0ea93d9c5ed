#include "content/vendor_backup/vendor_lists.h"

#include "base/error.h"
#include "base/hex.h"
#include "base/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace lifeboat::content {

namespace {

using Json = nlohmann::json;

constexpr size_t longest_text = 200;      // of a name or a version
constexpr size_t longest_kept_line = 80;  // only BEGIN and END matter
constexpr size_t deepest_block = 32;

// Null when the text is no JSON.
Json parsed(std::string_view text) {
    // It may begin with a byte order mark.
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    return Json::parse(text, nullptr, false);
}

// A number is fine as well: some versions write one.
std::string text_at(const Json& object, const char* key) {
    if (!object.is_object() || !object.contains(key)) return {};
    const Json& value = object[key];
    if (value.is_string()) return value.get<std::string>().substr(0, longest_text);
    return value.is_number() ? value.dump().substr(0, longest_text) : std::string();
}

std::string upper(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return out;
}

std::optional<uint64_t> count_at(const Json& object, const char* key) {
    if (!object.contains(key) || !object[key].is_number_unsigned()) return std::nullopt;
    return object[key].get<uint64_t>();
}

}  // namespace

std::optional<TimePoint> read_vendor_date(std::string_view text) {
    std::string digits;
    for (const char c : text.substr(0, 19)) {
        if (c >= '0' && c <= '9') digits += c;
    }
    if (digits.size() != 14) return std::nullopt;
    const std::string_view d = digits;
    return from_rfc3339(fmt::format("{}-{}-{}T{}:{}:{}Z", d.substr(0, 4), d.substr(4, 2),
                                    d.substr(6, 2), d.substr(8, 2), d.substr(10, 2),
                                    d.substr(12, 2)));
}

NamedFolder read_folder_name(std::string_view name) {
    NamedFolder folder;
    const size_t line = name.rfind('_');
    const auto date = line == std::string_view::npos ? name : name.substr(line + 1);
    const bool digits_only = std::ranges::all_of(date, [](char c) { return c >= '0' && c <= '9'; });
    if (digits_only) folder.saved = read_vendor_date(date);
    if (name.starts_with("SM-")) folder.model = std::string(name.substr(0, line));
    return folder;
}

SmartSwitchInfo read_smart_switch_info(std::string_view json) {
    const Json root = parsed(json);
    SmartSwitchInfo info{.model = text_at(root, "ModelName"),
                         .device_name = text_at(root, "DisplayName"),
                         .os_version = text_at(root, "OsVer"),
                         .tool_version = text_at(root, "AppVer"),
                         .saved = read_vendor_date(text_at(root, "SavedTime"))};
    const std::string dummy = text_at(root, "Dummy");
    if (dummy.empty()) return info;
    info.passwords.push_back(dummy);
    if (const auto bytes = from_hex(dummy)) info.passwords.push_back(lifeboat::to_text(*bytes));
    return info;
}

std::set<std::string> read_requested(std::string_view json) {
    std::set<std::string> types;
    const Json root = parsed(json);
    if (!root.is_object() || !root.contains("ListItems") || !root["ListItems"].is_array()) {
        return types;
    }
    for (const Json& item : root["ListItems"]) {
        const std::string type = text_at(item, "Type");
        if (type.empty() || count_at(item, "ContentCount") == uint64_t{0}) continue;
        types.insert(upper(type));
    }
    return types;
}

std::optional<std::string> read_failure(std::string_view json) {
    const Json root = parsed(json);
    if (!root.is_object()) return "for a reason that is not readable";
    const std::string code = text_at(root, "Err_Code");
    const std::string result = text_at(root, "Result");
    if (code.empty() && result.empty()) return "for a reason that it does not tell";
    if ((result == "0" || upper(result) == "SUCCESS") && (code.empty() || code == "0")) {
        return std::nullopt;
    }
    return fmt::format("with error {}", printable(code.empty() ? result : code));
}

bool BlockCounter::is_counted(std::string_view kind) const {
    return std::ranges::find(kinds_, kind) != kinds_.end();
}

void BlockCounter::take_line() {
    const std::string line = upper(trim(line_));
    line_.clear();
    if (too_long_) {
        too_long_ = false;
        return;
    }
    if (line.starts_with("BEGIN:")) {
        open_.push_back(line.substr(6));
        if (open_.size() > deepest_block) throw Corrupt("its parts are nested too deeply");
    } else if (line.starts_with("END:")) {
        if (open_.empty() || open_.back() != line.substr(4)) {
            throw Corrupt("a part of it ends that never began");
        }
        if (is_counted(open_.back())) ++count_;
        ++blocks_;
        open_.pop_back();
    }
}

void BlockCounter::feed(ByteView part) {
    for (const char c : as_text(part)) {
        if (c == '\n') {
            take_line();
        } else if (line_.size() < longest_kept_line) {
            line_ += c;
        } else {
            too_long_ = true;
        }
    }
}

uint64_t BlockCounter::finish() {
    if (!line_.empty()) take_line();
    if (!open_.empty()) throw Corrupt("it ends in the middle");
    if (blocks_ == 0) throw Corrupt("nothing in it is what its name says");
    return count_;
}

}  // namespace lifeboat::content
