// The simulated phone without its wire: storage, state that changes while it runs, and what its
// commands answer.
#pragma once

#include "base/guarded.h"
#include "sim/android/app_data.h"
#include "sim/android/cloud.h"
#include "sim/android/packages/app_folder.h"
#include "sim/android/packages/package.h"
#include "sim/android/personality.h"
#include "sim/android/providers/personal_data.h"
#include "sim/android/root/private_files.h"
#include "sim/android/storage.h"
#include "sys/clock.h"

#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace lifeboat::sim {

struct Battery {
    int percent = 84;
    bool charging = true;
    bool faked = false;  // "UPDATES STOPPED": somebody set the values by hand
    int tenths_celsius = 287;
};

enum class Wifi { off, disconnected, connected, metered };

struct SavedNetwork {
    uint32_t id = 0;
    std::string ssid{};
    std::vector<std::string> types{};  // "wpa2-psk"; with "^" those the phone adds by itself
    std::string passphrase{};
};

// Who uses the phone just now.
struct Activity {
    bool call = false;
    bool camera = false;
    bool microphone = false;
};

struct DeviceState {
    Battery battery{};
    Wifi wifi = Wifi::connected;
    std::string ssid{"Harbour"};
    OsBuild os{};
    TimePoint booted{};
    std::set<std::string> gallery{};  // canonical paths that a media scan has seen
    // How many files went each way packed, by the flag of the packing (codec.h).
    std::map<uint32_t, uint64_t> packed_files_sent{}, packed_files_taken{};
    std::vector<Package> packages{};
    std::map<uint64_t, InstallSession> sessions{};
    uint64_t next_session = 1834731893;
    uint64_t installs = 0;
    uint32_t next_uid = 10300;
    std::map<std::string, std::string> roles{};  // "android.app.role.SMS" -> package
    std::vector<SavedNetwork> networks{};
    std::vector<Account> accounts{};
    std::map<std::string, std::map<std::string, std::string>> settings{};  // namespace -> key
    uint64_t update_pending_since_ms = 0;                                  // 0: none reported
    bool update_is_security_patch = true;
    CloudState cloud{};
    Activity activity{};
    uint64_t boots = 1;
    AdbBackup adb_backup{};
    bool usb_may_write = true;
    bool shows_words = true;
    bool names_part_files = true;  // some makers name files of picture messages by the time alone
    bool screen_locked = false;
    // What each run of the content tool takes before it does anything: it starts a virtual machine.
    std::chrono::milliseconds content_start{0};
};

// The databases behind the phone's content providers, for one thread at a time.
class Personal {
public:
    explicit Personal(std::unique_ptr<android::PersonalData> data) : data_(std::move(data)) {}

    template <class Use>
    auto with(Use&& use) {
        return data_.with([&](auto& data) { return std::forward<Use>(use)(*data); });
    }

private:
    Guarded<std::unique_ptr<android::PersonalData>> data_;
};

// Shared by all connections of one phone.
class Device {
public:
    Device(const Personality& who, std::string serial, Storage::Rules rules, sys::Clock& clock);

    const Personality& who() const { return who_; }
    const std::string& serial() const { return serial_; }
    Storage& storage() { return storage_; }
    const AppFolder& app_folder() const { return app_folder_; }
    Faults& faults() { return faults_; }
    sys::Clock& clock() { return clock_; }
    Guarded<PrivateFiles>& private_files() { return private_files_; }
    bool has_root() const { return has_root_; }
    void set_root(bool has) { has_root_ = has; }
    Guarded<DeviceState>& state() { return state_; }
    // Held for as long as one tool works on it.
    Personal& personal() { return personal_; }
    DeviceState snapshot() const {
        return state_.with([](const DeviceState& s) { return s; });
    }

    std::map<std::string, std::string> properties() const;

    // The media scanner looks at one path, or at all of shared storage. True when it is a picture
    // or a film that is there.
    bool scan(const std::string& path);
    size_t scan_all();
    // What the gallery shows now: scanned, and still there.
    std::vector<std::string> gallery();

private:
    android::SettingsProvider::Store settings_store();
    void scan_folder(const std::string& folder, std::set<std::string>& found);

    const Personality who_;
    const std::string serial_;
    sys::Clock& clock_;
    Faults faults_;
    AppFolder app_folder_;
    Storage storage_;
    Guarded<PrivateFiles> private_files_;
    std::atomic<bool> has_root_ = false;
    Guarded<DeviceState> state_;
    Personal personal_;
};

}  // namespace lifeboat::sim
