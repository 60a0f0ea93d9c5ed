#include "sim/android/providers/settings_provider.h"

#include "sim/android/providers/table_query.h"

#include <array>

namespace lifeboat::sim::android {

namespace {

constexpr std::array<std::string_view, 3> spaces{"system", "secure", "global"};
constexpr std::array<std::string_view, 3> sound_names{"ringtone_cache", "notification_sound_cache",
                                                      "alarm_alert_cache"};

std::string space_of(const ContentUri& uri) {
    const bool known = !uri.path.empty() && uri.path.size() <= 2 &&
                       std::ranges::find(spaces, uri.path[0]) != spaces.end();
    if (!known) throw illegal_argument("Invalid URI: " + uri.text);
    return uri.path[0];
}

std::string sound_of(const ContentUri& uri) {
    const bool known = uri.matches({"system", "*"}) &&
                       std::ranges::find(sound_names, uri.path[1]) != sound_names.end();
    if (!known)
        throw file_not_found(
            "Direct file access no longer supported; "
            "ringtone playback is available through "
            "android.media.Ringtone");
    return uri.path[1];
}

}  // namespace

std::optional<Cursor> SettingsProvider::query(const Caller&, const QueryRequest& request) {
    ProviderDatabase database(
        "CREATE TABLE settings (_id INTEGER PRIMARY KEY, name TEXT, value TEXT, "
        "is_preserved_in_restore TEXT);");
    for (const auto& [name, value] : store_.all(space_of(request.uri))) {
        database.insert("settings",
                        {{"name", name}, {"value", value}, {"is_preserved_in_restore", "false"}});
    }
    TableQuery table;
    table.from = "settings";
    table.columns = database.columns("settings");
    if (request.uri.path.size() == 2) {
        std::string name = request.uri.path[1];
        for (size_t at = 0; (at = name.find('\'', at)) != std::string::npos; at += 2) {
            name.insert(at, 1, '\'');
        }
        table.restriction = "name='" + name + "'";
    }
    return database.query(sql_of(table, request));
}

void SettingsProvider::insert(const Caller&, const ContentUri& uri, const ContentValues& values) {
    const auto name = values.text("name");
    if (name) store_.put(space_of(uri), *name, values.text("value"));
}

void SettingsProvider::remove(const Caller&, const ContentUri& uri, const std::string&) {
    const std::string space = space_of(uri);
    if (uri.path.size() == 2) store_.put(space, uri.path[1], std::nullopt);
}

Bytes SettingsProvider::read(const Caller&, const ContentUri& uri) {
    const auto found = sounds_.find(sound_of(uri));
    if (found == sounds_.end()) {
        throw file_not_found("open failed: ENOENT (No such file or directory)");
    }
    return found->second;
}

void SettingsProvider::write(const Caller&, const ContentUri& uri, ByteView bytes) {
    sounds_[sound_of(uri)] = Bytes(bytes.begin(), bytes.end());
}

}  // namespace lifeboat::sim::android
