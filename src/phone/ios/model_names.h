// What people call an Apple device, from what it calls itself: "iPhone13,2" is an "iPhone 12".
#pragma once

#include <string>
#include <string_view>

namespace lifeboat::phone::ios {

// The product type itself where it is newer than this program, or no iPhone.
std::string model_name(std::string_view product_type);

}  // namespace lifeboat::phone::ios
