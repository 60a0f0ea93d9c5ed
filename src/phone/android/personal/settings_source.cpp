#include "phone/android/personal/settings_source.h"

#include "base/hex.h"
#include "base/text.h"
#include "crypto/sha256.h"
#include "personal/record_lines.h"
#include "personal/setting.h"
#include "phone/android/personal/settings_table.h"
#include "phone/android/shell.h"
#include "phone/android/shell_quote.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace lifeboat::phone::android {
namespace {

constexpr std::array<std::string_view, 3> tables{"system", "secure", "global"};
constexpr std::string_view kind = "settings";
constexpr unsigned version = 1;
constexpr uint64_t longest = uint64_t{64} << 20;

constexpr std::array<RestoredSetting, 22> restored{{
    {"system", "screen_brightness"},
    {"system", "screen_brightness_mode"},
    {"system", "screen_off_timeout"},
    {"system", "font_scale"},
    {"system", "accelerometer_rotation"},
    {"system", "haptic_feedback_enabled"},
    {"system", "sound_effects_enabled"},
    {"system", "dtmf_tone"},
    {"system", "vibrate_when_ringing"},
    {"system", "time_12_24"},
    {"system", "lock_screen_sounds"},
    {"secure", "night_display_activated"},
    {"secure", "night_display_auto_mode"},
    {"secure", "night_display_color_temperature"},
    {"secure", "ui_night_mode"},
    {"secure", "long_press_timeout"},
    {"secure", "show_ime_with_hard_keyboard"},
    {"secure", "lock_screen_owner_info"},
    {"global", "auto_time"},
    {"global", "auto_time_zone"},
    {"global", "stay_on_while_plugged_in"},
    {"global", "window_animation_scale"},
}};

bool comes_back(const personal::Setting& setting) {
    return std::any_of(restored.begin(), restored.end(), [&](const RestoredSetting& one) {
        return one.table == setting.table && one.name == setting.name;
    });
}

ItemPath lines_path() {
    return personal::folder_of(kind).child("settings.jsonl");
}

std::vector<personal::Setting> read_all_tables(const PhoneLink& link, const std::stop_token& stop) {
    std::vector<personal::Setting> all;
    for (const std::string_view table : tables) {
        for (auto& [name, value] : read_settings(link, table, stop))
            all.push_back({std::string(table), name, value});
    }
    return all;
}

std::vector<personal::Setting> load_settings(const FileTree& snapshot) {
    std::vector<personal::Setting> all;
    if (!snapshot.find(lines_path())) return all;
    const Bytes text = read_all(*snapshot.open(lines_path()), longest);
    for (const std::string_view line : personal::read_lines(as_text(text), kind, version))
        all.push_back(personal::decode_setting(line));
    return all;
}

// "name=value" lines for people, as `settings list` writes them.
void put_tables(const PersonalTarget& target, const std::vector<personal::Setting>& all) {
    for (const std::string_view table : tables) {
        std::string text;
        for (const personal::Setting& one : all) {
            if (one.table == table) text += fmt::format("{}={}\n", one.name, one.value);
        }
        put_file(target, personal::folder_of(kind).child(fmt::format("{}.txt", table)), text);
    }
}

}  // namespace

std::span<const RestoredSetting> restored_settings() {
    return restored;
}

personal::Collection SettingsSource::read(const PersonalTarget& target, EventSink&,
                                          const std::stop_token& stop) {
    personal::Collection collection{.id = std::string(id()), .weight = personal::Weight::noted};
    std::vector<personal::Setting> all;
    try {
        all = read_all_tables(link_, stop);
    } catch (const Denied& denied) {
        collection.reading = personal::Reading::refused;
        collection.why = denied.message();
        return collection;
    }
    std::vector<std::string> lines;
    for (const personal::Setting& setting : all) {
        lines.push_back(encode(setting));
        if (comes_back(setting)) collection.records.push_back(record_of(setting));
    }
    put_file(target, lines_path(), personal::write_lines(kind, version, lines));
    put_tables(target, all);
    return collection;
}

personal::RestoreOutcome SettingsSource::restore(const FileTree& snapshot, bool dry_run, EventSink&,
                                                 const std::stop_token& stop) {
    personal::RestoreOutcome outcome{.id = std::string(id())};
    Shell shell(link_.server, link_.serial);
    for (const personal::Setting& setting : load_settings(snapshot)) {
        if (!comes_back(setting)) continue;
        ++outcome.wanted;
        const std::string name = fmt::format("{} {}", setting.table, shell_quote(setting.name));
        const std::string ask = "settings get " + name;
        const std::string wanted = setting.value + "\n";
        if (shell.run({.text = ask}, stop).output == wanted) {
            ++outcome.already_there;
            continue;
        }
        ++outcome.written;
        if (dry_run) continue;
        const auto put = shell.run(
            {.text = fmt::format("settings put {} {}", name, shell_quote(setting.value))}, stop);
        if (shell.run({.text = ask}, stop).output == wanted) {
            ++outcome.compared_equal;
            continue;
        }
        --outcome.written;
        const auto words = lines(trim(put.errors));
        outcome.failed.push_back({record_of(setting).label, words.empty()
                                                                ? "the phone did not take it over"
                                                                : printable(words.back())});
    }
    outcome.cannot_come_back.emplace_back(
        "Only settings that mean the same on every phone come back; the others are in the backup "
        "to look at.");
    return outcome;
}

}  // namespace lifeboat::phone::android
