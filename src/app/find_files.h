// Finding files by name, as a person types it: * and ?, case ignored.
#pragma once

#include <string>
#include <string_view>

namespace lifeboat::app {

class NamePattern {
public:
    // With a slash it is matched against whole paths, else against names; without * and ? it may
    // stand anywhere in the name.
    explicit NamePattern(std::string_view pattern);
    bool matches(std::string_view path) const;

private:
    std::string pattern_;
    bool whole_path_ = false;
};

// `*` any characters, `?` one; both texts as they are. Linear in practice: one point of return.
bool glob(std::string_view pattern, std::string_view text);

}  // namespace lifeboat::app
