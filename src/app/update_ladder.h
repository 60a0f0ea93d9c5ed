// The ladder when an iPhone's update fails, in plain words: for each mode what it means, what is
// lost, what to do next, and what never. docs/when-an-update-fails.md has the whole of it.
#pragma once

#include "app/update_watch.h"

#include <string>
#include <string_view>

namespace lifeboat::app {

struct UpdatePage {
    std::string title{};         // with the version, where there is one
    std::string_view meaning{};  // the rest may be empty: nothing to say
    std::string_view lost{};
    std::string_view next{};
    std::string_view never{};  // goes on behind the word "Never:"
};

UpdatePage page_of(const UpdateStep& step);

}  // namespace lifeboat::app
