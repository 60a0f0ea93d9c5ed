#include "phone/android/shell_quote.h"

#include "base/error.h"

namespace lifeboat::phone::android {

std::string shell_quote(std::string_view word) {
    if (word.find('\0') != std::string_view::npos) {
        throw Misuse("a word for the phone's shell holds a NUL byte");
    }
    std::string out = "'";
    for (const char c : word) {
        if (c == '\'') {
            out += "'\\''";
        } else {
            out += c;
        }
    }
    return out + '\'';
}

}  // namespace lifeboat::phone::android
