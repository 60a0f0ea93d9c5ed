#include "phone/android/personal/package_dump.h"

#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::phone::android {
namespace {

size_t indentation(std::string_view line) {
    return std::min(line.find_first_not_of(' '), line.size());
}

// The rest of `text` behind `start`, up to the next blank.
std::optional<std::string_view> word_after(std::string_view text, std::string_view start) {
    const size_t at = text.find(start);
    if (at == std::string_view::npos) return std::nullopt;
    const std::string_view rest = text.substr(at + start.size());
    return rest.substr(0, rest.find_first_of(" \t"));
}

uint32_t number_after(std::string_view text, std::string_view start) {
    return static_cast<uint32_t>(parse_u64(word_after(text, start).value_or("")).value_or(0));
}

// "10234", and "10234,1010234" where several users have the app: the first one's.
uint32_t first_uid(std::string_view word) {
    return static_cast<uint32_t>(parse_u64(word.substr(0, word.find(','))).value_or(0));
}

// The lines of one package below "Packages:", deeper than its own. A second block of the same name,
// below "Hidden system packages:", is what an update replaced.
std::vector<std::string_view> block_of(std::string_view text, std::string_view package) {
    std::vector<std::string_view> block;
    const std::string start = fmt::format("  Package [{}] (", package);
    bool among_packages = false;
    bool inside = false;
    for (const std::string_view line : lines(text)) {
        if (inside && (line.empty() || indentation(line) <= 2)) break;
        if (inside) block.push_back(line);
        if (line == "Packages:") among_packages = true;
        if (among_packages && line.starts_with(start)) inside = true;
    }
    return block;
}

// "PackageSignatures{1b2c version:3, signatures:[8f7e, 9a], past signatures:[]}"; older phones
// write "PackageSignatures{1b2c [8f7e]}".
std::vector<std::string> signatures_of(std::string_view value) {
    std::vector<std::string> all;
    const size_t begin = value.find('[');
    if (begin == std::string_view::npos) return all;
    const auto inside = value.substr(begin + 1, value.find(']', begin) - begin - 1);
    for (const std::string_view one : split(inside, ',')) {
        if (!trim(one).empty()) all.emplace_back(trim(one));
    }
    std::sort(all.begin(), all.end());
    return all;
}

void take_line(std::string_view line, personal::App& app) {
    const auto field = trim(line);
    const size_t equals = field.find('=');
    if (equals == std::string_view::npos) return;
    const std::string_view key = field.substr(0, equals);
    const std::string value(field.substr(equals + 1));
    if (key == "versionCode") {
        app.version_code =
            parse_u64(std::string_view(value).substr(0, value.find(' '))).value_or(0);
        app.min_sdk = number_after(value, "minSdk=");
        app.target_sdk = number_after(value, "targetSdk=");
    } else if (key == "versionName") {
        app.version_name = value;
    } else if (key == "firstInstallTime") {
        app.installed = value;
    } else if (key == "lastUpdateTime") {
        app.updated = value;
    } else if (key == "installerPackageName" && personal::is_package_name(value)) {
        app.installer = value == "null" ? "" : value;
    } else if (key == "updateOwnerPackageName" && personal::is_package_name(value)) {
        app.update_owner = value == "null" ? "" : value;
    } else if (key == "signatures") {
        app.signatures = signatures_of(value);
    }
}

constexpr size_t package_depth = 4;
constexpr size_t user_depth = 6;

}  // namespace

std::vector<ListedPackage> parse_package_list(std::string_view text) {
    constexpr std::string_view prefix = "package:";
    std::vector<ListedPackage> all;
    for (const std::string_view raw : lines(text)) {
        if (!raw.starts_with(prefix)) continue;
        const std::string_view line = trim(raw.substr(prefix.size()));
        const size_t blank = line.find(' ');
        const std::string_view head = line.substr(0, blank);
        const std::string_view rest = blank == std::string_view::npos ? "" : line.substr(blank);
        const size_t equals = head.rfind('=');
        if (equals == std::string_view::npos) continue;
        ListedPackage one{
            .package = std::string(head.substr(equals + 1)),
            .base_path = std::string(head.substr(0, equals)),
            .version_code = parse_u64(word_after(rest, " versionCode:").value_or("")).value_or(0),
            .installer = std::string(word_after(rest, " installer=").value_or("")),
            .uid = first_uid(word_after(rest, " uid:").value_or(""))};
        if (!personal::is_package_name(one.package)) continue;
        if (one.installer == "null" || !personal::is_package_name(one.installer))
            one.installer.clear();
        all.push_back(std::move(one));
    }
    return all;
}

std::vector<std::string> parse_package_paths(std::string_view text) {
    constexpr std::string_view prefix = "package:/";
    std::vector<std::string> all;
    for (const std::string_view line : lines(text)) {
        if (!line.starts_with(prefix)) continue;
        const std::string_view path = line.substr(prefix.size() - 1);
        if (personal::is_apk_name(path.substr(path.rfind('/') + 1))) all.emplace_back(path);
    }
    return all;
}

bool read_package_dump(std::string_view text, personal::App& app) {
    const auto block = block_of(text, app.package);
    bool first_user = true;
    for (const std::string_view line : block) {
        if (line.starts_with("    User ")) first_user = line.starts_with("    User 0:");
        const size_t depth = indentation(line);
        const bool date_of_user =
            depth == user_depth && first_user && trim(line).starts_with("firstInstallTime=");
        if (depth == package_depth || date_of_user) take_line(line, app);
    }
    app.granted.clear();
    for (const auto& [name, granted] : parse_runtime_permissions(text, app.package)) {
        if (granted) app.granted.push_back(name);
    }
    return !block.empty();
}

std::map<std::string, bool> parse_runtime_permissions(std::string_view text,
                                                      std::string_view package) {
    std::map<std::string, bool> all;
    bool first_user = false;
    bool inside = false;
    for (const std::string_view line : block_of(text, package)) {
        const size_t depth = indentation(line);
        if (depth <= package_depth) first_user = line.starts_with("    User 0:");
        if (depth <= user_depth) {
            inside = first_user && trim(line) == "runtime permissions:";
            continue;
        }
        if (!inside) continue;
        const auto field = trim(line);
        const size_t colon = field.find(": granted=");
        if (colon == std::string_view::npos) continue;
        const std::string_view name = field.substr(0, colon);
        if (personal::is_package_name(name))
            all[std::string(name)] = field.substr(colon).starts_with(": granted=true");
    }
    return all;
}

std::optional<std::set<std::string>> parse_package_flags(std::string_view text,
                                                         std::string_view package) {
    for (const std::string_view line : block_of(text, package)) {
        const auto field = trim(line);
        const bool has_flags = field.starts_with("flags=[") || field.starts_with("pkgFlags=[");
        if (!has_flags || indentation(line) != package_depth || !field.ends_with(']')) continue;
        const auto inside = field.substr(field.find('[') + 1, field.size() - field.find('[') - 2);
        std::set<std::string> flags;
        for (const std::string_view flag : split(inside, ' ')) {
            if (!flag.empty()) flags.emplace(flag);
        }
        return flags;
    }
    return std::nullopt;
}

std::map<uint64_t, std::string> parse_open_sessions(std::string_view text) {
    constexpr std::string_view shell_uid = "2000";
    std::map<uint64_t, std::string> all;
    std::optional<uint64_t> number;
    bool by_shell = false;
    for (const std::string_view raw : lines(text)) {
        const std::string_view line = trim(raw);
        if (line.starts_with("Historical install sessions")) break;
        if (line.starts_with("Session ") && line.ends_with(':')) {
            number = parse_u64(line.substr(8, line.size() - 9));
            by_shell = false;
        }
        for (const std::string_view key : {"mOriginalInstallerUid=", "mInstallerUid="}) {
            if (word_after(line, key) == shell_uid) by_shell = true;
        }
        const auto package = word_after(line, "appPackageName=");
        if (number && by_shell && package && *package != "null") all[*number] = *package;
    }
    return all;
}

}  // namespace lifeboat::phone::android
