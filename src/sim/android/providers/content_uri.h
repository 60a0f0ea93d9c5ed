// "content://com.android.contacts/contacts/7?limit=3" in its parts.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::sim::android {

// Percent signs are decoded in the path's parts and in the query; the text stays as it came.
struct ContentUri {
    std::string text{};
    std::string authority{};
    std::vector<std::string> path{};
    std::multimap<std::string, std::string, std::less<>> query{};

    // A pattern of words: "#" stands for a number, "*" for any one part.
    bool matches(std::initializer_list<std::string_view> pattern) const;
    // The number that stands there; a text that is none is 0, as SQL would find nothing.
    int64_t id(size_t place) const;
    std::optional<std::string> parameter(std::string_view name) const;
    bool flag(std::string_view name) const;
    // Of a new row below it.
    std::string with_id(int64_t id) const;
};

// Every text is some address, as on the phone; without "content://" the authority is empty.
ContentUri parse_content_uri(std::string_view text);

}  // namespace lifeboat::sim::android
