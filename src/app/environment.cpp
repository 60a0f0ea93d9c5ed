#include "app/environment.h"

#include "base/error.h"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <filesystem>

namespace lifeboat::app {
namespace {

namespace fs = std::filesystem;

std::string home_of(const Environment& environment) {
    if (const auto home = environment.get("HOME")) return *home;
    throw Misuse("The variable HOME is not set, so there is no place for the configuration",
                 "Set HOME, or name a folder with --home DIR.");
}

std::string xdg(const Environment& environment, std::string_view variable, const char* below_home) {
    const auto value = environment.get(variable);
    // The specification says to ignore relative values.
    const fs::path base = value && value->front() == '/'
                              ? fs::path(*value)
                              : fs::path(home_of(environment)) / below_home;
    return (base / "lifeboat").string();
}

}  // namespace

std::optional<std::string> Environment::get(std::string_view name) const {
    const auto found = variables.find(name);
    if (found == variables.end() || found->second.empty()) return std::nullopt;
    return found->second;
}

bool Environment::speaks_utf8() const {
    for (const auto* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        const auto value = get(name);
        if (!value) continue;
        std::string lower = *value;
        std::transform(lower.begin(), lower.end(), lower.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        return lower.find("utf-8") != std::string::npos || lower.find("utf8") != std::string::npos;
    }
    return false;
}

Environment capture_environment() {
    Environment result;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        const size_t equals = text.find('=');
        if (equals == std::string_view::npos) continue;
        result.variables.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    result.stdin_is_terminal = ::isatty(STDIN_FILENO) == 1;
    result.stdout_is_terminal = ::isatty(STDOUT_FILENO) == 1;
    result.stderr_is_terminal = ::isatty(STDERR_FILENO) == 1;
    return result;
}

std::string absolute_path(const Environment& environment, const std::string& path) {
    if (path.empty()) throw Misuse("a path is empty", "Give the path of a folder or a file.");
    fs::path given(path);
    if (path == "~" || path.starts_with("~/")) {
        given = fs::path(home_of(environment)) / path.substr(std::min<size_t>(2, path.size()));
    }
    fs::path tidy = fs::absolute(given).lexically_normal();
    if (!tidy.has_filename() && tidy.has_relative_path()) tidy = tidy.parent_path();
    return tidy.string();
}

namespace {

// As adb itself looks for it.
std::string adb_key_of(const Environment& environment) {
    if (const auto folder = environment.get("ANDROID_USER_HOME")) return *folder + "/adbkey";
    const auto home = environment.get("HOME");
    return home ? *home + "/.android/adbkey" : std::string();
}

}  // namespace

Paths resolve_paths(const Environment& environment, const std::string& home,
                    const std::string& config) {
    Paths paths;
    if (!home.empty()) {
        const fs::path base = absolute_path(environment, home);
        paths.config_file = (base / "config.toml").string();
        paths.state = (base / "state").string();
        paths.cache = (base / "cache").string();
    } else {
        paths.config_file = xdg(environment, "XDG_CONFIG_HOME", ".config") + "/config.toml";
        paths.system_config_file = "/etc/lifeboat/config.toml";
        paths.state = xdg(environment, "XDG_STATE_HOME", ".local/state");
        paths.cache = xdg(environment, "XDG_CACHE_HOME", ".cache");
    }
    paths.adb_key = adb_key_of(environment);
    if (!config.empty()) paths.config_file = absolute_path(environment, config);
    return paths;
}

}  // namespace lifeboat::app
