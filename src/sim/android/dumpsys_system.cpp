// What the system services say of an update to come, of room, of the lock, and of whoever records
// or calls just now.
#include "sim/android/dumpsys.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::sim {

namespace {

constexpr uint64_t total_kib = 112640000;
constexpr uint64_t low_bytes = 524288000;
constexpr uint64_t full_bytes = 1048576;

int truth(bool yes) {
    return yes ? 1 : 0;
}

}  // namespace

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
        "10234\n"
        "\n  Account visibility:\n    ada@example.com\n      com.android.contacts, 1\n";
    return text;
}

std::string dump_diskstats(uint64_t free_bytes) {
    const uint64_t free_kib = std::min(free_bytes / 1024, total_kib);
    return fmt::format(
        "Latency: 1ms [512B Data Write]\n"
        "Recent Disk Write Speed (kB/s) = 41233\n"
        "Data-Free: {0}K / {1}K total = {2}% free\n"
        "Cache-Free: {0}K / {1}K total = {2}% free\n"
        "System-Free: 12K / 3145728K total = 0% free\n"
        "File-based Encryption: true\n",
        free_kib, total_kib, free_kib * 100 / total_kib);
}

std::string dump_storage_monitor(uint64_t free_bytes) {
    const char* level = "NORMAL";
    if (free_bytes < low_bytes) level = "LOW";
    if (free_bytes < full_bytes) level = "FULL";
    return fmt::format(
        "Known volumes:\n  Default:\n    level={} lastUsableBytes={} \n"
        "    lowBytes={} fullBytes={}\n    path=/data\n\nmSeq=1 mForceState=UNKNOWN \n\n",
        level, free_bytes, low_bytes, full_bytes);
}

std::string dump_device_policy(const DeviceState& state, const Personality&) {
    std::string text = "Current Device Policy Manager state:\n";
    if (state.update_pending_since_ms != 0) {
        text += fmt::format(
            "  Pending System Update: SystemUpdateInfo (receivedTime = {}, securityPatchState = "
            "{})\n\n",
            state.update_pending_since_ms, state.update_is_security_patch ? "true" : "false");
    }
    text += "  Immutable state:\n    mHasFeature=true\n";
    if (state.cloud.find_my_admin) {
        text +=
            "  Enabled Device Admins (User 0, provisioningState: 0):\n"
            "    com.google.android.gms/.mdm.receivers.MdmDeviceAdminReceiver:\n"
            "      uid=10140\n      testOnlyAdmin=false\n      policies:\n        wipe-data\n"
            "        force-lock\n";
    } else {
        text += "  Enabled Device Admins (User 0, provisioningState: 0):\n";
    }
    return text + "    mPasswordOwner=-1\n";
}

std::string dump_lock_settings() {
    return "Current lock settings service state:\n\nUser State:\n    User 0\n"
           "        SP Handle: 3a5f0c\n    CredentialType: PIN\n";
}

// The flags of each user stand behind a name that a person chose. From 14 on trust is a word.
std::string dump_trust(bool locked, const DeviceState& state) {
    constexpr uint32_t first_with_words = 34;
    const bool words = state.os.sdk >= first_with_words;
    const auto user = [&](std::string_view name, int id, std::string_view flags, bool current,
                          bool is_locked) {
        return fmt::format(
            " User \"{}\" (id={}, flags={}){}: {}, trustManaged=0, deviceLocked={}{}, "
            "strongAuthRequired=0x{}\n   Enabled agents:\n   Events:\n",
            name, id, flags, current ? " (current)" : "",
            words ? "trustState=UNTRUSTED" : "trusted=0", truth(is_locked),
            words ? ", isActiveUnlockRunning=0" : "", is_locked ? 1 : 0);
    };
    return "Trust manager state:\n" + user("Ada, deviceLocked=1", 0, "0x4c13", true, locked) +
           user("Guest", 10, "0x404", false, !locked);
}

// Lines of the real ones that say whether somebody records, films or calls; the rest is left out.
std::string dump_audio(const DeviceState& state) {
    std::string text = "RecordActivityMonitor dump time: 10:31:07\n";
    if (state.activity.microphone) {
        text +=
            "riid 23; active? true\n  session:185 -- source client=MIC, dev=MIC -- uid:10255 -- "
            "patch:11 -- pack:com.example.recorder -- format client=mono pcm_16bit\n";
    }
    text += "riid 7; active? false\n  no config\n\n\nEvents log: recording activity received\n";
    return text + "12-01 09:12:44:121 rec start riid:7 uid:10255 session:121 active? true\n";
}

std::string dump_camera(const DeviceState& state) {
    std::string text =
        "== Service global info: ==\n\nNumber of camera devices: 2\nActive Camera Clients:\n[";
    if (state.activity.camera) {
        text +=
            "\n(Camera ID: 0, Cost: 50, PID: 8112, Score: 0, State: 2User Id: 0, Client Package "
            "Name: com.google.android.GoogleCamera, Conflicting Client Devices: {1, })\n";
    }
    return text +
           "]\nAllowed user IDs: 0\n\n== Camera service events log (most recent at top): ==\n"
           "  03-01 11:02:01 : DISCONNECT device 0 client for package com.example.app\n";
}

std::string dump_telephony(const DeviceState& state) {
    const int call = state.activity.call ? 2 : 0;
    return fmt::format(
        "last known state:\n  Phone Id=0\n    mCallState={}\n    mRingingCallState={}\n"
        "    mForegroundCallState={}\n  Phone Id=1\n    mCallState=0\n    mRingingCallState=0\n"
        "local logs:\n  2025-03-01T10:00:01 - notifyCallState: mCallState=2\n",
        call, 0, truth(call != 0));
}

}  // namespace lifeboat::sim
