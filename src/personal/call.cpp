#include "personal/call.h"

#include "personal/json_lines.h"
#include "personal/lenient_xml.h"

#include <fmt/format.h>

#include <array>

namespace lifeboat::personal {

namespace {

constexpr std::string_view kind = "calls";
constexpr unsigned version = 1;

std::string_view way_of(int64_t type) {
    static constexpr std::array<std::string_view, 8> ways{
        "call",      "incoming call", "outgoing call", "missed call",
        "voicemail", "rejected call", "blocked call",  "call answered elsewhere"};
    return type > 0 && type < static_cast<int64_t>(ways.size()) ? ways[static_cast<size_t>(type)]
                                                                : ways.front();
}

std::string partner_of(const Call& call) {
    const std::string& name = text_of(call.fields, "name");
    const std::string& number = text_of(call.fields, "number");
    if (!name.empty()) return label_text(name);
    return number.empty() ? "withheld number" : label_text(number);
}

// A missing value is the word "null" in that format.
std::string attribute(std::string_view name, const std::optional<std::string>& value) {
    return fmt::format(" {}=\"{}\"", name, encode_xml(value.value_or("null")));
}

}  // namespace

Record record_of(const Call& call) {
    FieldDigest digest;
    digest.add(call.fields, {"number", "presentation", "date", "duration", "type", "features",
                             "post_dial_digits", "via_number"});
    const int64_t date = number_of(call.fields, "date");
    return {.identity = fmt::format("{}|{}|{}", text_of(call.fields, "date"),
                                    text_of(call.fields, "type"), text_of(call.fields, "number")),
            .digest = digest.hex(),
            .label = fmt::format("{}, {}: {}", partner_of(call), minute_text(date),
                                 way_of(number_of(call.fields, "type")))};
}

std::string encode_calls(std::span<const Call> calls) {
    std::vector<std::string> lines;
    lines.reserve(calls.size());
    for (const Call& call : calls) lines.push_back(json_line(fields_json(call.fields)));
    return write_lines(kind, version, lines);
}

std::vector<Call> decode_calls(std::string_view text) {
    std::vector<Call> calls;
    each_json_line(text, kind, version,
                   [&](const nlohmann::json& line) { calls.push_back({fields_of(line)}); });
    return calls;
}

std::string calls_xml(std::span<const Call> calls) {
    std::string out = "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n";
    out += fmt::format("<calls count=\"{}\" type=\"full\">\n", calls.size());
    for (const Call& call : calls) {
        const Fields& fields = call.fields;
        out += "  <call";
        out += attribute("number", text_of(fields, "number"));
        out += attribute("duration", fmt::to_string(number_of(fields, "duration")));
        out += attribute("date", fmt::to_string(number_of(fields, "date")));
        out += attribute("type", fmt::to_string(number_of(fields, "type")));
        out += attribute("presentation", find_text(fields, "presentation").value_or("1"));
        out += attribute("subscription_id", find_text(fields, "subscription_id"));
        out += attribute("post_dial_digits", text_of(fields, "post_dial_digits"));
        out += attribute("subscription_component_name",
                         find_text(fields, "subscription_component_name"));
        out += attribute("readable_date", minute_text(number_of(fields, "date")));
        out += attribute("contact_name", find_text(fields, "name").value_or("(Unknown)"));
        out += " />\n";
    }
    return out + "</calls>\n";
}

}  // namespace lifeboat::personal
