// What a program must know about itself and its neighbours to share a place with them.
#pragma once

#include "base/time.h"

#include <cstdint>
#include <optional>
#include <string>

namespace lifeboat::sys {

struct OwnProcess {
    uint64_t pid = 0;
    uint32_t uid = 0;
    uint32_t gid = 0;
};
OwnProcess own_process();

// False only when no process has this number now.
bool process_exists(uint64_t pid);

// Tells this process from every other of this machine, those of the past included: a number is
// given again after a while, the moment of its start is not.
struct ProcessIdentity {
    std::string boot{};          // id of the running system, new at each start of the machine
    uint64_t pid_namespace = 0;  // whose numbers `pid` is one of: containers count by themselves
    uint64_t pid = 0;
    uint64_t started = 0;  // in clock ticks since the machine started
    bool operator==(const ProcessIdentity&) const = default;
};
// Fields that the system does not tell are empty or 0.
ProcessIdentity own_identity();
// The same clock ticks of another process; nothing when there is none or nobody may know.
std::optional<uint64_t> process_started(uint64_t pid);
// For how long it has run, time asleep included; nothing as above.
std::optional<nanoseconds> process_age(uint64_t pid);

// Another program may send SIGHUP to learn whether this one still runs (restic does): unless a
// handler is there already, it is taken and does nothing, instead of ending the program.
void survive_hangup();

}  // namespace lifeboat::sys
