#include "phone/android/storage_level.h"

#include "base/text.h"

namespace lifeboat::phone::android {

// "Known volumes:", then a block for each; the phone's own is "Default:" with "level=NORMAL ..."
Parsed<std::string> parse_storage_level(std::string_view dumpsys_devicestoragemonitor) {
    using Answer = Parsed<std::string>;
    constexpr std::string_view key = "level=";
    bool in_default = false;
    for (const auto raw : lines(dumpsys_devicestoragemonitor)) {
        const auto line = trim(raw);
        if (line.ends_with(':')) in_default = line == "Default:";
        if (!in_default || !line.starts_with(key)) continue;
        const auto level = line.substr(key.size(), line.find(' ') - key.size());
        if (level == "NORMAL") return Answer::known("normal");
        if (level == "LOW") return Answer::known("low");
        if (level == "FULL") return Answer::known("full");
        break;
    }
    return Answer::unknown(unknown_form);
}

}  // namespace lifeboat::phone::android
