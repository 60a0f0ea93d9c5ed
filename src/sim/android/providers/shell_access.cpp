#include "sim/android/providers/shell_access.h"

#include "sim/android/providers/java_exception.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace lifeboat::sim::android {

namespace {

struct Guard {
    std::string_view authority;
    std::string_view provider;
    std::string_view write;
};

constexpr std::array<Guard, 5> guards{
    {{"com.android.contacts", "com.android.providers.contacts.ContactsProvider2",
      "android.permission.WRITE_CONTACTS"},
     {"call_log", "com.android.providers.contacts.CallLogProvider",
      "android.permission.WRITE_CALL_LOG"},
     {"com.android.calendar", "com.android.providers.calendar.CalendarProvider2",
      "android.permission.WRITE_CALENDAR"},
     {"user_dictionary", "com.android.providers.userdictionary.UserDictionaryProvider",
      "android.permission.WRITE_USER_DICTIONARY"},
     {"settings", "com.android.providers.settings.SettingsProvider",
      "android.permission.WRITE_SETTINGS"}}};

// The shell's manifest names the call log's permissions from here on.
constexpr uint32_t reads_calls_from_sdk = 33;

}  // namespace

void check_opening(const ShellAccess& shell, const std::string& authority) {
    if (authority != "call_log" || shell.sdk >= reads_calls_from_sdk) return;
    throw security_exception(
        fmt::format("Permission Denial: opening provider "
                    "com.android.providers.contacts.CallLogProvider from (null) (pid={}, "
                    "uid=2000) requires android.permission.READ_CALL_LOG or "
                    "android.permission.WRITE_CALL_LOG",
                    shell.pid))
        .opening();
}

void check_writing(const ShellAccess& shell, const ContentUri& uri) {
    if (shell.may_write) return;
    const auto guard = std::ranges::find(guards, uri.authority, &Guard::authority);
    if (guard == guards.end()) return;
    throw security_exception(
        fmt::format("Permission Denial: writing {} uri {} from pid={}, uid=2000 requires {}, or "
                    "grantUriPermission()",
                    guard->provider, uri.text, shell.pid, guard->write));
}

}  // namespace lifeboat::sim::android
