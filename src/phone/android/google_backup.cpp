#include "phone/android/google_backup.h"

#include "base/text.h"

#include <algorithm>

namespace lifeboat::phone::android {
namespace {

// Beyond the year 2200, or before 2001, it is no date of a backup.
constexpr uint64_t earliest_ms = 1'000'000'000'000;
constexpr uint64_t latest_ms = 7'258'118'400'000;

std::optional<TimePoint> instant(std::string_view milliseconds) {
    const auto ms = parse_u64(milliseconds);
    if (!ms || *ms < earliest_ms || *ms > latest_ms) return std::nullopt;
    return TimePoint{std::chrono::milliseconds(*ms)};
}

std::optional<std::string_view> line_with(const std::vector<std::string_view>& all,
                                          std::string_view key) {
    const auto found =
        std::find_if(all.begin(), all.end(), [&](auto line) { return line.starts_with(key); });
    if (found == all.end()) return std::nullopt;
    return found->substr(key.size());
}

// "Last backup pass started: 1575261600000 (now = 1575271089047)"
Parsed<TimePoint> read_last_pass(const std::vector<std::string_view>& all) {
    using Answer = Parsed<TimePoint>;
    const auto told = line_with(all, "Last backup pass started: ");
    if (!told) return Answer::unknown(unknown_form);
    const auto number = told->substr(0, told->find(' '));
    if (number == "0") return Answer::unknown("none since the phone was last started");
    const auto when = instant(number);
    return when ? Answer::known(*when) : Answer::unknown(unknown_form);
}

// Below "  * NAME" of the transport in use: "       destination: a*****@example.com". What it says
// names an account, or what is missing in a sentence.
Parsed<bool> read_account(const std::vector<std::string_view>& all) {
    using Answer = Parsed<bool>;
    constexpr std::string_view key = "destination: ";
    bool in_current = false;
    for (const auto raw : all) {
        const auto line = trim(raw);
        if (raw.starts_with("  * "))
            in_current = true;
        else if (raw.starts_with("    ") && !raw.starts_with("     "))
            in_current = false;
        if (in_current && line.starts_with(key))
            return Answer::known(line.find('@') != std::string_view::npos);
    }
    return Answer::unknown(unknown_form);
}

Parsed<uint64_t> read_apps(const std::vector<std::string_view>& all) {
    const auto count = parse_u64(trim(line_with(all, "Ever backed up: ").value_or("")));
    return count ? Parsed<uint64_t>::known(*count) : Parsed<uint64_t>::unknown(unknown_form);
}

// "Full backup queue:2", and "    1575261600000 : com.example" for each app.
Parsed<TimePoint> read_queue(const std::vector<std::string_view>& all) {
    using Answer = Parsed<TimePoint>;
    const auto start = std::find_if(
        all.begin(), all.end(), [](auto line) { return line.starts_with("Full backup queue:"); });
    if (start == all.end()) return Answer::unknown(unknown_form);
    std::optional<TimePoint> newest;
    for (auto line = start + 1; line != all.end() && line->starts_with("    "); ++line) {
        const size_t colon = line->find(" : ");
        if (colon == std::string_view::npos) break;
        const auto when = instant(trim(line->substr(0, colon)));
        if (when && (!newest || *when > *newest)) newest = when;
    }
    return newest ? Answer::known(*newest) : Answer::unknown("no app was backed up whole");
}

}  // namespace

Parsed<bool> parse_backup_enabled(std::string_view output, std::string_view errors) {
    constexpr std::string_view key = "Backup Manager currently ";
    for (const auto raw : lines(output)) {
        const auto line = trim(raw);
        if (!line.starts_with(key)) continue;
        if (line.substr(key.size()) == "enabled") return Parsed<bool>::known(true);
        if (line.substr(key.size()) == "disabled") return Parsed<bool>::known(false);
    }
    if (errors.find("not activated") != std::string_view::npos) return Parsed<bool>::known(false);
    return Parsed<bool>::unknown(unknown_form);
}

Parsed<std::string> parse_backup_transport(std::string_view list_transports) {
    using Answer = Parsed<std::string>;
    bool any = false;
    for (const auto raw : lines(list_transports)) {
        const auto line = trim(raw);
        const bool is_name = line.find('/') != std::string_view::npos &&
                             (raw.starts_with("    ") || line.starts_with("* "));
        any = any || is_name;
        if (!is_name || !line.starts_with("* ")) continue;
        if (line.find("LocalTransport") != std::string_view::npos) return Answer::known("local");
        if (line.find("D2dTransport") != std::string_view::npos) return Answer::known("device");
        if (line.starts_with("* com.google.android.gms/")) return Answer::known("google");
        return Answer::known("other");
    }
    return any ? Answer::known("none") : Answer::unknown(unknown_form);
}

BackupService parse_backup_service(std::string_view dumpsys_backup) {
    const auto all = lines(dumpsys_backup);
    return {.last_pass = read_last_pass(all),
            .has_account = read_account(all),
            .apps_ever = read_apps(all),
            .newest_full = read_queue(all)};
}

}  // namespace lifeboat::phone::android
