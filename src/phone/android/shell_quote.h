// Words for the phone's shell.
#pragma once

#include <string>
#include <string_view>

namespace lifeboat::phone::android {

// The word in single quotes, so that the shell passes every byte of it on unchanged. A word with a
// NUL cannot be passed: throws Misuse.
std::string shell_quote(std::string_view word);

}  // namespace lifeboat::phone::android
