// Reads many files off the phone: several streams, many requests under way on each, every file
// checked against the listing before and a second look after.
#pragma once

#include "base/guarded.h"
#include "phone/android/sync_connection.h"
#include "phone/phone.h"

#include <atomic>
#include <chrono>
#include <deque>
#include <string>
#include <vector>

namespace lifeboat::phone::android {

struct PullJob {
    Item item{};
    std::string remote{};
    size_t attempts = 0;              // how often it was read in vain
    std::string reason{};             // why, the last time
    Packing packing = Packing::none;  // as it was asked for
    bool alone = false;               // the phone hung up on it: nothing is asked for behind it
    bool was_silent = false;          // for too long, when it was asked for
};

inline constexpr uint64_t range_block = uint64_t{256} << 10;
// How large files come over a wire on which each packet waits for an answer.
struct RangeOptions {
    size_t streams = 0;                   // at once; 0: each file comes whole
    uint64_t blocks = 32;                 // of range_block, in one range
    uint64_t least = uint64_t{64} << 20;  // smaller files come whole
};

struct PullOptions {
    size_t streams = 4;          // at most, where the phone is near
    size_t far_streams = 8;      // where an answer takes long and each packet waits for one
    size_t requests = 64;        // under way on one stream
    uint64_t bytes = 8'000'000;  // announced bytes under way on one stream, beyond one file
    std::chrono::milliseconds silence{30'000};  // the longest within a file
    bool pack = false;                          // the wire is slow: what packs well comes packed
    RangeOptions ranges{};
};

// What a round of pulling left undone.
struct PullLeft {
    std::vector<PullJob> not_read{};  // the connection broke before they were asked for or done
    std::vector<PullJob> again{};     // changed while they were read, or the phone sent nonsense
    std::vector<PullJob> refused{};   // the phone said no; the reason stands in the job
    size_t silent = 0;                // of `again`: the phone gave nothing of it for too long
    // What broke the connection; empty when it held.
    std::string broken{};
    uint64_t done = 0;  // whole, or refused
};

// Pulls `jobs` into `sink` (which is called from several threads) until all were tried once or the
// connection breaks. Throws what the sink throws, and Cancelled.
class Pull {
public:
    Pull(Transport& server, std::string serial, SyncDialect dialect, PullOptions options);

    PullLeft run(std::vector<PullJob> jobs, ItemSink& sink, const std::stop_token& stop);

private:
    struct Shared {
        std::deque<PullJob> waiting{};
        std::deque<PullJob> large{};  // come in ranges
        PullLeft left{};
        bool sink_failed = false;
    };
    class Stream;
    class Large;
    Packing packing_of(const PullJob& job) const;
    bool comes_in_ranges(const PullJob& job) const;
    void read_large(ItemSink& sink, const std::stop_token& stop);
    void join(TaskGroup& group);

    Transport& server_;
    std::string serial_;
    SyncDialect dialect_;
    PullOptions options_;
    Guarded<Shared> shared_{};
    // How often the connection broke while a file came in ranges, in all runs.
    std::atomic<size_t> broken_ranges_ = 0;
};

// Whether a file of this name and size gets much shorter, as far as its name tells: texts and
// databases do, photos, films and archives do not.
bool packs_well(const Item& item);

// Fresh looks at these paths, in order. Throws what a connection throws.
std::vector<StatReply> stat_all(SyncConnection& connection, const SyncDialect& dialect,
                                const std::vector<std::string>& paths);

}  // namespace lifeboat::phone::android
