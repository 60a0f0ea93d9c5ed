#include "engine/reading_apps.h"

#include <algorithm>

namespace lifeboat::engine {

namespace {

constexpr const char* phase = "read apps";
// No listener is told more often than this, nor of a small file at all.
constexpr uint64_t steps = 100;
constexpr uint64_t smallest_step = uint64_t{8} << 20;

class Told final : public ByteSource {
public:
    Told(std::unique_ptr<ByteSource> inner, std::weak_ptr<ReadingApps> reading)
        : inner_(std::move(inner)), reading_(std::move(reading)) {}
    size_t read(MutableByteView out) override {
        const size_t size = inner_->read(out);
        if (const auto reading = reading_.lock()) reading->add(size);
        return size;
    }

private:
    std::unique_ptr<ByteSource> inner_;
    std::weak_ptr<ReadingApps> reading_;
};

}  // namespace

ReadingApps::ReadingApps(EventSink& events, uint64_t bytes) : events_(events), bytes_(bytes) {
    events_.on(PhaseStarted{phase, ""});
}

ReadingApps::~ReadingApps() {
    if (told_ > 0) tell(1);
    events_.on(PhaseEnded{phase, ""});
}

void ReadingApps::add(size_t bytes) {
    done_ += bytes;
    if (done_ - told_ < std::max(smallest_step, bytes_ / steps)) return;
    tell(0);
}

void ReadingApps::tell(uint64_t files) {
    told_ = done_;
    events_.on(Progress{.phase = phase,
                        .place = "",
                        .items_done = files,
                        .items_total = 1,
                        .bytes_done = done_,
                        .bytes_total = std::max(bytes_, done_)});
}

std::unique_ptr<ByteSource> told_as_read(std::unique_ptr<ByteSource> source,
                                         std::weak_ptr<ReadingApps> reading) {
    return std::make_unique<Told>(std::move(source), std::move(reading));
}

}  // namespace lifeboat::engine
