#include "sim/android/providers/content_uri.h"

#include "base/text.h"

#include <fmt/format.h>

#include <cctype>

namespace lifeboat::sim::android {

namespace {

int digit_of(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char low = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

std::string decoded(std::string_view text) {
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
        const bool coded = text[i] == '%' && i + 2 < text.size() && digit_of(text[i + 1]) >= 0 &&
                           digit_of(text[i + 2]) >= 0;
        if (coded) {
            out += static_cast<char>(digit_of(text[i + 1]) * 16 + digit_of(text[i + 2]));
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

}  // namespace

bool ContentUri::matches(std::initializer_list<std::string_view> pattern) const {
    if (pattern.size() != path.size()) return false;
    size_t place = 0;
    for (const std::string_view word : pattern) {
        const std::string& part = path[place++];
        if (word == "#" ? !parse_u64(part) : word != "*" && word != part) return false;
    }
    return true;
}

int64_t ContentUri::id(size_t place) const {
    return place < path.size() ? parse_i64(path[place]).value_or(0) : 0;
}

std::optional<std::string> ContentUri::parameter(std::string_view name) const {
    const auto found = query.find(name);
    if (found == query.end()) return std::nullopt;
    return found->second;
}

bool ContentUri::flag(std::string_view name) const {
    const auto value = parameter(name);
    return value && *value != "false" && *value != "0";
}

std::string ContentUri::with_id(int64_t id) const {
    return fmt::format("{}/{}", std::string_view(text).substr(0, text.find('?')), id);
}

ContentUri parse_content_uri(std::string_view text) {
    ContentUri uri;
    uri.text = std::string(text);
    constexpr std::string_view scheme = "content://";
    if (!text.starts_with(scheme)) return uri;
    text.remove_prefix(scheme.size());
    if (const size_t hash = text.find('#'); hash != std::string_view::npos) {
        text = text.substr(0, hash);
    }
    std::string_view query;
    if (const size_t mark = text.find('?'); mark != std::string_view::npos) {
        query = text.substr(mark + 1);
        text = text.substr(0, mark);
    }
    const size_t slash = text.find('/');
    uri.authority = decoded(text.substr(0, slash));
    if (slash != std::string_view::npos) {
        for (const std::string_view part : split(text.substr(slash), '/')) {
            if (!part.empty()) uri.path.push_back(decoded(part));
        }
    }
    for (const std::string_view pair : split(query, '&')) {
        if (pair.empty()) continue;
        const size_t equals = pair.find('=');
        const bool bare = equals == std::string_view::npos;
        uri.query.emplace(decoded(pair.substr(0, equals)),
                          bare ? "" : decoded(pair.substr(equals + 1)));
    }
    return uri;
}

}  // namespace lifeboat::sim::android
