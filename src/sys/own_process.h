// What a program must know about itself and its neighbours to share a place with them.
#pragma once

#include <cstdint>

namespace lifeboat::sys {

struct OwnProcess {
    uint64_t pid = 0;
    uint32_t uid = 0;
    uint32_t gid = 0;
};
OwnProcess own_process();

// False only when no process has this number now.
bool process_exists(uint64_t pid);

// Another program may send SIGHUP to learn whether this one still runs (restic does): unless a
// handler is there already, it is taken and does nothing, instead of ending the program.
void survive_hangup();

}  // namespace lifeboat::sys
