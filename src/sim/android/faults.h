// The fault plan of a simulated phone: what goes wrong, when, changed while it runs.
#pragma once

#include "base/guarded.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace lifeboat::sim {

// How a file changes while a host reads it.
enum class ChangeWhileRead { grow, shrink, rewrite };

struct ReadChange {
    ChangeWhileRead how = ChangeWhileRead::grow;
    uint32_t times = 1;  // so that a retry can succeed; a large number for a file never at rest
};

// Paths are written as the phone resolves them: "/storage/emulated/0/DCIM/a.jpg".
struct FaultPlan {
    std::optional<uint64_t> cut_after{};    // payload bytes to the host, then the link drops
    std::optional<uint64_t> stall_after{};  // payload bytes to the host, then one pause
    std::chrono::milliseconds stall_for{0};
    std::map<std::string, int> refuse{};       // path -> errno of opening it
    std::map<std::string, int> refuse_stat{};  // path -> errno of its listing entry
    std::map<std::string, ReadChange> change{};
    std::map<std::string, uint64_t> lie_size{};
    std::set<std::string> vanish{};  // removed at the moment it is opened
    std::set<std::string> endless{};
    std::set<std::string> hostile{};
    bool garbage = false;
    bool split = false;
};

// Shared by the threads of all connections.
class Faults {
public:
    template <class Use>
    auto with(Use&& use) {
        return plan_.with(std::forward<Use>(use));
    }
    FaultPlan copy() const {
        return plan_.with([](const FaultPlan& plan) { return plan; });
    }
    void clear() {
        plan_.with([](FaultPlan& plan) { plan = {}; });
    }

private:
    Guarded<FaultPlan> plan_;
};

}  // namespace lifeboat::sim
