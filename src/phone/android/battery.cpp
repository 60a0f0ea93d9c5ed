#include "phone/android/battery.h"

#include "base/text.h"

#include <map>
#include <string>

namespace lifeboat::phone::android {
namespace {

using Fields = std::map<std::string, std::string, std::less<>>;

// "level: 84" of the block behind the heading, up to its first line that is not indented. Makers
// print more below it, with the same keys: the first value of a key counts.
struct Block {
    bool found = false;
    bool faked = false;
    Fields fields{};
};

Block read_block(std::string_view text) {
    Block block;
    for (const auto line : lines(text)) {
        if (!block.found) {
            block.found = trim(line) == "Current Battery Service state:";
            continue;
        }
        if (!line.starts_with(' ') && !line.starts_with('\t')) break;
        if (line.find("UPDATES STOPPED") != std::string_view::npos) block.faked = true;
        const size_t colon = line.find(": ");
        if (colon == std::string_view::npos) continue;
        block.fields.emplace(trim(line.substr(0, colon)), trim(line.substr(colon + 2)));
    }
    return block;
}

std::optional<int64_t> number(const Fields& fields, std::string_view key) {
    const auto found = fields.find(key);
    if (found == fields.end()) return std::nullopt;
    return parse_i64(found->second);
}

// Nothing when the phone lists no source of power at all, or says something else than true/false.
std::optional<bool> plugged(const Fields& fields) {
    std::optional<bool> out;
    for (const auto& [key, value] : fields) {
        if (!key.ends_with(" powered")) continue;
        if (value != "true" && value != "false") return std::nullopt;
        out = out.value_or(false) || value == "true";
    }
    return out;
}

std::optional<std::string> health(const Fields& fields) {
    switch (number(fields, "health").value_or(0)) {
        case 2:
            return "good";
        case 3:
            return "overheat";
        case 4:
            return "dead";
        case 5:
            return "over voltage";
        case 6:
            return "failure";
        case 7:
            return "cold";
        default:
            return std::nullopt;
    }
}

}  // namespace

Parsed<Battery> parse_battery(std::string_view text) {
    using Answer = Parsed<Battery>;
    const Block block = read_block(text);
    if (!block.found) return Answer::unknown(unknown_form);
    if (block.faked) {
        return Answer::unknown(
            "the phone's battery state is frozen for a test: run `adb shell dumpsys battery "
            "reset`");
    }
    const auto level = number(block.fields, "level");
    const auto scale = number(block.fields, "scale");
    const auto status = number(block.fields, "status");
    const auto power = plugged(block.fields);
    if (!level || !scale || !status || !power) return Answer::unknown(unknown_form);
    if (*scale <= 0 || *scale > 1'000'000 || *level < 0 || *level > *scale) {
        return Answer::unknown("the phone's battery level makes no sense");
    }
    if (*status < 2 || *status > 5) {
        return Answer::unknown("the phone does not know its battery's state");
    }
    constexpr int64_t charging = 2;
    constexpr int64_t full = 5;
    return Answer::known({.percent = static_cast<uint64_t>(*level * 100 / *scale),
                          .plugged = *power,
                          .charging = *power && (*status == charging || *status == full),
                          .tenths_celsius = number(block.fields, "temperature"),
                          .health = health(block.fields)});
}

}  // namespace lifeboat::phone::android
