#include "sim/ios/manifest_plist.h"

#include "sim/ios/installed_apps.h"

namespace lifeboat::sim::ios {

using plist::Dict;

namespace {

Dict applications(const std::vector<App>& installed) {
    Dict all;
    for (const App& app : installed) {
        if (app.system) continue;
        all.set(app.bundle, Dict{{"CFBundleIdentifier", app.bundle},
                                 {"CFBundleVersion", app.version},
                                 {"ContainerContentClass", "Data/Application"}});
    }
    return all;
}

}  // namespace

Bytes write_manifest_plist(const Device& device, const std::optional<BackupKeys>& keys,
                           plist::Date date) {
    const DeviceState phone = device.state();
    Dict list{{"IsEncrypted", keys.has_value()},
              {"Version", "10.0"},
              {"Date", date},
              {"SystemDomainsVersion", "24.0"},
              {"WasPasscodeSet", phone.passcode_set},
              {"Lockdown", Dict{{"BuildVersion", phone.who.build},
                                {"DeviceName", phone.name},
                                {"ProductType", phone.who.product_type},
                                {"ProductVersion", phone.who.version},
                                {"SerialNumber", "F17SIM00LBOT"},
                                {"UniqueDeviceID", phone.who.udid}}},
              {"Applications", applications(installed_apps(device))}};
    if (keys) {
        list.set("BackupKeyBag", keys->keybag);
        list.set("ManifestKey", keys->manifest_key);
    }
    return plist::write_binary(list);
}

ReadManifestPlist read_manifest_plist(ByteView bytes) {
    const plist::Value value = plist::read(bytes);
    const Dict* list = value.dict();
    if (list == nullptr || !list->boolean("IsEncrypted")) {
        throw plist::Malformed("Manifest.plist does not say whether it is encrypted");
    }
    ReadManifestPlist read;
    if (const auto* version = list->text("Version")) read.version = *version;
    if (!*list->boolean("IsEncrypted")) return read;
    const Bytes* keybag = list->data("BackupKeyBag");
    const Bytes* key = list->data("ManifestKey");
    if (keybag == nullptr || key == nullptr) {
        throw plist::Malformed("Manifest.plist of an encrypted backup has no keys");
    }
    read.keys = BackupKeys{.keybag = *keybag, .manifest_key = *key};
    return read;
}

}  // namespace lifeboat::sim::ios
