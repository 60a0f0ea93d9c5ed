#include "phone/android/connectivity.h"

#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace lifeboat::phone::android {
namespace {

using Answer = Parsed<DefaultNetwork>;

// The word behind `key`, up to the next blank.
std::optional<std::string_view> word_behind(std::string_view text, std::string_view key) {
    const size_t at = text.find(key);
    if (at == std::string_view::npos) return std::nullopt;
    const auto rest = text.substr(at + key.size());
    return rest.substr(0, rest.find_first_of(" ]}"));
}

bool has_token(const std::vector<std::string_view>& tokens, std::string_view wanted) {
    return std::find(tokens.begin(), tokens.end(), wanted) != tokens.end();
}

// An agent's line holds names that a network chooses itself. Two places that look like the list of
// capabilities are one too many to believe any.
Answer read_agent(std::string_view line) {
    constexpr std::string_view start = "nc{[";
    const size_t at = line.find(start);
    if (at == std::string_view::npos || at != line.rfind(start)) {
        return Answer::unknown(unknown_form);
    }
    const auto list = trim(line.substr(at + start.size()));
    if (!list.starts_with("Transports: ")) return Answer::unknown(unknown_form);
    const auto transport = word_behind(list, "Transports: ");
    const auto behind =
        trim(list.substr(std::string_view("Transports: ").size() + transport->size()));
    if (!behind.starts_with("Capabilities: ")) return Answer::unknown(unknown_form);
    const auto tokens = split(*word_behind(behind, "Capabilities: "), '&');
    return Answer::known({.there = true,
                          .metered = !has_token(tokens, "NOT_METERED"),
                          .validated = has_token(tokens, "VALIDATED"),
                          .transport = std::string(*transport)});
}

}  // namespace

Parsed<DefaultNetwork> parse_connectivity(std::string_view text) {
    constexpr std::string_view key = "Active default network: ";
    std::string_view active;
    for (const auto line : lines(text)) {
        if (active.empty() && line.starts_with(key)) active = trim(line.substr(key.size()));
        if (active == "none") return Answer::known({});
        if (active.empty()) continue;
        if (!parse_u64(active)) return Answer::unknown(unknown_form);
        const auto agent = trim(line);
        if (!agent.starts_with("NetworkAgentInfo{")) continue;
        const std::string wanted = fmt::format("network{{{}}}", active);
        if (agent.find(wanted) == agent.find("network{")) return read_agent(agent);
    }
    return Answer::unknown(active.empty() ? unknown_form
                                          : "the phone does not describe its active network");
}

}  // namespace lifeboat::phone::android
