#include "personal/network.h"

#include "base/error.h"
#include "base/hex.h"
#include "base/text.h"
#include "crypto/base64.h"
#include "crypto/sha256.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lifeboat::personal {

using nlohmann::json;

std::string encode(const Network& network) {
    json line{{"security", network.security}, {"passphrase", network.passphrase}};
    if (is_valid_utf8(network.ssid))
        line["ssid"] = network.ssid;
    else
        line["ssid_base64"] = crypto::to_base64(as_bytes(network.ssid));
    return line.dump(-1, ' ', false, json::error_handler_t::replace);
}

Network decode_network(std::string_view line) {
    try {
        const json parsed = json::parse(line);
        Network network{{},
                        parsed.at("security").get<std::string>(),
                        parsed.at("passphrase").get<std::string>()};
        if (parsed.contains("ssid_base64")) {
            const auto bytes = crypto::from_base64(parsed.at("ssid_base64").get<std::string>());
            if (!bytes) throw Corrupt("a saved network has no readable name");
            network.ssid = to_text(*bytes);
        } else {
            network.ssid = parsed.at("ssid").get<std::string>();
        }
        return network;
    } catch (const json::exception& error) {
        throw Corrupt(fmt::format("a saved network cannot be read: {}", error.what()));
    }
}

Record record_of(const Network& network) {
    const std::string name = fmt::format("{} ({})", network.ssid, network.security);
    return {.identity = name,
            .digest = to_hex(crypto::sha256(as_bytes(name))),
            .label = printable(name)};
}

}  // namespace lifeboat::personal
