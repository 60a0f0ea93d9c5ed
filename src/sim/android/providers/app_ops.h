// What Android lets an app do beside its permissions: "WRITE_SMS: ignore".
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace lifeboat::sim::android {

class AppOps {
public:
    struct Op {
        std::string mode{};
        int64_t accessed_ms = 0;  // 0: never
        int64_t refused_ms = 0;
    };

    static bool knows(std::string_view op);
    static bool is_mode(std::string_view mode);
    static std::string default_mode(std::string_view op);

    std::string mode(std::string_view package, std::string_view op) const;
    void set(const std::string& package, const std::string& op, const std::string& mode);
    // Whether the app may, and notes that it tried.
    bool note(const std::string& package, const std::string& op, int64_t now_ms);
    void reset(const std::string& package) { packages_.erase(package); }
    std::map<std::string, Op> of(std::string_view package) const;

private:
    std::map<std::string, std::map<std::string, Op>, std::less<>> packages_;
};

}  // namespace lifeboat::sim::android
