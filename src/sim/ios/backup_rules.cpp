#include "sim/ios/backup_rules.h"

#include <algorithm>
#include <array>

namespace lifeboat::sim::ios {

namespace {

// The path itself or something below it. An empty rule means the whole domain.
bool is_within(std::string_view path, std::string_view rule) {
    if (rule.empty() || path == rule) return true;
    return path.size() > rule.size() && path.starts_with(rule) && path[rule.size()] == '/';
}

template <size_t N>
bool matches(const DomainPath& path, const std::array<DomainPath, N>& rules) {
    return std::ranges::any_of(rules, [&](const DomainPath& rule) {
        return path.domain == rule.domain && is_within(path.relative, rule.relative);
    });
}

bool is_app(std::string_view domain) {
    return domain.starts_with("AppDomain");
}

constexpr std::array<DomainPath, 8> never{
    DomainPath{"CameraRollDomain", "Media/com.apple.itunes.lock_sync"},
    DomainPath{"CameraRollDomain", "Media/iTunes_Control"},
    DomainPath{"CameraRollDomain", "Media/iTunesRestore"},
    DomainPath{"CameraRollDomain", "Media/Downloads"},
    DomainPath{"CameraRollDomain", "Media/PhotoData/Thumbnails"},
    DomainPath{"CameraRollDomain", "Media/PhotoData/Caches"},
    DomainPath{"HomeDomain", "Library/Caches"},
    DomainPath{"HomeDomain", "tmp"}};

constexpr std::array<DomainPath, 5> encrypted_only{
    DomainPath{"HomeDomain", "Library/CallHistoryDB"}, DomainPath{"HealthDomain", ""},
    DomainPath{"KeychainDomain", ""}, DomainPath{"HomeDomain", "Library/Safari/History.db"},
    DomainPath{"AppDomain-com.apple.mobilesafari", "Library/Safari/History.db"}};

constexpr std::array<std::string_view, 6> system_domains{
    "SystemPreferencesDomain", "ManagedPreferencesDomain", "RootDomain",
    "WirelessDomain",          "DatabaseDomain",           "InstallDomain"};

constexpr std::array<DomainPath, 2> settings{DomainPath{"HomeDomain", "Library/Preferences"},
                                             DomainPath{"HomeDomain", "Library/SpringBoard"}};

}  // namespace

bool is_never_backed_up(const DomainPath& path) {
    if (matches(path, never)) return true;
    return is_app(path.domain) &&
           (is_within(path.relative, "tmp") || is_within(path.relative, "Library/Caches"));
}

bool is_only_in_encrypted_backups(const DomainPath& path) {
    return matches(path, encrypted_only);
}

uint32_t protection_class(const DomainPath& path) {
    if (path.domain == "KeychainDomain") return 1;
    if (path.domain == "HealthDomain") return 2;
    if (is_system_domain(path.domain)) return 4;
    return 3;
}

bool is_system_domain(std::string_view domain) {
    return std::ranges::find(system_domains, domain) != system_domains.end();
}

bool is_setting(const DomainPath& path) {
    return matches(path, settings);
}

}  // namespace lifeboat::sim::ios
