// `getprop` as a map.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace lifeboat::phone::android {

using Properties = std::map<std::string, std::string, std::less<>>;

// "[name]: [value]", a value may span lines. What looks different is left out.
Properties parse_getprop(std::string_view text);

}  // namespace lifeboat::phone::android
