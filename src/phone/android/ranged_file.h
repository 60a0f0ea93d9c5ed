// A large file, read in ranges by several of the phone's `dd` at once. A stream without delayed
// acks waits for an answer to each packet, and the file service gives a file only from its
// beginning: ranges over streams of their own use the wire while one of them waits.
#pragma once

#include "base/guarded.h"
#include "base/task_group.h"
#include "phone/android/pulled_file.h"
#include "phone/android/storage_scan.h"

#include <functional>
#include <map>

namespace lifeboat::phone::android {

// As PulledFile: at the end it throws, instead of saying "end", when the file is not what the
// listing announced. A file that the phone does not give whole counts as changed: the file service
// knows why.
class RangedFile final : public ByteSource {
public:
    using Look = std::function<StatReply()>;

    // Starts reading at once. `look` looks at the file and is called by who reads; `link` and what
    // `look` uses outlive it. Throws what `look` throws.
    RangedFile(const PhoneLink& link, PullJob job, const RangeOptions& options, Look look,
               const std::stop_token& stop);

    size_t read(MutableByteView out) override;
    // Reads what a taker left unread, without a throw for a changed file.
    void finish();

    PulledFile::State state() const { return state_; }
    const std::string& reason() const { return reason_; }

private:
    struct Range {
        Bytes bytes{};
        size_t size = 0;
        bool whole = false;  // as long as it should be, and nothing behind it
    };
    struct Shared {
        uint64_t next = 0;   // the first one that nobody fetches
        uint64_t taken = 0;  // by who reads
        std::map<uint64_t, Range> ready{};
        std::vector<Range> spare{};
    };

    uint64_t range_bytes() const { return options_.blocks * range_block; }
    uint64_t ranges() const { return (job_.item.size + range_bytes() - 1) / range_bytes(); }
    void fetch_all(const std::stop_token& stop);
    void fetch(uint64_t number, Range& range, const std::stop_token& stop);
    size_t read_some(MutableByteView out);
    bool take_next();
    void end_of_file();
    void changed(std::string reason);

    const PhoneLink& link_;
    const PullJob job_;  // its own: the streams may still end when the file is settled
    RangeOptions options_;
    Look look_;
    StatReply before_;
    PulledFile::State state_ = PulledFile::State::reading;
    std::string reason_{};
    std::optional<Range> current_{};
    size_t given_ = 0;  // of the current range
    Guarded<Shared> shared_{};
    TaskGroup fetchers_;  // last: its threads use all of the above
};

}  // namespace lifeboat::phone::android
