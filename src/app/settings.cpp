#include "app/settings.h"

#include "app/config_file.h"
#include "app/suggest.h"
#include "base/error.h"
#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::app {
namespace {

const std::vector<Key>& table() {
    static const std::vector<Key> keys{
        {.name = "phone",
         .variable = "LIFEBOAT_PHONE",
         .explanation = "Phone to use when several are there: serial number or model",
         .member = &Settings::phone},
        {.name = "password_file",
         .variable = "LIFEBOAT_PASSWORD_FILE",
         .explanation = "File whose first line is the password of the places",
         .member = &Settings::password_file},
        {.name = "password_command",
         .variable = "LIFEBOAT_PASSWORD_COMMAND",
         .explanation = "Program that prints the password, with its arguments; no shell",
         .member = &Settings::password_command},
        {.name = "phone_password_file",
         .variable = "LIFEBOAT_PHONE_PASSWORD_FILE",
         .explanation = "File whose first line is the password of the iPhone's backups",
         .member = &Settings::phone_password_file},
        {.name = "phone_password_command",
         .variable = "LIFEBOAT_PHONE_PASSWORD_COMMAND",
         .explanation = "Program that prints the password of the iPhone's backups; no shell",
         .member = &Settings::phone_password_command},
        {.name = "adb.server",
         .variable = "LIFEBOAT_ADB_SERVER",
         .explanation = "Where the adb server listens: tcp:PORT or tcp:HOST:PORT",
         .member = &Settings::adb_server},
        {.name = "adb.program",
         .variable = "LIFEBOAT_ADB_PROGRAM",
         .explanation = "The adb program that starts the server when none runs",
         .member = &Settings::adb_program},
        {.name = "adb.start",
         .variable = "LIFEBOAT_ADB_START",
         .explanation = "Whether to start the adb server when none runs",
         .member = &Settings::adb_start},
        {.name = "usbmux.address",
         .variable = "LIFEBOAT_USBMUX",
         .explanation = "Where the usbmux daemon for iPhones listens: UNIX:/PATH or HOST:PORT; "
                        "empty = /var/run/usbmuxd",
         .member = &Settings::usbmux},
        {.name = "usb.devices",
         .variable = "LIFEBOAT_USB_DEVICES",
         .explanation = "Where Linux tells which devices are on USB: an iPhone in recovery mode is "
                        "seen there only",
         .member = &Settings::usb_devices},
        {.name = "ui.color",
         .variable = "LIFEBOAT_COLOR",
         .explanation = "Colours: when the output is a terminal, always, or never",
         .member = &Settings::color,
         .choices = {"auto", "always", "never"}},
        {.name = "ui.progress",
         .variable = "LIFEBOAT_PROGRESS",
         .explanation = "Progress: a line that moves, plain lines, JSON lines, or none",
         .member = &Settings::progress,
         .choices = {"auto", "plain", "json", "none"}},
        {.name = "repository.compression",
         .variable = "LIFEBOAT_COMPRESSION",
         .explanation = "zstd level of new data, 1 (fast) to 19 (small)",
         .member = &Settings::compression,
         .least = 1,
         .most = 19},
        {.name = "repository.parity",
         .variable = "LIFEBOAT_PARITY",
         .explanation = "Percent of spare bytes beside what is stored, which repair flipped "
                        "sectors and lost ends; 0 = none",
         .member = &Settings::parity,
         .least = 0,
         .most = 100},
        // Longer than the 7.5 minutes that a silent lock is watched before it is taken over.
        {.name = "repository.lock_wait",
         .variable = "LIFEBOAT_LOCK_WAIT",
         .explanation = "Seconds to wait for a place that another program uses; 0 = not at all",
         .member = &Settings::lock_wait,
         .least = 0,
         .most = 86400},
    };
    return keys;
}

bool bool_from(const std::string& text, const std::string& where) {
    if (text == "true" || text == "1" || text == "yes") return true;
    if (text == "false" || text == "0" || text == "no") return false;
    throw Misuse(fmt::format("{}: \"{}\" is neither true nor false", where, printable(text)));
}

int64_t number_from(const Key& key, const std::string& text, const std::string& where) {
    const auto number = parse_i64(text);
    if (!number || *number < key.least || *number > key.most) {
        throw Misuse(fmt::format("{}: {} is a number from {} to {}, not \"{}\"", where, key.name,
                                 key.least, key.most, printable(text)));
    }
    return *number;
}

std::string choice_from(const Key& key, const std::string& text, const std::string& where) {
    if (key.choices.empty() || std::ranges::count(key.choices, text) > 0) return text;
    const auto near = nearest(text, key.choices);
    throw Misuse(fmt::format("{}: {} is one of {}, not \"{}\"", where, key.name,
                             fmt::join(key.choices, ", "), printable(text)),
                 near ? fmt::format("Did you mean \"{}\"?", *near) : "");
}

// A password in the environment would be readable by every program of this user.
void refuse_plain_password(const Environment& environment) {
    for (const char* name : {"LIFEBOAT_PASSWORD", "LIFEBOAT_PHONE_PASSWORD"}) {
        if (!environment.has(name)) continue;
        throw Misuse(fmt::format("The variable {} is set: a password does not belong there", name),
                     fmt::format("Other programs can read variables. Unset it and use {0}_FILE or "
                                 "{0}_COMMAND instead.",
                                 name));
    }
}

class Loader {
public:
    void file(const std::string& path, Origin origin) {
        if (path.empty()) return;
        const ConfigFile file = read_config_file(path);
        for (const ConfigEntry& entry : file.entries) {
            const std::string where = fmt::format("{}:{}", printable(path), entry.line);
            set(known(entry.key, where), entry.text, {origin, where});
        }
        for (const ConfigPlace& place : file.places) {
            std::erase_if(result_.settings.places,
                          [&](const PlaceSetting& p) { return p.name == place.name; });
            result_.settings.places.push_back({place.name, place.path});
        }
    }

    void environment(const Environment& environment) {
        refuse_plain_password(environment);
        adb_variables(environment);
        usbmux_variable(environment);
        for (const Key& key : setting_keys()) {
            const auto value = environment.get(key.variable);
            if (value) set(key, *value, {Origin::environment, key.variable});
        }
    }

    void flags(const std::map<std::string, std::string, std::less<>>& flags) {
        for (const auto& [name, value] : flags) {
            set(require_key(name), value, {Origin::flag, "command line"});
        }
    }

    Configuration take() { return std::move(result_); }

private:
    static const Key& known(const std::string& name, const std::string& where) {
        return while_doing("reading " + where, [&]() -> const Key& { return require_key(name); });
    }

    void set(const Key& key, const std::string& text, const Source& source) {
        set_from_text(result_.settings, key, text, source.where);
        result_.sources.insert_or_assign(key.name, source);
        // The nearer reference wins alone: a command of /etc must not beat a file named by flag.
        if (key.name == "password_file") forget("password_command", source.origin);
        if (key.name == "password_command") forget("password_file", source.origin);
    }

    void forget(const std::string& name, Origin nearer) {
        const Source other = result_.source_of(name);
        if (other.origin >= nearer) return;
        set_from_text(result_.settings, require_key(name), "", "");
        result_.sources.erase(name);
    }

    // adb's own variables count below ours: the person may have set them for adb itself.
    void adb_variables(const Environment& environment) {
        const Key& key = require_key("adb.server");
        if (const auto port = environment.get("ANDROID_ADB_SERVER_PORT")) {
            set(key, "tcp:" + *port, {Origin::environment, "ANDROID_ADB_SERVER_PORT"});
        }
        if (const auto socket = environment.get("ADB_SERVER_SOCKET")) {
            set(key, *socket, {Origin::environment, "ADB_SERVER_SOCKET"});
        }
    }

    // The variable of all other programs for iPhones.
    void usbmux_variable(const Environment& environment) {
        constexpr const char* name = "USBMUXD_SOCKET_ADDRESS";
        if (const auto address = environment.get(name)) {
            set(require_key("usbmux.address"), *address, {Origin::environment, name});
        }
    }

    Configuration result_{};
};

}  // namespace

std::span<const Key> setting_keys() {
    return table();
}

const Key* find_key(std::string_view name) {
    const auto found = std::ranges::find(table(), name, &Key::name);
    return found == table().end() ? nullptr : &*found;
}

const Key& require_key(std::string_view name) {
    if (const Key* key = find_key(name)) return *key;
    std::vector<std::string> known;
    for (const Key& key : table()) known.push_back(key.name);
    const auto near = nearest(name, known);
    throw Misuse(fmt::format("There is no setting \"{}\"", printable(name)),
                 near ? fmt::format("Did you mean \"{}\"?", *near)
                      : "`lifeboat config list` shows all settings.");
}

std::string text_of(const Settings& settings, const Key& key) {
    if (const auto* text = std::get_if<std::string Settings::*>(&key.member)) {
        return settings.*(*text);
    }
    if (const auto* yes = std::get_if<bool Settings::*>(&key.member)) {
        return settings.*(*yes) ? "true" : "false";
    }
    return std::to_string(settings.*std::get<int64_t Settings::*>(key.member));
}

void set_from_text(Settings& settings, const Key& key, const std::string& text,
                   const std::string& where) {
    if (const auto* member = std::get_if<std::string Settings::*>(&key.member)) {
        settings.*(*member) = choice_from(key, text, where);
    } else if (const auto* yes = std::get_if<bool Settings::*>(&key.member)) {
        settings.*(*yes) = bool_from(text, where);
    } else {
        settings.*std::get<int64_t Settings::*>(key.member) = number_from(key, text, where);
    }
}

std::string_view to_text(Origin origin) {
    switch (origin) {
        case Origin::default_value:
            return "default";
        case Origin::system_file:
            return "system file";
        case Origin::user_file:
            return "your file";
        case Origin::environment:
            return "environment";
        case Origin::flag:
            return "flag";
    }
    return "default";
}

Source Configuration::source_of(std::string_view key) const {
    const auto found = sources.find(key);
    return found == sources.end() ? Source{} : found->second;
}

Configuration load_configuration(const Paths& paths, const Environment& environment,
                                 const std::map<std::string, std::string, std::less<>>& flags) {
    Loader loader;
    loader.file(paths.system_config_file, Origin::system_file);
    loader.file(paths.config_file, Origin::user_file);
    loader.environment(environment);
    loader.flags(flags);
    return loader.take();
}

const PlaceSetting& require_place(const Settings& settings, std::string_view name) {
    const auto found = std::ranges::find(settings.places, name, &PlaceSetting::name);
    if (found != settings.places.end()) return *found;
    std::vector<std::string> known;
    for (const PlaceSetting& place : settings.places) known.push_back(place.name);
    const std::string message = fmt::format("There is no place \"{}\"", printable(name));
    if (known.empty()) {
        throw Misuse(message, "No place is set up yet. Add one: lifeboat place add NAME FOLDER");
    }
    const auto near = nearest(name, known);
    throw Misuse(message, near ? fmt::format("Did you mean \"{}\"?", *near)
                               : fmt::format("Your places: {}", fmt::join(known, ", ")));
}

}  // namespace lifeboat::app
