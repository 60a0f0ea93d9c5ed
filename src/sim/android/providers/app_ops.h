// What Android lets an app do beside its permissions: "WRITE_SMS: ignore".
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::sim::android {

class AppOps {
public:
    struct Op {
        std::string mode{};
        int64_t accessed_ms = 0;  // 0: never
        int64_t refused_ms = 0;
    };
    using Named = std::vector<std::pair<std::string, Op>>;  // in Android's own order

    static bool knows(std::string_view op);
    static bool is_mode(std::string_view mode);
    static std::string default_mode(std::string_view op);

    std::string mode(std::string_view package, std::string_view op) const;
    void set(const std::string& package, const std::string& op, const std::string& mode);
    // For all packages of an app's user; it goes before what is set for a package.
    void set_for_user(uint32_t uid, const std::string& op, const std::string& mode);
    // Whether the app may, and notes that it tried.
    bool note(const std::string& package, const std::string& op, int64_t now_ms);
    void reset(const std::string& package) { packages_.erase(package); }
    void reset_user(uint32_t uid) { users_.erase(uid); }
    Named of(std::string_view package) const;
    Named of_user(uint32_t uid) const;

private:
    using Ops = std::map<std::string, Op>;
    static Named named(const Ops& ops);

    std::map<std::string, Ops, std::less<>> packages_;
    std::map<uint32_t, Ops> users_;
};

}  // namespace lifeboat::sim::android
