#include "phone/android/wifi_status.h"

#include "base/text.h"

#include <vector>

namespace lifeboat::phone::android {
namespace {

// The number behind the LAST "key" of a line: a network's name stands first and may hold anything.
std::optional<int64_t> number_behind_last(std::string_view line, std::string_view key) {
    const size_t at = line.rfind(key);
    if (at == std::string_view::npos) return std::nullopt;
    auto rest = line.substr(at + key.size());
    rest = rest.substr(0, rest.find_first_of(", "));
    return parse_i64(rest);
}

std::string unquoted(std::string_view name) {
    if (name.size() >= 2 && name.starts_with('"') && name.ends_with('"')) {
        name = name.substr(1, name.size() - 2);
    }
    return std::string(name);
}

// What stands behind "Supplicant state: ", the last one of the line.
std::string_view supplicant_state(std::string_view line) {
    constexpr std::string_view key = "Supplicant state: ";
    const size_t at = line.rfind(key);
    if (at == std::string_view::npos) return {};
    const auto rest = line.substr(at + key.size());
    return rest.substr(0, rest.find_first_of(", "));
}

}  // namespace

Parsed<Wifi> parse_wifi_status(std::string_view text) {
    constexpr std::string_view connected_to = "Wifi is connected to ";
    Wifi wifi;
    bool told_enabled = false;
    bool told_connected = false;
    for (const auto line : lines(text)) {
        // With root there is a block for every kind of connection: the first one is the main one.
        if (line == "Wifi is enabled" || line == "Wifi is disabled") {
            if (!told_enabled) wifi.enabled = line.ends_with("enabled");
            told_enabled = true;
        } else if (line == "Wifi is not connected") {
            told_connected = true;
        } else if (line.starts_with(connected_to) && !told_connected) {
            wifi.ssid = unquoted(line.substr(connected_to.size()));
            wifi.connected = true;
            told_connected = true;
        } else if (line.starts_with("WifiInfo: ") && wifi.connected && !wifi.signal_dbm) {
            wifi.signal_dbm = number_behind_last(line, "RSSI: ");
            const auto state = supplicant_state(line);
            if (!state.empty() && state != "COMPLETED") wifi.connected = false;
        }
    }
    if (!told_enabled) return Parsed<Wifi>::unknown(unknown_form);
    if (wifi.enabled && !told_connected) return Parsed<Wifi>::unknown(unknown_form);
    if (!wifi.enabled) wifi = {};
    if (!wifi.connected) wifi.ssid.clear();
    return Parsed<Wifi>::known(wifi);
}

Parsed<Wifi> parse_dumpsys_wifi(std::string_view text) {
    Wifi wifi;
    std::optional<bool> enabled;
    std::optional<bool> connected;
    std::string_view state;
    for (const auto raw : lines(text)) {
        const auto line = trim(raw);
        if (!enabled && (line == "Wi-Fi is enabled" || line == "Wi-Fi is disabled")) {
            enabled = line.ends_with("enabled");
        } else if (!connected && line.starts_with("mNetworkInfo ")) {
            connected = line.find("state: CONNECTED/") != std::string_view::npos;
        } else if (line.starts_with("mWifiInfo ") && !wifi.signal_dbm) {
            const size_t from = line.find("SSID: ");
            const size_t to = line.rfind(", BSSID: ");
            if (from != std::string_view::npos && to != std::string_view::npos && to > from) {
                wifi.ssid = unquoted(line.substr(from + 6, to - from - 6));
            }
            wifi.signal_dbm = number_behind_last(line, "RSSI: ");
            state = supplicant_state(line);
        }
    }
    if (!connected && !state.empty()) connected = state == "COMPLETED";
    if (!enabled || (*enabled && !connected)) return Parsed<Wifi>::unknown(unknown_form);
    wifi.enabled = *enabled;
    wifi.connected = *enabled && *connected;
    if (!wifi.connected) wifi = {.enabled = wifi.enabled};
    return Parsed<Wifi>::known(wifi);
}

}  // namespace lifeboat::phone::android
