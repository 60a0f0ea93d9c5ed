// dumpsys package: what is known of one app, and the installs under way.
#include "sim/android/file_listing.h"
#include "sim/android/packages/commands.h"
#include "sim/android/packages/package_manager.h"

#include <fmt/format.h>

#include <functional>

namespace lifeboat::sim {

namespace {

std::string date_of(TimePoint time, const Personality& who) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
    const CivilTime t = civil(seconds, who.zone_minutes);
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", t.year, t.month, t.day, t.hour,
                       t.minute, t.second);
}

std::string permissions_of(const Package& p) {
    std::string text = "    requested permissions:\n";
    for (const std::string& name : p.install_permissions) text += fmt::format("      {}\n", name);
    for (const auto& [name, granted] : p.runtime_permissions)
        text += fmt::format("      {}\n", name);
    text += "    install permissions:\n";
    for (const std::string& name : p.install_permissions)
        text += fmt::format("      {}: granted=true\n", name);
    return text;
}

std::string user_of(const Package& p, const std::string& first_installed) {
    std::string text = fmt::format(
        "    User 0: ceDataInode=131078 installed=true hidden=false suspended=false "
        "distractionFlags=0 stopped=false notLaunched=false enabled=0 instant=false "
        "virtual=false\n{}      gids=[3003]\n      runtime permissions:\n",
        first_installed);
    for (const auto& [name, granted] : p.runtime_permissions) {
        text += fmt::format(
            "        {}: granted={}, flags=[ {}USER_SENSITIVE_WHEN_GRANTED|"
            "USER_SENSITIVE_WHEN_DENIED ]\n",
            name, granted, granted ? "USER_SET|" : "");
    }
    return text + "      disabledComponents:\n        androidx.work.impl.background.Service\n";
}

}  // namespace

std::string dump_package(Device& device, const std::string& name) {
    const auto p = find_package(device, name);
    if (!p) return fmt::format("Unable to find package: {}\n", name);
    const uint32_t sdk = device.snapshot().os.sdk;
    const auto mark = static_cast<uint32_t>(std::hash<std::string>{}(name));
    const std::string first =
        fmt::format("firstInstallTime={}\n", date_of(p->first_installed, device.who()));
    // What adb backup takes of the app, and why.
    const auto apps = device.snapshot().adb_backup.apps;
    const auto app = apps.find(name);
    const bool gives = app != apps.end() && app->second.allows_backup;
    const bool gives_by_being_debuggable = gives && sdk >= 31 && p->target_sdk >= 31;
    std::string splits = "base";
    for (const std::string& split : p->splits) splits += ", " + split;
    // From 13 on each user has a date of their own.
    const bool date_by_user = sdk >= 33;
    std::string text = fmt::format(
        "Key Set Manager:\n  [{0}]\n      Signing KeySets: 41\n\nPackages:\n"
        "  Package [{0}] ({1:x}):\n    {2}={3}\n    pkg=Package{{{4:x} {0}}}\n    codePath={5}\n"
        "    resourcePath={5}\n    primaryCpuAbi=arm64-v8a\n    versionCode={6} minSdk={7} "
        "targetSdk={8}\n    versionName={9}\n",
        name, mark, sdk >= 34 ? "appId" : "userId", p->uid, mark ^ 0x5a5a, p->folder,
        p->version_code, p->min_sdk, p->target_sdk, p->version_name);
    text += fmt::format(
        "    splits=[{}]\n    apkSigningVersion=3\n    flags=[ {}HAS_CODE ALLOW_CLEAR_USER_DATA "
        "{}]\n"
        "    dataDir=/data/user/0/{}\n    timeStamp={}\n",
        splits, gives_by_being_debuggable ? "DEBUGGABLE " : "", gives ? "ALLOW_BACKUP " : "", name,
        date_of(p->updated, device.who()));
    if (!date_by_user) text += "    " + first;
    text += fmt::format("    lastUpdateTime={}\n", date_of(p->updated, device.who()));
    if (p->installer != "null") text += fmt::format("    installerPackageName={}\n", p->installer);
    if (!p->update_owner.empty() && sdk >= 34)
        text += fmt::format("    updateOwnerPackageName={}\n", p->update_owner);
    text += fmt::format(
        "    signatures=PackageSignatures{{{:x} version:3, signatures:[{}], past signatures:[]}}\n"
        "    installPermissionsFixed=true\n",
        mark ^ 0x77, p->signer);
    text += permissions_of(*p) + user_of(*p, date_by_user ? "      " + first : "");
    return text + "\nQueries:\n  system apps queryable: false\n  queries via package name:\n";
}

std::string dump_sessions(const DeviceState& state) {
    std::string text = "Active install sessions:\n";
    for (const auto& [id, session] : state.sessions) {
        text += fmt::format(
            "  Session {}:\n    userId=0 mOriginalInstallerUid=2000 "
            "mOriginalInstallerPackageName=com.android.shell installerPackageName={} "
            "mInstallerUid=2000 createdMillis=0 stageDir=/data/app/vmdl{}.tmp stageCid=null\n"
            "    mode=1 installFlags=0x2 installLocation=1 installReason=0 sizeBytes={} "
            "appPackageName={} appIcon=false appLabel=null\n    mClientProgress=0.0 "
            "mProgress=0.0 mCommitted=false mSealed=false mDestroyed=false\n\n",
            id, session.installer, id, session.total,
            session.package.empty() ? "null" : session.package);
    }
    return text + "\nHistorical install sessions:\n\nLegacy install sessions:\n  {}\n";
}

}  // namespace lifeboat::sim
