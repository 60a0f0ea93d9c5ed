// What can be set, in one plain struct, and where each value came from.
//
// A flag wins over the environment, that over the person's file, that over /etc, that over the
// default. Secrets are never values here: only references to them (a file, a command).
#pragma once

#include "app/environment.h"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace lifeboat::app {

// A destination for copies, as the person named it.
struct PlaceSetting {
    std::string name{};
    std::string path{};
    bool operator==(const PlaceSetting&) const = default;
};

struct Settings {
    std::vector<PlaceSetting> places{};
    std::string phone{};  // serial or model; empty = the only one there
    std::string password_file{};
    std::string password_command{};
    std::string phone_password_file{};  // of an iPhone's backups
    std::string phone_password_command{};
    std::string adb_server = "tcp:5037";
    std::string adb_program = "adb";
    bool adb_start = true;
    std::string usbmux{};  // where its daemon listens; empty = where it does by default
    std::string usb_devices = "/sys/bus/usb/devices";
    std::string color = "auto";
    std::string progress = "auto";
    int64_t compression = 1;
    int64_t parity = 2;       // percent
    int64_t lock_wait = 600;  // seconds
};

// One row of the table of settings.
struct Key {
    std::string name{};         // "adb.server"
    std::string variable{};     // "LIFEBOAT_ADB_SERVER"
    std::string explanation{};  // one line
    std::variant<std::string Settings::*, bool Settings::*, int64_t Settings::*> member{};
    std::vector<std::string> choices{};  // of a text; empty = any
    int64_t least = 0;                   // of a number
    int64_t most = 0;
};
std::span<const Key> setting_keys();
const Key* find_key(std::string_view name);
// Throws Misuse with a suggestion.
const Key& require_key(std::string_view name);
std::string text_of(const Settings& settings, const Key& key);
// Throws Misuse when the text is no value for this key; `where` says who gave it.
void set_from_text(Settings& settings, const Key& key, const std::string& text,
                   const std::string& where);

enum class Origin { default_value, system_file, user_file, environment, flag };
std::string_view to_text(Origin origin);

struct Source {
    Origin origin = Origin::default_value;
    std::string where{};  // "LIFEBOAT_PHONE", "/home/a/.config/lifeboat/config.toml:3"
};

struct Configuration {
    Settings settings{};
    std::map<std::string, Source, std::less<>> sources{};  // by key; absent = default
    Source source_of(std::string_view key) const;
};

// Flags by key name ("password_file" -> "/run/pw"). Throws Misuse: unknown key (with a suggestion),
// wrong type, a secret where none may be.
Configuration load_configuration(const Paths& paths, const Environment& environment,
                                 const std::map<std::string, std::string, std::less<>>& flags);

// The place of that name; throws Misuse with the names there are.
const PlaceSetting& require_place(const Settings& settings, std::string_view name);

}  // namespace lifeboat::app
