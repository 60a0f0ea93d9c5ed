// What the process was given when it started: variables and what its three streams are.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace lifeboat::app {

// Captured once and handed around, so that tests can make one up.
struct Environment {
    std::map<std::string, std::string, std::less<>> variables{};
    bool stdin_is_terminal = false;
    bool stdout_is_terminal = false;
    bool stderr_is_terminal = false;

    // An empty variable counts as not set.
    std::optional<std::string> get(std::string_view name) const;
    bool has(std::string_view name) const { return get(name).has_value(); }
    // LC_ALL, LC_CTYPE or LANG, in this order, names UTF-8.
    bool speaks_utf8() const;
};

Environment capture_environment();

// Where things of this program lie, see XDG base directories; all absolute.
struct Paths {
    std::string config_file{};
    std::string system_config_file{};  // empty when --home is in use
    std::string state{};               // evidence log, audit reports, device records
    std::string cache{};               // may be deleted at any time
    // The key that the user's adb shows to phones; it need not be there. Empty without a home.
    std::string adb_key{};
};

// `home` puts everything below one folder; `config` names the file itself. Both may be empty.
Paths resolve_paths(const Environment& environment, const std::string& home,
                    const std::string& config);

// An absolute, tidy form of a path a person typed ("~" and relative ones included).
std::string absolute_path(const Environment& environment, const std::string& path);

}  // namespace lifeboat::app
