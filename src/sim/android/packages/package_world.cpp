// The apps a simulated phone is born with.
#include "sim/android/packages/package_manager.h"

namespace lifeboat::sim {

namespace {

using Names = std::vector<std::string>;

struct FirstApp {
    ApkManifest base{};
    size_t payload = 0;
    uint32_t uid = 0;
    Names splits{};
    Names granted{};
};

std::string permission(std::string_view name) {
    return "android.permission." + std::string(name);
}

std::vector<FirstApp> first_apps() {
    return {{{.package = "com.whatsapp",
              .version_code = 241378004,
              .version_name = "2.24.13.78",
              .signer = "38a0f7d5",
              .permissions = {permission("INTERNET"), permission("CAMERA"),
                              permission("READ_CONTACTS"), permission("RECORD_AUDIO")},
              .required_splits = {"config.arm64_v8a"}},
             900'000,
             10234,
             {"config.arm64_v8a", "config.xxhdpi"},
             {permission("CAMERA"), permission("READ_CONTACTS")}},
            {{.package = "org.thoughtcrime.securesms",
              .version_code = 150303,
              .version_name = "7.12.1",
              .signer = "4be4f6cd",
              .permissions = {permission("INTERNET"), permission("READ_CONTACTS")}},
             700'000,
             10241,
             {"config.arm64_v8a"},
             {permission("READ_CONTACTS")}},
            {{.package = "com.beemdevelopment.aegis",
              .version_code = 68,
              .version_name = "3.2",
              .signer = "c6db80a8",
              .permissions = {permission("CAMERA")}},
             300'000,
             10255,
             {},
             {permission("CAMERA")}},
            {{.package = "com.example.bank",
              .version_code = 40117,
              .version_name = "4.1.17",
              .signer = "9d1e77b2",
              .permissions = {permission("INTERNET"), permission("ACCESS_FINE_LOCATION")}},
             400'000,
             10262,
             {},
             {}}};
}

Package system_app(std::string name, uint64_t version, uint32_t uid) {
    Package package{
        .name = std::move(name), .version_code = version, .uid = uid, .installer = "null"};
    package.from_system = true;
    package.signer = "27b1f2c0";
    package.folder = "/system/app/" + package.name;
    return package;
}

std::vector<Package> system_apps(const Personality& who) {
    std::vector<Package> all{system_app("com.android.settings", who.os.sdk, 1000),
                             system_app("com.android.providers.telephony", who.os.sdk, 1001)};
    if (who.has_google) {
        all.push_back(system_app("com.google.android.gms", 244735035, 10140));
        all.push_back(system_app("com.google.android.apps.photos", 49321000, 10166));
    }
    if (who.maker == "samsung") {
        all.push_back(system_app("com.sec.android.easyMover", 375123, 10171));
    }
    return all;
}

std::vector<Bytes> apks_of(const FirstApp& app) {
    std::vector<Bytes> apks{make_apk(app.base, app.payload)};
    size_t payload = 120'000;
    for (const std::string& name : app.splits) {
        ApkManifest split = app.base;
        split.split = name;
        split.permissions.clear();
        split.required_splits.clear();
        apks.push_back(make_apk(split, payload));
        payload /= 2;
    }
    return apks;
}

// Made once: a test program has many phones.
const std::vector<std::vector<Bytes>>& first_apks() {
    static const auto all = [] {
        std::vector<std::vector<Bytes>> made;
        for (const FirstApp& app : first_apps()) made.push_back(apks_of(app));
        return made;
    }();
    return all;
}

}  // namespace

void install_first_apps(Device& device) {
    device.state().with([&](DeviceState& s) { s.packages = system_apps(device.who()); });
    const std::string store = device.who().has_google ? "com.android.vending" : "null";
    const auto apps = first_apps();
    for (size_t i = 0; i < apps.size(); ++i) {
        device.state().with([&](DeviceState& s) { s.next_uid = apps[i].uid; });
        install_apks(device, store, first_apks()[i]);
        device.state().with([&](DeviceState& s) {
            for (const std::string& name : apps[i].granted) {
                s.packages.back().runtime_permissions[name] = true;
            }
        });
        const auto package = find_package(device, apps[i].base.package);
        device.private_files().with(
            [&](PrivateFiles& files) { fill_private_folders(files, *package); });
    }
}

}  // namespace lifeboat::sim
