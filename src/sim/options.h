// "--name value" words of lifeboat-sim's command line.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::sim {

class Options {
public:
    // `flags` stand alone, `values` take the next word (or "--name=value"), each may come again.
    // Throws Misuse for any other option and for a missing value.
    Options(std::span<const std::string> words, const std::set<std::string, std::less<>>& flags,
            const std::set<std::string, std::less<>>& values);

    bool has(std::string_view name) const;
    std::optional<std::string> value(std::string_view name) const;  // the last one
    std::vector<std::string> all(std::string_view name) const;
    // Throws Misuse unless it is a number from 0 to `most`.
    std::optional<unsigned long> number(std::string_view name, unsigned long most) const;
    const std::vector<std::string>& operands() const { return operands_; }

private:
    std::multimap<std::string, std::string, std::less<>> given_;
    std::vector<std::string> operands_;
};

}  // namespace lifeboat::sim
