#include "sim/android/packages/commands.h"
#include "sim/android/packages/package_manager.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::sim {

namespace {

bool has(WordSpan words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

// Words that are no option, without the value of `--user 0`.
std::vector<std::string> operands(WordSpan words) {
    std::vector<std::string> all;
    for (size_t i = 0; i < words.size(); ++i) {
        if (words[i] == "--user" || words[i] == "--uid")
            ++i;
        else if (!words[i].starts_with('-'))
            all.push_back(words[i]);
    }
    return all;
}

int list_packages(Call& call, WordSpan options) {
    const DeviceState state = call.device.snapshot();
    const auto filters = operands(options);
    for (const Package& p : state.packages) {
        if (p.from_system && has(options, "-3")) continue;
        if (!p.from_system && has(options, "-s")) continue;
        if (!filters.empty() && p.name.find(filters.front()) == std::string::npos) continue;
        std::string line = "package:";
        line += has(options, "-f") ? apk_paths(p).front() + "=" + p.name : p.name;
        if (has(options, "--show-versioncode"))
            line += fmt::format(" versionCode:{}", p.version_code);
        if (has(options, "-i")) line += fmt::format("  installer={}", p.installer);
        if (has(options, "-U")) line += fmt::format(" uid:{}", p.uid);
        call.out.line(line);
    }
    return 0;
}

int package_path(Call& call, WordSpan words) {
    const auto names = operands(words);
    const auto package = find_package(call.device, names.empty() ? "" : names.front());
    if (!package) return 1;
    for (const std::string& path : apk_paths(*package)) call.out.line("package:" + path);
    return 0;
}

int remove_package(Call& call, WordSpan words) {
    const auto names = operands(words);
    if (names.empty()) {
        call.err.line("Error: package name not specified");
        return 1;
    }
    if (!uninstall(call.device, names.front())) {
        call.out.line("Failure [DELETE_FAILED_INTERNAL_ERROR]");
        return 1;
    }
    call.out.line("Success");
    return 0;
}

int grant_or_revoke(Call& call, const std::string& verb, WordSpan words) {
    const auto names = operands(words);
    if (names.size() != 2) {
        call.err.line("Error: no permission specified");
        return 1;
    }
    if (wants_security_settings(call.device)) {
        return java_exception(
            call, verb,
            "java.lang.SecurityException: grantRuntimePermission: Neither user 2000 nor current "
            "process has android.permission.GRANT_RUNTIME_PERMISSIONS.");
    }
    const auto package = find_package(call.device, names[0]);
    if (!package) {
        return java_exception(
            call, verb,
            fmt::format("java.lang.IllegalArgumentException: Unknown package: {}", names[0]));
    }
    if (!package->runtime_permissions.contains(names[1])) {
        const bool other = has(package->install_permissions, names[1]);
        return java_exception(
            call, verb,
            other ? fmt::format("java.lang.SecurityException: Permission {} requested by {} is not "
                                "a changeable permission type",
                                names[1], names[0])
                  : fmt::format("java.lang.SecurityException: Package {} has not requested "
                                "permission {}",
                                names[0], names[1]));
    }
    call.device.state().with([&](DeviceState& s) {
        for (Package& p : s.packages) {
            if (p.name == names[0]) p.runtime_permissions[names[1]] = verb == "grant";
        }
    });
    return 0;
}

}  // namespace

bool wants_security_settings(Device& device) {
    return !device.snapshot().usb_may_write;
}

int java_exception(Call& call, std::string_view command, std::string_view text) {
    call.err.put(
        fmt::format("\nException occurred while executing '{}':\n{}\n"
                    "\tat com.android.server.pm.PackageManagerShellCommand.onCommand\n"
                    "\tat android.os.Binder.shellCommand(Binder.java:1054)\n",
                    command, text));
    return 255;
}

int package_manager(Call& call, WordSpan words) {
    const std::string verb = words.empty() ? "" : words[0];
    const auto rest = words.empty() ? words : words.subspan(1);
    if (verb == "list" && !rest.empty() && rest[0] == "packages")
        return list_packages(call, rest.subspan(1));
    if (verb == "list" && !rest.empty() && rest[0] == "users") {
        call.out.put("Users:\n\tUserInfo{0:Ada:4c13} running\n");
        return 0;
    }
    if (verb == "path") return package_path(call, rest);
    if (verb == "uninstall") return remove_package(call, rest);
    if (verb == "grant" || verb == "revoke") return grant_or_revoke(call, verb, rest);
    if (verb == "dump" && rest.size() == 1) {
        call.out.put(dump_package(call.device, rest[0]));
        return 0;
    }
    if (const auto code = install_commands(call, words)) return *code;
    call.err.line(fmt::format("Unknown command: {}", fmt::join(words, " ")));
    return 255;
}

}  // namespace lifeboat::sim
