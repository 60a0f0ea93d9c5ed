#include "app/find_files.h"

#include <algorithm>

namespace lifeboat::app {
namespace {

std::string lowered(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](unsigned char c) {
        return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    });
    return out;
}

}  // namespace

NamePattern::NamePattern(std::string_view pattern)
    : pattern_(lowered(pattern)), whole_path_(pattern.find('/') != std::string_view::npos) {
    if (pattern.find_first_of("*?") == std::string_view::npos) pattern_ = "*" + pattern_ + "*";
}

bool NamePattern::matches(std::string_view path) const {
    const std::string_view name = whole_path_ ? path : path.substr(path.rfind('/') + 1);
    return glob(pattern_, lowered(name));
}

bool glob(std::string_view pattern, std::string_view text) {
    size_t p = 0;
    size_t t = 0;
    size_t star = std::string_view::npos;
    size_t retry = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            retry = t;
        } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++retry;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
}

}  // namespace lifeboat::app
