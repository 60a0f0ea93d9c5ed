#include "sim/options.h"

#include "base/error.h"
#include "base/text.h"

#include <fmt/format.h>

namespace lifeboat::sim {

Options::Options(std::span<const std::string> words,
                 const std::set<std::string, std::less<>>& flags,
                 const std::set<std::string, std::less<>>& values) {
    for (size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        if (!word.starts_with("--")) {
            operands_.push_back(word);
            continue;
        }
        const size_t equals = word.find('=');
        const std::string name = word.substr(0, equals);
        if (flags.contains(name)) {
            given_.emplace(name, "");
        } else if (!values.contains(name)) {
            throw Misuse(fmt::format("unknown option {}", printable(name)),
                         "lifeboat-sim --help lists them.");
        } else if (equals != std::string::npos) {
            given_.emplace(name, word.substr(equals + 1));
        } else if (i + 1 < words.size()) {
            given_.emplace(name, words[++i]);
        } else {
            throw Misuse(fmt::format("{} needs a value", name));
        }
    }
}

bool Options::has(std::string_view name) const {
    return given_.contains(name);
}

std::optional<std::string> Options::value(std::string_view name) const {
    const auto [first, end] = given_.equal_range(name);
    if (first == end) return std::nullopt;
    return std::prev(end)->second;
}

std::vector<std::string> Options::all(std::string_view name) const {
    std::vector<std::string> values;
    const auto [first, end] = given_.equal_range(name);
    for (auto at = first; at != end; ++at) values.push_back(at->second);
    return values;
}

std::optional<unsigned long> Options::number(std::string_view name, unsigned long most) const {
    const auto text = value(name);
    if (!text) return std::nullopt;
    const auto number = parse_u64(*text);
    if (!number || *number > most) {
        throw Misuse(fmt::format("{} takes a number from 0 to {}, not \"{}\"", name, most,
                                 printable(*text)));
    }
    return *number;
}

}  // namespace lifeboat::sim
