// The fault plan of a simulated iPhone: what goes wrong, when, changed while it runs.
#pragma once

#include "base/guarded.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace lifeboat::sim::ios {

// What the phone sends in the middle of a backup that no phone sends.
enum class Hostile { none, escaping_path, huge_length, truncated_plist, negative_size, five_items };

// Somebody gives the phone's backups another password, as a second computer would.
struct NewPassword {
    uint64_t after_files = 0;  // of the backup under way; 0: before the next one begins
    std::string password{};
};

struct FaultPlan {
    // The backup service. Numbers of files and bytes count from the start of one backup. What ends
    // a backup (die, cut, lock) happens once and is used up by it.
    std::optional<uint64_t> device_link{};  // offers this version instead of the personality's
    std::chrono::milliseconds pause_per_batch{0};
    size_t batch = 128;                           // files in one transfer, as phones do
    size_t frame = 32768;                         // bytes in one block
    std::optional<uint64_t> die_after_files{};    // then the stream is closed
    bool die_detaches = true;                     // and the phone goes off the bus
    std::optional<uint64_t> cut_after_bytes{};    // of content, inside of a frame; as die
    std::optional<uint64_t> stall_after_files{};  // silent then, with an open stream
    std::optional<uint64_t> lock_after_files{};   // somebody locks the phone: 208
    std::optional<NewPassword> new_password{};    // happens once
    std::optional<uint64_t> stop_in_moving{};     // batches; waits there until cleared
    bool stop_in_removing = false;                // the same, before anything is removed
    bool purge = false;  // asks the computer to make room when there is too little
    std::optional<uint64_t> needs_bytes{};  // claims to need this much room
    bool copy_item = false;                 // asks for a copy before a restore
    bool passcode_waits = false;            // the phone asks for its passcode until this is cleared
    bool passcode_timeout = false;          // nobody types the passcode: 208
    bool mdm = false;                       // a company forbids it: 22
    bool cloud_restore = false;             // it is being restored from iCloud: 25
    bool force_full = false;
    bool overlook_file = false;  // does not see one file of the listing, and so sends everything
    std::map<std::string, int> fail_files{};  // "Domain/path" -> code of the block that ends it
    bool old_trailer = false;                 // a bare 0x0b behind the data of good files
    Hostile hostile = Hostile::none;
    // The file service.
    uint64_t afc_locks_busy = 0;  // so many answers "would block"
    bool afc_drops = false;       // the next request ends the connection
};

// Shared by the threads of all connections; a change wakes who waits for one.
class Faults {
public:
    template <class Use>
    auto with(Use&& use) {
        return plan_.update(std::forward<Use>(use));
    }
    FaultPlan copy() const {
        return plan_.with([](const FaultPlan& plan) { return plan; });
    }
    void clear() {
        plan_.update([](FaultPlan& plan) { plan = {}; });
    }

private:
    Guarded<FaultPlan> plan_;
};

}  // namespace lifeboat::sim::ios
