#include "engine/meter.h"

#include <algorithm>
#include <utility>

namespace lifeboat::engine {

namespace {
constexpr int64_t interval_ns = 250'000'000;

class OwningMeteredSource final : public ByteSource {
public:
    OwningMeteredSource(std::unique_ptr<ByteSource> inner, Meter& meter)
        : inner_(std::move(inner)), metered_(*inner_, meter) {}
    size_t read(MutableByteView out) override { return metered_.read(out); }

private:
    std::unique_ptr<ByteSource> inner_;
    MeteredSource metered_;
};

}  // namespace

Meter::Meter(EventSink& events, const sys::Clock& clock, std::string phase, std::string place)
    : events_(events), clock_(clock), phase_(std::move(phase)), place_(std::move(place)) {
    events_.on(PhaseStarted{phase_, place_});
}

Meter::~Meter() {
    tell();
    events_.on(PhaseEnded{phase_, place_});
}

void Meter::expect(uint64_t items, uint64_t bytes) {
    items_total_ = items;
    bytes_total_ = bytes;
    tell();
}

void Meter::add_items(uint64_t items) {
    items_ += items;
    tell_sometimes();
}

void Meter::add_bytes(uint64_t bytes) {
    bytes_ += bytes;
    tell_sometimes();
}

// Whoever moves the deadline on is the one that tells; the others go on counting.
void Meter::tell_sometimes() {
    const int64_t now = clock_.monotonic().count();
    int64_t due = next_ns_;
    if (now < due || !next_ns_.compare_exchange_strong(due, now + interval_ns)) return;
    tell();
}

void Meter::tell() {
    // A phone finds more on the way (its apps): what is done is never more than all.
    const auto total = [](uint64_t done, uint64_t expected) {
        return expected == 0 ? expected : std::max(done, expected);
    };
    const uint64_t items = items_, bytes = bytes_;
    events_.on(Progress{phase_, place_, items, total(items, items_total_), bytes,
                        total(bytes, bytes_total_)});
}

std::unique_ptr<ByteSource> MeteredTree::open(const ItemPath& path) const {
    auto source = std::make_unique<OwningMeteredSource>(inner_.open(path), meter_);
    meter_.add_items(1);
    return source;
}

}  // namespace lifeboat::engine
