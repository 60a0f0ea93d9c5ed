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
// replace: another file of the same name, size and date.
enum class ChangeWhileRead { grow, shrink, rewrite, replace };

struct ReadChange {
    ChangeWhileRead how = ChangeWhileRead::grow;
    uint32_t times = 1;  // so that a retry can succeed; a large number for a file never at rest
};

// The phone ends a tool in the middle, as it does when it needs the memory: behind so many bytes of
// what it reads or writes; before it does anything when it does something else.
struct KilledTool {
    std::string verb{"read"};  // "content read"
    uint64_t after = 0;
    uint32_t times = 1;
};

// Of the tool that asks content providers.
struct ContentFaults {
    std::optional<uint64_t> fail_after_rows{};  // an error on stderr, exit code 0
    std::optional<uint64_t> cut_after{};        // bytes of a query's output
    std::optional<uint64_t> swallow_after{};    // inserts, then none is stored
    std::optional<uint64_t> full_after{};       // inserts, then the disk is full
    bool returns = false;                       // lines end with CRLF
    uint64_t busy_thread_each = 0;              // every so-manieth question for a thread; 0: none
    uint64_t thread_questions = 0;              // so far
    std::optional<KilledTool> killed{};
};

// A shell command whose text holds `at` is cut off: the phone hangs up before it runs, or behind it
// without an answer. With `input`, so many bytes of its input still come, and the command takes the
// cut for their end. Once.
struct HangUp {
    std::string at{};
    bool behind = false;
    std::optional<uint64_t> input{};
};

// Paths are written as the phone resolves them: "/storage/emulated/0/DCIM/a.jpg".
struct FaultPlan {
    std::optional<uint64_t> cut_after{};    // payload bytes to the host, then the link drops
    std::optional<uint64_t> stall_after{};  // payload bytes to the host, then one pause
    std::chrono::milliseconds stall_for{0};
    std::map<std::string, int> refuse{};       // path -> errno of opening it
    std::map<std::string, int> refuse_half{};  // path -> errno of reading it, from its half on
    std::map<std::string, int> refuse_stat{};  // path -> errno of its listing entry
    std::map<std::string, ReadChange> change{};
    std::map<std::string, uint64_t> lie_size{};
    std::set<std::string> vanish{};           // removed at the moment it is opened
    std::set<std::string> endless{};          // folders whose listing has no end
    std::set<std::string> endless_content{};  // files that are given without end
    std::set<std::string> silent_content{};   // files of which nothing comes
    std::set<std::string> packed_badly{};     // given as they are when asked for packed
    std::set<std::string> refuse_services{};  // "exec:dd": what a service begins with
    std::set<std::string> hostile{};
    std::optional<HangUp> hang_up{};
    bool lose_refusals = false;  // where requests wait behind them, as adbd before Android 9
    bool garbage = false;
    bool split = false;
    ContentFaults content{};
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
