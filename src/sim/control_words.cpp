#include "sim/control_words.h"

#include "base/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace lifeboat::sim {

namespace {

using Json = nlohmann::json;

// Names may hold any bytes; JSON may not.
std::string to_line(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string Words::next(std::string_view what) {
    if (words_.empty()) throw Misuse(fmt::format("{} is missing", what));
    std::string word = words_.front();
    words_ = words_.subspan(1);
    return word;
}

std::string Words::next_or(std::string fallback) {
    return any() ? next("") : std::move(fallback);
}

uint64_t Words::number(std::string_view what) {
    const std::string word = next(what);
    const auto value = parse_u64(word);
    if (!value) throw Misuse(fmt::format("{} is a number, not \"{}\"", what, printable(word)));
    return *value;
}

std::string Words::one_of(std::string_view what, std::initializer_list<std::string_view> possible) {
    std::string word = next(what);
    if (std::ranges::find(possible, word) == possible.end()) {
        unknown_word(what, word, fmt::format("{}", fmt::join(possible, ", ")));
    }
    return word;
}

void Words::end() const {
    if (any()) throw Misuse(fmt::format("\"{}\" is too much", printable(words_.front())));
}

void unknown_word(std::string_view what, const std::string& word, std::string_view possible) {
    throw Misuse(fmt::format("{} is one of {}, not \"{}\"", what, possible, printable(word)));
}

Json done(Json more) {
    more["ok"] = true;
    return more;
}

Json done() {
    return done(Json::object());
}

std::string answer_line(const std::vector<std::string>& words, const RunCommand& run) {
    try {
        if (words.empty()) throw Misuse("no command");
        Words rest{std::span<const std::string>(words).subspan(1)};
        return to_line(run(words.front(), rest));
    } catch (const Error& error) {
        return to_line({{"ok", false}, {"error", error.full_text()}});
    }
}

}  // namespace lifeboat::sim
