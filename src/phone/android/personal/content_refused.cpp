#include "phone/android/personal/content_refused.h"

#include "base/text.h"

#include <array>

namespace lifeboat::phone::android {
namespace {

constexpr size_t longest_line = 300;

struct Sign {
    std::string_view text;
    ContentProblem problem;
};
// The first that fits: a refusal may name a column, too.
constexpr std::array<Sign, 14> signs{{
    {"SecurityException", ContentProblem::permission},
    {"Permission Denial", ContentProblem::permission},
    {"Invalid column ", ContentProblem::column},
    {"no such column: ", ContentProblem::column},
    {"no such function: ", ContentProblem::column},
    {"Invalid token ", ContentProblem::grammar},
    {"SQLiteBlobTooBigException", ContentProblem::too_large},
    {"CursorWindow", ContentProblem::too_large},
    {"SQLiteFullException", ContentProblem::full},
    {"No space left on device", ContentProblem::full},
    {"Could not find provider", ContentProblem::absent},
    {"Unknown authority", ContentProblem::absent},
    {"Unknown UR", ContentProblem::absent},
    {"FileNotFoundException", ContentProblem::absent},
}};

bool tells_of_an_error(std::string_view line) {
    return line.starts_with("Error while accessing provider") || line.starts_with("[ERROR]") ||
           line.find("Exception") != std::string_view::npos || line.starts_with("java.lang.") ||
           line.ends_with("not found");
}

// "no such column: foo (code 1 SQLITE_ERROR): , while compiling: ..." is about foo.
std::string first_word(std::string_view text) {
    text = trim(text);
    const size_t end = text.find_first_of(" \t,;");
    return std::string(text.substr(0, end));
}

std::string detail_of(const Sign& sign, std::string_view line) {
    if (sign.problem != ContentProblem::column) return {};
    const auto rest = line.substr(line.find(sign.text) + sign.text.size());
    // Functions hold blanks and commas; what a provider calls a column fills the rest of its line.
    return sign.text == "Invalid column " ? std::string(trim(rest)) : first_word(rest);
}

std::string shown(std::string_view line) {
    return printable(trim(line).substr(0, longest_line));
}

}  // namespace

std::optional<ContentError> content_error(std::string_view errors) {
    std::optional<ContentError> found;
    for (const std::string_view line : lines(errors)) {
        for (const Sign& sign : signs) {
            if (line.find(sign.text) == std::string_view::npos) continue;
            return ContentError{sign.problem, detail_of(sign, line), shown(line)};
        }
        const bool frame = trim(line).starts_with("at ");
        if (!frame && tells_of_an_error(line)) found = ContentError{.said = shown(line)};
    }
    return found;
}

std::string words_of(const ContentError& error) {
    switch (error.problem) {
        case ContentProblem::permission:
            return "the phone does not let a computer do this: " + error.said;
        case ContentProblem::column:
            return "the phone does not know the column " + printable(error.detail);
        case ContentProblem::grammar:
            return "the phone does not take the question: " + error.said;
        case ContentProblem::absent:
            return "the phone does not have this: " + error.said;
        case ContentProblem::too_large:
            return "a row is too large for the phone to pass on: " + error.said;
        case ContentProblem::full:
            return "the phone's storage is full: " + error.said;
        case ContentProblem::other:
            break;
    }
    return "the phone answers with an error: " + error.said;
}

}  // namespace lifeboat::phone::android
