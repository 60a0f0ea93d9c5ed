#include "personal/record_lines.h"

#include "base/error.h"
#include "base/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lifeboat::personal {

namespace {

std::string full_kind(std::string_view kind) {
    return "lifeboat/" + std::string(kind);
}

size_t declared_count(std::string_view first, std::string_view kind, unsigned version) {
    const auto header = nlohmann::json::parse(first, nullptr, false);
    if (!header.is_object() || !header.value("kind", nlohmann::json()).is_string() ||
        !header.value("lines", nlohmann::json()).is_number_unsigned()) {
        throw Corrupt(fmt::format("the file of {} has no first line that says what it is", kind));
    }
    if (header["kind"] != full_kind(kind) || header.value("version", nlohmann::json()) != version) {
        throw Unsupported(fmt::format("this version does not know this form of {}", kind),
                          "Take the newest Lifeboat. The backup is untouched.");
    }
    return header["lines"].get<size_t>();
}

}  // namespace

std::string write_lines(std::string_view kind, unsigned version,
                        const std::vector<std::string>& lines) {
    const nlohmann::ordered_json header{
        {"kind", full_kind(kind)}, {"version", version}, {"lines", lines.size()}};
    std::string text = header.dump() + "\n";
    for (const std::string& line : lines) {
        text += line;
        text += '\n';
    }
    return text;
}

std::vector<std::string_view> read_lines(std::string_view text, std::string_view kind,
                                         unsigned version) {
    auto found = lines(text);
    const size_t declared = declared_count(found.empty() ? "" : found.front(), kind, version);
    found.erase(found.begin());
    if (found.size() != declared) {
        throw Corrupt(fmt::format("the file of {} should have {} lines and has {}", kind, declared,
                                  found.size()));
    }
    return found;
}

}  // namespace lifeboat::personal
