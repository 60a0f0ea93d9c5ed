#include "sim/android/dumpsys.h"

#include "sim/android/packages/commands.h"

#include <fmt/format.h>

namespace lifeboat::sim {

namespace {

constexpr std::string_view yes_no(bool yes) {
    return yes ? "true" : "false";
}

int status_of(const Battery& battery) {
    if (battery.percent >= 100) return 5;
    return battery.charging ? 2 : 3;
}

// Lines that repeat the keys of the real block with other values: whoever reads to the end of the
// text instead of the end of the block is wrong.
std::string samsung_tail(const Battery& battery) {
    const int charge = battery.percent * 43000;
    return fmt::format(
        "  batteryMiscEvent: 0\n"
        "  batteryCurrentEvent: 512\n"
        "  mSecPlugTypeSummary: {}\n"
        "  LED Charging: true\n"
        "  LED Low Battery: true\n"
        "  current now: {}\n"
        "  charge counter: {}\n"
        "  Adaptive Fast Charging Settings: true\n"
        "USE_FAKE_BATTERY: false\n"
        "SEC_FEATURE_BATTERY_SIMULATION: false\n"
        "  mWasUsedWirelessFastChargerPreviously: false\n"
        "LLB CAL: 20200911\n"
        "LLB MAN:\n"
        "LLB CURRENT: YEAR2025M3D14\n"
        "LLB DIFF: 235\n"
        "Last battery message was: level dropped, see log\n"
        "BatteryInfoBackUp\n"
        "  mSavedBatteryAsoc: 93\n"
        "  mSavedBatteryUsage: 418\n"
        "[EventLogBuffer]\n"
        "  03-14 06:02:11 level: 17 status: 3 voltage: 3611\n"
        "  level: 17\n"
        "  voltage: 3611\n"
        "  AC powered: false\n",
        battery.charging ? 1 : 0, battery.charging ? 412 : -188, charge, charge);
}

}  // namespace

std::string dump_battery(const DeviceState& state, const Personality& who) {
    const Battery& battery = state.battery;
    // An old maker's gauge counts to 200: percent is level * 100 / scale.
    const int scale = who.battery == BatteryForm::old ? 200 : 100;
    std::string text = "Current Battery Service state:\n";
    if (battery.faked) text += "  (UPDATES STOPPED -- use 'reset' to restart)\n";
    text += fmt::format("  AC powered: {}\n  USB powered: {}\n  Wireless powered: false\n",
                        yes_no(battery.charging && who.battery != BatteryForm::samsung),
                        yes_no(battery.charging && who.battery == BatteryForm::samsung));
    if (who.battery == BatteryForm::pixel) text += "  Dock powered: false\n";
    text += fmt::format(
        "  Max charging current: {}\n  Max charging voltage: {}\n  Charge counter: {}\n"
        "  status: {}\n  health: 2\n  present: true\n  level: {}\n  scale: {}\n  voltage: {}\n"
        "  temperature: {}\n  technology: Li-ion\n",
        battery.charging ? 1500000 : 0, battery.charging ? 5000000 : 0, battery.percent * 43000,
        status_of(battery), battery.percent * scale / 100, scale, 3500 + battery.percent * 8,
        battery.tenths_celsius);
    if (who.battery == BatteryForm::pixel) {
        text += "  Charging state: 1\n  Charging policy: 1\n  Capacity level: 3\n";
    }
    if (who.battery == BatteryForm::samsung) text += samsung_tail(battery);
    return text;
}

std::string wifi_status(const DeviceState& state) {
    if (state.wifi == Wifi::off) {
        return "Wifi is disabled\nWifi scanning is only available when wifi is enabled\n";
    }
    std::string text =
        "Wifi is enabled\nWifi scanning is only available when wifi is enabled\n"
        "==== Primary ClientModeManager instance ====\n";
    if (state.wifi == Wifi::disconnected) return text + "Wifi is not connected\n";
    const bool metered = state.wifi == Wifi::metered;
    return text + fmt::format(
                      "Wifi is connected to \"{0}\"\n"
                      "WifiInfo: SSID: \"{0}\", BSSID: 02:00:00:00:00:07, MAC: 02:00:00:00:00:08, "
                      "IP: /192.168.37.24, Security type: 4, Supplicant state: COMPLETED, "
                      "Wi-Fi standard: 6, RSSI: -51, Link speed: 866Mbps, Frequency: 5220MHz, "
                      "Net ID: 3, Metered hint: {1}, score: 60, isUsable: true\n"
                      "successfulTxPackets: 5120\nlostTxPackets: 4\nsuccessfulRxPackets: 8841\n",
                      state.ssid, yes_no(metered));
}

std::string dump_wifi(const DeviceState& state) {
    if (state.wifi == Wifi::off) return "Wi-Fi is disabled\nStay-awake conditions: 0\n";
    std::string text = "Wi-Fi is enabled\nStay-awake conditions: 0\nmInIdleMode false\n";
    if (state.wifi == Wifi::disconnected) {
        return text + "mWifiInfo SSID: <unknown ssid>, Supplicant state: DISCONNECTED\n";
    }
    return text + fmt::format(
                      "mWifiInfo SSID: {}, BSSID: 02:00:00:00:00:07, Supplicant state: COMPLETED, "
                      "RSSI: -51, Metered hint: {}\n",
                      state.ssid, yes_no(state.wifi == Wifi::metered));
}

std::string dump_connectivity(const DeviceState& state) {
    const bool wifi = state.wifi == Wifi::connected || state.wifi == Wifi::metered;
    const int network = wifi ? 112 : 104;
    const std::string_view transport = wifi ? "WIFI" : "CELLULAR";
    const std::string_view unmetered = state.wifi == Wifi::connected ? "NOT_METERED&" : "";
    return fmt::format(
        "NetworkProviders for:\n  3: TelephonyNetworkFactory[0]\n  7: WifiNetworkFactory\n"
        "\n"
        "Active default network: {0}\n"
        "\n"
        "Current network preferences: \n  Default requests:\n"
        "\n"
        "Current Networks:\n"
        "  NetworkAgentInfo{{network{{{0}}}  handle{{481347862541}}  ni{{{1} CONNECTED extra: }} "
        "Score(60 ; KeepConnected : 0 ; Policies : TRANSPORT_PRIMARY&IS_UNMETERED&IS_VALIDATED)  "
        "created everValidated lastValidated  lp{{{{InterfaceName: wlan0 LinkAddresses: [ "
        "192.168.37.24/24 ] Domains: example.net MTU: 0 }}}}  nc{{[ Transports: {1} Capabilities: "
        "{2}INTERNET&NOT_RESTRICTED&TRUSTED&NOT_VPN&VALIDATED&NOT_ROAMING&FOREGROUND&NOT_CONGESTED&"
        "NOT_SUSPENDED LinkUpBandwidth>=12000Kbps LinkDnBandwidth>=60000Kbps SignalStrength: -51 "
        "OwnerUid: 1000 SSID: \"{3}\"]}}  factorySerialNumber=7}}\n"
        "    Requests: REQUEST:42 LISTEN:21 BACKGROUND_REQUEST:0 total:63\n"
        "      NetworkRequest [ REQUEST id=1, [ Capabilities: "
        "NOT_METERED&INTERNET&VALIDATED&TRUSTED ] "
        "]\n",
        network, transport, unmetered, state.ssid);
}

std::optional<std::string> dumpsys(Device& device, std::string_view service) {
    const DeviceState state = device.snapshot();
    const TimePoint now = device.clock().now();
    if (service == "battery") return dump_battery(state, device.who());
    if (service == "connectivity") return dump_connectivity(state);
    if (service == "wifi") return dump_wifi(state);
    if (service == "account") return dump_accounts(state);
    if (service == "content") return dump_content(state, device.who(), now);
    if (service == "diskstats") return dump_diskstats(device.storage().free_bytes());
    if (service == "devicestoragemonitor")
        return dump_storage_monitor(device.storage().free_bytes());
    if (service == "audio") return dump_audio(state);
    if (service == "media.camera") return dump_camera(state);
    if (service == "telephony.registry") return dump_telephony(state);
    if (service == "device_policy") return dump_device_policy(state, device.who());
    if (service == "backup") return dump_backup(state, device.who(), now);
    if (service == "role") return dump_roles(state);
    if (service == "lock_settings") return dump_lock_settings();
    // Before the first unlock the screen is locked, whatever else.
    if (service == "trust")
        return dump_trust(state.screen_locked || device.storage().locked(), state);
    return std::nullopt;
}

}  // namespace lifeboat::sim
