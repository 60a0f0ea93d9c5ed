// The words of one control command, asked for one by one, and its answer as a line of JSON.
#pragma once

#include "base/error.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::sim {

// Every function throws Misuse with what is missing or wrong.
class Words {
public:
    explicit Words(std::span<const std::string> words) : words_(words) {}

    bool any() const { return !words_.empty(); }
    std::string next(std::string_view what);
    std::string next_or(std::string fallback);
    uint64_t number(std::string_view what);
    // One of `possible`.
    std::string one_of(std::string_view what, std::initializer_list<std::string_view> possible);
    bool on_or_off() { return one_of("the state", {"on", "off"}) == "on"; }
    // A command that was understood but has words left was not understood.
    void end() const;

private:
    std::span<const std::string> words_;
};

[[noreturn]] void unknown_word(std::string_view what, const std::string& word,
                               std::string_view possible);

// {"ok":true} and what is told besides.
nlohmann::json done(nlohmann::json more);
nlohmann::json done();

// Runs one command, given its name and the words behind it, and never throws for what a person can
// get wrong: {"ok":false,"error":"..."}.
using RunCommand = std::function<nlohmann::json(const std::string& name, Words& words)>;
std::string answer_line(const std::vector<std::string>& words, const RunCommand& run);

}  // namespace lifeboat::sim
