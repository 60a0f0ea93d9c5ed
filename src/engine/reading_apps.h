// The time in which an .ab file is read from end to end, told as a phase: it may be many gigabytes.
#pragma once

#include "base/event.h"
#include "item/item.h"

#include <memory>

namespace lifeboat::engine {

// One thread. PhaseStarted when made, PhaseEnded when it goes; Progress of its bytes.
class ReadingApps {
public:
    // `events` outlives it. `bytes` of the file.
    ReadingApps(EventSink& events, uint64_t bytes);
    ~ReadingApps();
    ReadingApps(const ReadingApps&) = delete;
    ReadingApps& operator=(const ReadingApps&) = delete;

    void add(size_t bytes);

private:
    void tell(uint64_t files);

    EventSink& events_;
    uint64_t bytes_, done_ = 0, told_ = 0;
};

// The same stream; counted as long as the phase is there.
std::unique_ptr<ByteSource> told_as_read(std::unique_ptr<ByteSource> source,
                                         std::weak_ptr<ReadingApps> reading);

}  // namespace lifeboat::engine
