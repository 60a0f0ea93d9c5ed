#include "sim/android/dumpsys.h"

#include "sim/android/file_listing.h"
#include "sim/android/packages/commands.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::sim {

namespace {

constexpr std::string_view yes_no(bool yes) {
    return yes ? "true" : "false";
}

int status_of(const Battery& battery) {
    if (battery.percent >= 100) return 5;
    return battery.charging ? 2 : 3;
}

int64_t to_ms(TimePoint time) {
    return std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
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

std::string dump_accounts(const DeviceState& state) {
    std::string text =
        fmt::format("User UserInfo{{0:Ada:4c13}}:\n  Accounts: {}\n", state.accounts.size());
    for (const Account& a : state.accounts) {
        text += fmt::format("    Account {{name={}, type={}}}\n", a.name, a.type);
    }
    text +=
        "\n  AccountId, Action_Type, timestamp, UID, TableName, Key\n"
        "  Accounts History\n"
        "  1,action_account_add,2025-01-04 10:11:12,10140,accounts,0\n"
        "\n  Active Sessions: 0\n\n"
        "  RegisteredServicesCache: 2 services\n"
        "    ServiceInfo: AuthenticatorDescription {type=com.google}, ComponentInfo{gms}, uid "
        "10140\n"
        "    ServiceInfo: AuthenticatorDescription {type=com.whatsapp}, ComponentInfo{wa}, uid "
        "10234\n";
    return text;
}

std::string dump_content(const DeviceState& state, TimePoint now) {
    return fmt::format(
        "Data connected: {}\nBattery saver: false\nBackground network restriction:  disabled\n"
        "Auto sync: u0=true \nStorage low: false\nClock valid: true\nAccounts: {}\n"
        "Now: {}\nTime spent syncing: 11s, sync not in progress\n\nActive Syncs: 0\n\n"
        "Pending Syncs: 0\n\nPeriodic Syncs: 0\n",
        yes_no(state.wifi != Wifi::off), state.accounts.size(), to_ms(now));
}

std::string dump_diskstats(uint64_t free_bytes) {
    constexpr uint64_t total = 112640000;
    const uint64_t free_kib = std::min(free_bytes / 1024, total);
    return fmt::format(
        "Latency: 1ms [512B Data Write]\n"
        "Recent Disk Write Speed (kB/s) = 41233\n"
        "Data-Free: {0}K / {1}K total = {2}% free\n"
        "Cache-Free: {0}K / {1}K total = {2}% free\n"
        "System-Free: 12K / 3145728K total = 0% free\n"
        "File-based Encryption: true\n",
        free_kib, total, free_kib * 100 / total);
}

std::string dump_device_policy(const DeviceState& state, const Personality& who) {
    std::string text = "Current Device Policy Manager state:\n  Device Owner: (none)\n";
    if (state.update_pending_since_ms != 0) {
        text += fmt::format(
            "  Pending System Update: SystemUpdateInfo (receivedTime = {}, securityPatchState = "
            "true)\n",
            state.update_pending_since_ms);
    }
    if (who.has_google && who.os.sdk < 33) {
        text +=
            "  Enabled Device Admins (User 0, provisioningState: 0):\n"
            "    com.google.android.gms/.mdm.receivers.MdmDeviceAdminReceiver:\n      uid=10140\n";
    }
    return text;
}

std::string dump_backup(const DeviceState& state, const Personality& who, TimePoint now) {
    const int64_t ms = to_ms(now);
    const int64_t last = ms - 9 * 3600 * 1000;
    std::string text = fmt::format(
        "Backup Manager is enabled / {} / not pending init\nAuto-restore is enabled\n"
        "Last backup pass started: {} (now = {})\n  next scheduled: {}\nTransport whitelist:\n"
        "Available transports:\n",
        who.os.sdk >= 29 ? "setup complete" : "provisioned", last, ms, ms + 3600000);
    if (who.has_google) {
        text +=
            "  * com.google.android.gms/.backup.BackupTransportService\n"
            "       destination: *****@example.com\n";
    }
    text +=
        "    com.android.localtransport/.LocalTransport\n       destination: Backing up to "
        "debug-only private cache\n";
    text += "Ancestral: 0\nCurrent:   39d0c0f2a1b7e6\n";
    text += fmt::format("Ever backed up: {}\n", state.packages.size());
    for (const Package& p : state.packages) text += fmt::format("    {}\n", p.name);
    text +=
        fmt::format("Pending key/value backup: 0\nFull backup queue:{}\n", state.packages.size());
    for (const Package& p : state.packages) text += fmt::format("    {} : {}\n", last, p.name);
    return text;
}

std::string dump_lock_settings() {
    return "Current lock settings service state:\n\nUser State:\n    User 0\n"
           "        SP Handle: 3a5f0c\n    CredentialType: PIN\n";
}

std::optional<std::string> dumpsys(Device& device, std::string_view service) {
    const DeviceState state = device.snapshot();
    const TimePoint now = device.clock().now();
    if (service == "battery") return dump_battery(state, device.who());
    if (service == "connectivity") return dump_connectivity(state);
    if (service == "wifi") return dump_wifi(state);
    if (service == "account") return dump_accounts(state);
    if (service == "content") return dump_content(state, now);
    if (service == "diskstats") return dump_diskstats(device.storage().free_bytes());
    if (service == "device_policy") return dump_device_policy(state, device.who());
    if (service == "backup") return dump_backup(state, device.who(), now);
    if (service == "role") return dump_roles(state);
    if (service == "lock_settings") return dump_lock_settings();
    return std::nullopt;
}

}  // namespace lifeboat::sim
