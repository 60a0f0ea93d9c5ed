#include "sim/android/providers/app_ops.h"

#include <algorithm>
#include <array>

namespace lifeboat::sim::android {

namespace {

constexpr std::string_view usual = "default";

// In the order of their numbers, in which Android lists them.
constexpr std::array<std::string_view, 25> ops{"COARSE_LOCATION",
                                               "FINE_LOCATION",
                                               "READ_CONTACTS",
                                               "WRITE_CONTACTS",
                                               "READ_CALL_LOG",
                                               "WRITE_CALL_LOG",
                                               "READ_CALENDAR",
                                               "WRITE_CALENDAR",
                                               "POST_NOTIFICATION",
                                               "READ_SMS",
                                               "WRITE_SMS",
                                               "RECEIVE_SMS",
                                               "SEND_SMS",
                                               "WRITE_SETTINGS",
                                               "SYSTEM_ALERT_WINDOW",
                                               "CAMERA",
                                               "GET_USAGE_STATS",
                                               "RUN_IN_BACKGROUND",
                                               "REQUEST_INSTALL_PACKAGES",
                                               "PICTURE_IN_PICTURE",
                                               "RUN_ANY_IN_BACKGROUND",
                                               "CHANGE_WIFI_STATE",
                                               "MANAGE_EXTERNAL_STORAGE",
                                               "AUTO_REVOKE_PERMISSIONS_IF_UNUSED",
                                               "SCHEDULE_EXACT_ALARM"};
// Those that ask for something else, as a permission in the manifest, while nobody changed them.
constexpr std::array<std::string_view, 7> undecided{
    "WRITE_SETTINGS",           "SYSTEM_ALERT_WINDOW",     "GET_USAGE_STATS",
    "REQUEST_INSTALL_PACKAGES", "MANAGE_EXTERNAL_STORAGE", "AUTO_REVOKE_PERMISSIONS_IF_UNUSED",
    "SCHEDULE_EXACT_ALARM"};
constexpr std::array<std::string_view, 5> modes{"allow", "ignore", "deny", usual, "foreground"};

template <class Ops>
void set_in(Ops& all, const std::string& op, const std::string& mode) {
    const std::string wanted = mode == usual ? AppOps::default_mode(op) : mode;
    auto& one = all[op];
    one.mode = wanted;
    const bool untouched = one.accessed_ms == 0 && one.refused_ms == 0;
    if (wanted == AppOps::default_mode(op) && untouched) all.erase(op);
}

}  // namespace

bool AppOps::knows(std::string_view op) {
    return std::ranges::find(ops, op) != ops.end();
}

bool AppOps::is_mode(std::string_view mode) {
    return std::ranges::find(modes, mode) != modes.end();
}

std::string AppOps::default_mode(std::string_view op) {
    if (op == "WRITE_SMS") return "ignore";
    return std::ranges::find(undecided, op) != undecided.end() ? std::string(usual) : "allow";
}

AppOps::Named AppOps::named(const Ops& all) {
    Named list;
    for (const std::string_view op : ops) {
        const auto found = all.find(std::string(op));
        if (found != all.end()) list.push_back(*found);
    }
    return list;
}

AppOps::Named AppOps::of(std::string_view package) const {
    const auto found = packages_.find(package);
    return found == packages_.end() ? Named{} : named(found->second);
}

AppOps::Named AppOps::of_user(uint32_t uid) const {
    const auto found = users_.find(uid);
    return found == users_.end() ? Named{} : named(found->second);
}

std::string AppOps::mode(std::string_view package, std::string_view op) const {
    for (const auto& [name, one] : of(package)) {
        if (name == op) return one.mode;
    }
    return default_mode(op);
}

void AppOps::set(const std::string& package, const std::string& op, const std::string& mode) {
    auto& all = packages_[package];
    set_in(all, op, mode);
    if (all.empty()) packages_.erase(package);
}

void AppOps::set_for_user(uint32_t uid, const std::string& op, const std::string& mode) {
    auto& all = users_[uid];
    set_in(all, op, mode);
    if (all.empty()) users_.erase(uid);
}

bool AppOps::note(const std::string& package, const std::string& op, int64_t now_ms) {
    const std::string how = mode(package, op);
    Op& noted = packages_[package][op];
    noted.mode = how;
    (how == "allow" ? noted.accessed_ms : noted.refused_ms) = now_ms;
    return how == "allow";
}

}  // namespace lifeboat::sim::android
