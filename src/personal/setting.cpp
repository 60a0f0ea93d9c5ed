#include "personal/setting.h"

#include "base/error.h"
#include "base/hex.h"
#include "base/text.h"
#include "crypto/base64.h"
#include "crypto/sha256.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lifeboat::personal {

using nlohmann::json;

// A value that is no valid UTF-8 stands in base64, so that it comes back byte by byte.
std::string encode(const Setting& setting) {
    json line{{"table", setting.table}, {"name", setting.name}};
    if (is_valid_utf8(setting.value))
        line["value"] = setting.value;
    else
        line["value_base64"] = crypto::to_base64(as_bytes(setting.value));
    return line.dump(-1, ' ', false, json::error_handler_t::replace);
}

Setting decode_setting(std::string_view line) {
    try {
        const json parsed = json::parse(line);
        Setting setting{
            parsed.at("table").get<std::string>(), parsed.at("name").get<std::string>(), {}};
        if (!parsed.contains("value_base64")) {
            setting.value = parsed.at("value").get<std::string>();
        } else {
            const auto bytes = crypto::from_base64(parsed.at("value_base64").get<std::string>());
            if (!bytes) throw Corrupt("a saved setting has no readable value");
            setting.value = to_text(*bytes);
        }
        if (setting.name.find('\0') != std::string::npos ||
            setting.value.find('\0') != std::string::npos)
            throw Corrupt("a saved setting holds a NUL, which no phone's setting does");
        return setting;
    } catch (const json::exception& error) {
        throw Corrupt(fmt::format("a saved setting cannot be read: {}", error.what()));
    }
}

Record record_of(const Setting& setting) {
    const std::string name = fmt::format("{}/{}", setting.table, setting.name);
    return {.identity = name,
            .digest = to_hex(crypto::sha256(as_bytes(setting.value))),
            .label = fmt::format("{} = {}", setting.name, printable(setting.value).substr(0, 80))};
}

}  // namespace lifeboat::personal
