// An app that a person installed: what is needed to have it again, and to see that it is the same.
// Lines of `personal/apps/apps.jsonl`; its programs lie beside, in a folder of its name.
#pragma once

#include "personal/collection.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::personal {

struct AppFile {
    std::string name{};  // "base.apk", "split_config.xxhdpi.apk"
    uint64_t size = 0;
    bool operator==(const AppFile&) const = default;
};

// What an app may do beside its permissions, where somebody changed it (Android's app operations).
struct AppOp {
    std::string mode{};    // "allow", "ignore", "deny", "foreground", "default"
    bool of_user = false;  // it holds for all apps of the app's user, and wins
    bool operator==(const AppOp&) const = default;
};
using AppOps = std::map<std::string, AppOp>;  // by name: "SYSTEM_ALERT_WINDOW"

struct App {
    std::string package{};  // "org.example.notes"
    std::string version_name{};
    uint64_t version_code = 0;
    std::string installer{};     // the package that installed it; empty: nobody
    std::string update_owner{};  // Android 14+: who alone may update it; empty: nobody
    // Android's 32-bit hashes of the signing certificates, hex: two that differ are surely two, two
    // that are equal are most likely one.
    std::vector<std::string> signatures{};
    uint32_t min_sdk = 0;     // 0: the phone does not tell
    uint32_t target_sdk = 0;  // 0: the phone does not tell
    std::string installed{};  // dates as the phone writes them
    std::string updated{};
    std::vector<AppFile> files{};        // the base first
    std::vector<std::string> granted{};  // "android.permission.CAMERA", sorted
    AppOps ops{};
    bool operator==(const App&) const = default;
};

// Letters, digits, dots and underscores; safe as the name of a folder and as a word of a command.
bool is_package_name(std::string_view name);
// The same and minus, ending in ".apk", without a leading dot.
bool is_apk_name(std::string_view name);

bool is_op_mode(std::string_view mode);

std::string encode(const App& app);
// Throws Corrupt.
App decode_app(std::string_view line);

// A version is no part of its digest: a store that updates an app takes nothing away. Another
// signature is another app.
Record record_of(const App& app);

// `personal/apps/PACKAGE/NAME`.
ItemPath apk_path(const App& app, const AppFile& file);

}  // namespace lifeboat::personal
