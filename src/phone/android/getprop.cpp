#include "phone/android/getprop.h"

#include "base/text.h"

namespace lifeboat::phone::android {

Properties parse_getprop(std::string_view text) {
    Properties out;
    std::string name;
    std::string value;
    bool open = false;  // a value whose "]" has not come yet
    for (const auto line : lines(text)) {
        if (open) {
            value += '\n';
            value += line;
        } else {
            const size_t middle = line.find("]: [");
            if (!line.starts_with('[') || middle == std::string_view::npos) continue;
            name = line.substr(1, middle - 1);
            value = line.substr(middle + 4);
        }
        open = !value.ends_with(']');
        if (open) continue;
        value.pop_back();
        out.emplace(name, value);
    }
    return out;
}

}  // namespace lifeboat::phone::android
