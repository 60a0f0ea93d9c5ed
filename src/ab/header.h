// The text header of an Android backup file (.ab), as `adb backup` writes it: versions 1 to 5,
// compressed or not, in the clear or encrypted.
#pragma once

#include <string_view>

namespace lifeboat::ab {

// The first line of each such file.
inline constexpr std::string_view magic = "ANDROID BACKUP\n";

}  // namespace lifeboat::ab
