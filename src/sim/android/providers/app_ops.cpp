#include "sim/android/providers/app_ops.h"

#include <algorithm>
#include <array>

namespace lifeboat::sim::android {

namespace {

constexpr std::array<std::string_view, 14> ops{
    "COARSE_LOCATION", "FINE_LOCATION", "READ_CONTACTS",     "WRITE_CONTACTS",     "READ_CALL_LOG",
    "WRITE_CALL_LOG",  "READ_CALENDAR", "WRITE_CALENDAR",    "READ_SMS",           "WRITE_SMS",
    "RECEIVE_SMS",     "SEND_SMS",      "RUN_IN_BACKGROUND", "SYSTEM_ALERT_WINDOW"};
constexpr std::array<std::string_view, 5> modes{"allow", "ignore", "deny", "default", "foreground"};

}  // namespace

bool AppOps::knows(std::string_view op) {
    return std::ranges::find(ops, op) != ops.end();
}

bool AppOps::is_mode(std::string_view mode) {
    return std::ranges::find(modes, mode) != modes.end();
}

std::string AppOps::default_mode(std::string_view op) {
    if (op == "WRITE_SMS") return "ignore";
    return op == "SYSTEM_ALERT_WINDOW" ? "default" : "allow";
}

std::map<std::string, AppOps::Op> AppOps::of(std::string_view package) const {
    const auto found = packages_.find(package);
    return found == packages_.end() ? std::map<std::string, Op>{} : found->second;
}

std::string AppOps::mode(std::string_view package, std::string_view op) const {
    const auto all = of(package);
    const auto found = all.find(std::string(op));
    return found == all.end() ? default_mode(op) : found->second.mode;
}

void AppOps::set(const std::string& package, const std::string& op, const std::string& mode) {
    auto& all = packages_[package];
    const bool is_default = mode == default_mode(op) || mode == "default";
    if (is_default && all[op].accessed_ms == 0 && all[op].refused_ms == 0) {
        all.erase(op);
    } else {
        all[op].mode = mode == "default" ? default_mode(op) : mode;
    }
    if (all.empty()) packages_.erase(package);
}

bool AppOps::note(const std::string& package, const std::string& op, int64_t now_ms) {
    const std::string how = mode(package, op);
    Op& noted = packages_[package][op];
    noted.mode = how;
    (how == "allow" ? noted.accessed_ms : noted.refused_ms) = now_ms;
    return how == "allow";
}

}  // namespace lifeboat::sim::android
