#include "sim/android/device.h"

#include "sim/android/packages/commands.h"
#include "sim/android/packages/package_manager.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace lifeboat::sim {

namespace {

bool is_media(std::string_view path) {
    static constexpr std::array<std::string_view, 9> endings{
        ".jpg", ".jpeg", ".png", ".heic", ".gif", ".webp", ".mp4", ".3gp", ".mov"};
    std::string low(path.substr(path.rfind('/') + 1));
    if (low.starts_with('.')) return false;
    std::transform(low.begin(), low.end(), low.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return std::any_of(endings.begin(), endings.end(),
                       [&](std::string_view ending) { return low.ends_with(ending); });
}

Storage::Rules with_apps(Storage::Rules rules, const AppFolder& apps) {
    rules.mounts.push_back({std::string(AppFolder::phone_path), apps.path(), true});
    return rules;
}

}  // namespace

Device::Device(const Personality& who, std::string serial, Storage::Rules rules, sys::Clock& clock)
    : who_(who),
      serial_(std::move(serial)),
      clock_(clock),
      storage_(with_apps(std::move(rules), app_folder_), faults_),
      personal_(std::make_unique<android::PersonalData>(settings_store())) {
    storage_.set_locked(who_.starts_locked);
    state_.with([&](DeviceState& s) {
        s.os = who_.os;
        s.booted = clock_.now() - std::chrono::hours(31);
        s.usb_may_write = who_.usb_may_write;
        s.shows_words = who_.shows_words;
        set_first_roles_and_networks(s, who_);
        s.accounts = make_accounts(who_);
        s.cloud = make_cloud(who_, s.accounts, clock_.now());
        s.settings["global"] = {{"device_name", who_.model},
                                {"airplane_mode_on", "0"},
                                {"auto_time", "1"},
                                {"stay_on_while_plugged_in", "0"}};
        s.settings["secure"] = {
            {"android_id", "6c0f7a9e12d83b45"},
            {"backup_enabled", "1"},
            {"location_mode", "3"},
            {"enabled_input_methods", "org.keys/.Latin;1=2:org.keys/.Greek"},
            {"lock_screen_owner_info", "If found:\nharbour office\nline=3, thank you"}};
        s.settings["system"] = {{"screen_brightness", "102"},
                                {"screen_off_timeout", "30000"},
                                {"ringtone", "content://media/internal/audio/media/42"},
                                {"alarm_alert", "content://media/internal/audio/media/7"},
                                {"notification_sound", "content://media/internal/audio/media/19"}};
    });
    install_first_apps(*this);
    scan_all();
}

android::SettingsProvider::Store Device::settings_store() {
    return {[this](const std::string& space) {
                return state_.with([&](DeviceState& s) { return s.settings[space]; });
            },
            [this](const std::string& space, const std::string& name,
                   const std::optional<std::string>& value) {
                state_.with([&](DeviceState& s) {
                    if (value)
                        s.settings[space][name] = *value;
                    else
                        s.settings[space].erase(name);
                });
            }};
}

std::map<std::string, std::string> Device::properties() const {
    const OsBuild os = state_.with([](const DeviceState& s) { return s.os; });
    const auto sdk = fmt::to_string(os.sdk);
    return {{"persist.sys.timezone", who_.zone},
            {"ro.boot.slot_suffix", "_a"},
            {"ro.boot.verifiedbootstate", "green"},
            {"ro.build.display.id", os.build_id},
            {"ro.build.fingerprint", fingerprint(who_, os)},
            {"ro.build.id", os.build_id},
            {"ro.build.type", "user"},
            {"ro.build.version.incremental", os.incremental},
            {"ro.build.version.release", os.release},
            {"ro.build.version.sdk", sdk},
            {"ro.build.version.security_patch", os.security_patch},
            {"ro.crypto.state", "encrypted"},
            {"ro.crypto.type", "file"},
            {"ro.product.brand", who_.brand},
            {"ro.product.cpu.abi", "arm64-v8a"},
            {"ro.product.device", who_.device},
            {"ro.product.first_api_level", fmt::to_string(std::min<uint32_t>(who_.os.sdk, 33))},
            {"ro.product.manufacturer", who_.maker},
            {"ro.product.model", who_.model},
            {"ro.product.name", who_.product},
            {"ro.serialno", serial_},
            {"ro.boot.serialno", serial_},
            {"ro.virtual_ab.enabled", os.sdk >= 30 ? "true" : "false"},
            {"sys.boot_completed", "1"},
            {"vold.decrypt", ""}};
}

bool Device::scan(const std::string& path) {
    const std::string at = Storage::canonical(path);
    FileStat info;
    const bool is_there = storage_.stat(at, Links::follow, info) == 0 && S_ISREG(info.mode);
    if (!is_there || !is_media(at)) return false;
    state_.with([&](DeviceState& s) { s.gallery.insert(at); });
    return true;
}

size_t Device::scan_all() {
    std::set<std::string> found;
    scan_folder("/storage/emulated/0", found);
    const size_t count = found.size();
    state_.with([&](DeviceState& s) { s.gallery = std::move(found); });
    return count;
}

void Device::scan_folder(const std::string& folder, std::set<std::string>& found) {
    std::vector<std::string> waiting{folder};
    while (!waiting.empty()) {
        const std::string at = std::move(waiting.back());
        waiting.pop_back();
        storage_.list(at, [&](const std::string& name) {
            if (name.starts_with('.')) return true;
            const std::string path = at + "/" + name;
            FileStat info;
            if (storage_.stat(path, Links::keep, info) != 0) return true;
            if (S_ISDIR(info.mode)) waiting.push_back(path);
            if (S_ISREG(info.mode) && is_media(path)) found.insert(path);
            return true;
        });
    }
}

std::vector<std::string> Device::gallery() {
    const auto scanned = state_.with([](const DeviceState& s) { return s.gallery; });
    std::vector<std::string> shown;
    for (const std::string& path : scanned) {
        FileStat info;
        if (storage_.stat(path, Links::follow, info) == 0) shown.push_back(path);
    }
    return shown;
}

}  // namespace lifeboat::sim
