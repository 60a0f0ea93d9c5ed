// What the phone's content tool says when it does not do as asked. It says so on its error stream,
// with the Java exception of the provider; its exit code stays 0, unless somebody ends it.
#pragma once

#include "base/error.h"

#include <optional>
#include <string>
#include <string_view>

namespace lifeboat::phone::android {

enum class ContentProblem {
    permission,  // computers may not see or change this on this phone
    column,      // a column or function this provider does not have: `detail` is its name
    grammar,     // a condition or an order it does not allow
    absent,      // no such provider, or nothing at this address
    too_large,   // a row does not fit into the memory in which rows are passed on
    full,        // the phone's storage is full
    other,
};

struct ContentError {
    ContentProblem problem = ContentProblem::other;
    std::string detail{};
    std::string said{};  // the line that tells most, safe to print
    bool operator==(const ContentError&) const = default;
};

// Nothing when the text tells of no error: linkers and libraries warn on that stream, too.
std::optional<ContentError> content_error(std::string_view errors);

// "the phone does not let a computer see this: ..."
std::string words_of(const ContentError& error);

struct ContentRefused : Denied {
    explicit ContentRefused(ContentError what) : Denied(words_of(what)), error(std::move(what)) {}
    ContentError error;
};

}  // namespace lifeboat::phone::android
