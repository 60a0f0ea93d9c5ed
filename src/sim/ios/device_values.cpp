// What lockdown tells of the phone, domain by domain.
#include "base/hex.h"
#include "sim/ios/device.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

namespace lifeboat::sim::ios {

namespace {

using plist::Dict;

Dict battery(const DeviceState& s) {
    return {{"BatteryCurrentCapacity", s.battery},
            {"BatteryIsCharging", s.charging && s.battery < 100},
            {"ExternalChargeCapable", true},
            {"ExternalConnected", s.charging},
            {"FullyCharged", s.battery == 100},
            {"GasGaugeCapability", true},
            {"HasBattery", true}};
}

Dict disk_usage(const DeviceState& s) {
    constexpr uint64_t system = uint64_t{12} << 30;
    return {{"TotalDiskCapacity", s.disk_capacity},
            {"TotalSystemCapacity", system},
            {"TotalSystemAvailable", 0},
            {"TotalDataCapacity", s.disk_capacity - system},
            // iOS 17 and later counts what it could delete: more than Settings shows.
            {"TotalDataAvailable", s.disk_free + (s.who.major() >= 17 ? s.disk_free / 8 : 0)},
            {"AmountDataAvailable", s.disk_free},
            {"AmountDataReserved", 209'715'200},
            {"AmountRestoreAvailable", s.disk_free}};
}

Dict backup(const DeviceState& s) {
    Dict values{{"WillEncrypt", s.will_encrypt},
                {"RequiresEncryption", s.requires_encryption},
                {"CloudBackupEnabled", s.cloud_backup},
                {"Version", "3.3"}};
    if (s.last_cloud_backup) {
        const auto seconds = plist::Date::from(*s.last_cloud_backup).seconds;
        values.set("LastCloudBackupDate", static_cast<int64_t>(seconds));
        values.set("LastCloudBackupTZ", "GMT");
    }
    return values;
}

Dict value_of(std::string_view domain, const DeviceState& s) {
    if (domain == "com.apple.mobile.battery") return battery(s);
    if (domain == "com.apple.disk_usage" || domain == "com.apple.disk_usage.factory") {
        return disk_usage(s);
    }
    if (domain == "com.apple.mobile.backup") return backup(s);
    if (domain == "com.apple.fmip") return {{"IsAssociated", s.find_my}};
    if (domain == "com.apple.mobile.wireless_lockdown") {
        return {{"EnableWifiConnections", s.wifi_sync}, {"SupportsWifi", true}};
    }
    if (domain == "com.apple.purplebuddy") {
        return {{"SetupDone", s.setup_done},
                {"SetupState", s.setup_done ? "SetupUsingAssistant" : "SetupNotFinished"}};
    }
    if (domain == "com.apple.mobile.chaperone") return {{"DeviceIsChaperoned", false}};
    if (domain == "com.apple.security.mac.amfi") return {{"DeveloperModeStatus", false}};
    if (domain == "com.apple.mobile.iTunes") {
        return {{"MinITunesVersion", "12.12.0"}, {"AppleDRMVersion", 1}, {"SQLMusicLibrary", true}};
    }
    if (domain == "com.apple.international") {
        return {{"Language", "en"},
                {"Locale", "en_GB"},
                {"Keyboard", "en_GB"},
                {"SupportedLanguages", plist::Array{"en", "de", "fr"}},
                {"SupportedLocales", plist::Array{"en_GB", "de_DE", "fr_FR"}},
                {"SupportedKeyboards", plist::Array{"en_GB", "de_DE", "fr_FR"}}};
    }
    return {};
}

}  // namespace

Dict Device::root_values() const {
    const DeviceState s = state();
    return {{"ActivationState", "Activated"},
            {"BluetoothAddress", "a4:83:e7:10:20:31"},
            {"BuildVersion", s.who.build},
            {"CPUArchitecture", "arm64e"},
            {"ChipID", s.who.chip},
            {"DeviceClass", "iPhone"},
            {"DeviceColor", "1"},
            {"DeviceName", s.name},
            {"DevicePublicKey", to_bytes(public_key_)},
            {"DieID", int64_t{2844837412345886}},
            {"EthernetAddress", "a4:83:e7:10:20:32"},
            {"HardwareModel", s.who.hardware},
            {"HostAttached", true},
            {"IntegratedCircuitCardIdentity", "89490200001234567890"},
            {"InternationalMobileEquipmentIdentity", "351234567890127"},
            {"MobileEquipmentIdentifier", "35123456789012"},
            {"ModelNumber", "MGDX3"},
            {"PasswordProtected", s.passcode_set},
            {"PhoneNumber", "+44 7700 900123"},
            {"ProductName", "iPhone OS"},
            {"ProductType", s.who.product_type},
            {"ProductVersion", s.who.version},
            {"ProtocolVersion", "2"},
            {"RegionInfo", "B/A"},
            {"SIMStatus", "kCTSIMSupportSIMStatusReady"},
            {"SerialNumber", "F17SIM00LBOT"},
            {"TelephonyCapability", true},
            {"TimeIntervalSince1970",
             std::chrono::duration<double>(clock_.now().time_since_epoch()).count()},
            {"TimeZone", "Europe/London"},
            {"TimeZoneOffsetFromUTC", 0.0},
            {"TrustedHostAttached", true},
            {"UniqueChipID", uint64_t{0x000A11112222801E}},
            {"UniqueDeviceID", s.who.udid},
            {"WiFiAddress", "a4:83:e7:10:20:30"}};
}

Dict Device::values(std::string_view domain) const {
    if (domain.empty()) return root_values();
    Dict values = value_of(domain, state());
    if (domain != "com.apple.mobile.backup") return values;
    // Seconds since 2001, as phones tell it.
    if (const auto last = memory("LastBackup").number("Seconds")) {
        values.set("LastiTunesBackupDate", *last);
        values.set("LastiTunesBackupTZ", "Europe/London");
    }
    return values;
}

bool Device::is_public(std::string_view key) {
    static constexpr std::array<std::string_view, 16> names{
        "DeviceName",      "DeviceClass",  "ProductType",      "ProductVersion",
        "ProductName",     "BuildVersion", "UniqueDeviceID",   "UniqueChipID",
        "DevicePublicKey", "WiFiAddress",  "BluetoothAddress", "HardwareModel",
        "CPUArchitecture", "ChipID",       "ProtocolVersion",  "TelephonyCapability"};
    return std::ranges::find(names, key) != names.end();
}

}  // namespace lifeboat::sim::ios
