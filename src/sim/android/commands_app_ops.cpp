// appops: what apps may do beside their permissions.
#include "base/text.h"
#include "sim/android/packages/package_manager.h"
#include "sim/android/providers/personal_maker.h"
#include "sim/android/shell.h"

#include <fmt/format.h>

namespace lifeboat::sim {

namespace {

using android::AppOps;
using android::PersonalData;
using Words = std::span<const std::string>;

constexpr int failed = 255;
constexpr uint32_t shell_uid = 2000;

// Whose operations are meant: "com.whatsapp", or "10234" for all apps of that user.
struct Target {
    std::string package{};  // empty: all of the user
    uint32_t uid = 0;
};

std::optional<Target> target_of(Call& call, const std::string& word) {
    if (const auto number = parse_u64(word)) return Target{"", static_cast<uint32_t>(*number)};
    if (word == "com.android.shell") return Target{word, shell_uid};
    if (const auto package = find_package(call.device, word)) return Target{word, package->uid};
    call.err.line(fmt::format("Error: No UID for {} in user 0", word));
    return std::nullopt;
}

bool knows_op(Call& call, const std::string& name) {
    if (AppOps::knows(name)) return true;
    call.err.line("Error: Unknown operation string: " + name);
    return false;
}

std::string ago(int64_t ms) {
    const int64_t seconds = ms / 1000;
    if (seconds < 60) return fmt::format("+{}s{}ms ago", seconds, ms % 1000);
    return fmt::format("+{}m{}s{}ms ago", seconds / 60, seconds % 60, ms % 1000);
}

std::string line_of(const std::string& name, const AppOps::Op& op, int64_t now) {
    std::string line = name + ": " + op.mode;
    if (op.accessed_ms != 0) line += "; time=" + ago(now - op.accessed_ms);
    if (op.refused_ms != 0) line += "; rejectTime=" + ago(now - op.refused_ms);
    return line;
}

// First what holds for the user, with a word before the first of them only, then the package's.
int get(Call& call, Words words) {
    if (words.empty()) {
        call.err.line("Error: No package specified.");
        return failed;
    }
    const std::string wanted = words.size() > 1 ? words[1] : "";
    if (!wanted.empty() && !knows_op(call, wanted)) return failed;
    const auto target = target_of(call, words[0]);
    if (!target) return failed;
    auto [of_user, all] = call.device.personal().with([&](PersonalData& data) {
        return std::pair(data.app_ops().of_user(target->uid), data.app_ops().of(target->package));
    });
    const auto other = [&](const auto& op) { return !wanted.empty() && op.first != wanted; };
    std::erase_if(of_user, other);
    std::erase_if(all, other);
    if (of_user.empty() && all.empty()) {
        call.out.line("No operations.");
        if (!wanted.empty()) call.out.line("Default mode: " + AppOps::default_mode(wanted));
        return 0;
    }
    const int64_t now = android::milliseconds(call.device.clock().now());
    if (!of_user.empty()) call.out.put("Uid mode: ");
    for (const auto& [name, op] : of_user) call.out.line(line_of(name, op, now));
    for (const auto& [name, op] : all) call.out.line(line_of(name, op, now));
    return 0;
}

int set(Call& call, Words words, bool for_user) {
    if (words.size() != 3) {
        call.err.line("Error: Mode not specified!");
        return failed;
    }
    if (!knows_op(call, words[1])) return failed;
    if (!AppOps::is_mode(words[2])) {
        call.err.line("Error: Mode " + words[2] + " is not valid");
        return failed;
    }
    const auto target = target_of(call, words[0]);
    if (!target) return failed;
    if (!call.device.snapshot().usb_may_write) {
        call.err.put(
            "\nException occurred while executing 'set':\n"
            "java.lang.SecurityException: uid 2000 does not have "
            "android.permission.MANAGE_APP_OPS_MODES.\n"
            "\tat android.app.ContextImpl.enforce(ContextImpl.java:2094)\n"
            "\tat com.android.server.appop.AppOpsService.setMode(AppOpsService.java:2503)\n");
        return failed;
    }
    call.device.personal().with([&](PersonalData& data) {
        if (for_user || target->package.empty())
            data.app_ops().set_for_user(target->uid, words[1], words[2]);
        else
            data.app_ops().set(target->package, words[1], words[2]);
    });
    return 0;
}

}  // namespace

int app_ops(Call& call, std::span<const std::string> words) {
    std::vector<std::string> plain;
    bool for_user = false;
    for (size_t i = 0; i < words.size(); ++i) {
        if (words[i] == "--user")
            ++i;
        else if (words[i] == "--uid")
            for_user = true;
        else
            plain.push_back(words[i]);
    }
    const std::string verb = plain.empty() ? "" : plain.front();
    const auto rest = Words(plain).subspan(plain.empty() ? 0 : 1);
    if (verb == "get") return get(call, rest);
    if (verb == "set") return set(call, rest, for_user);
    if (verb == "reset" && !rest.empty()) {
        call.device.personal().with([&](PersonalData& data) { data.app_ops().reset(rest[0]); });
        return 0;
    }
    call.err.line("Unknown command: " + verb);
    return failed;
}

}  // namespace lifeboat::sim
