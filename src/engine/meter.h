// Counts what flows and tells it as Progress, at most four times a second, so that no listener is
// flooded.
#pragma once

#include "base/event.h"
#include "item/item.h"
#include "sys/clock.h"

#include <atomic>
#include <string>

namespace lifeboat::engine {

// A phase of an operation: says PhaseStarted when made and PhaseEnded when it goes. Any thread may
// count.
class Meter {
public:
    Meter(EventSink& events, const sys::Clock& clock, std::string phase, std::string place);
    ~Meter();
    Meter(const Meter&) = delete;
    Meter& operator=(const Meter&) = delete;

    void expect(uint64_t items, uint64_t bytes);
    void add_items(uint64_t items);
    void add_bytes(uint64_t bytes);
    uint64_t items() const { return items_; }
    uint64_t bytes() const { return bytes_; }

private:
    void tell_sometimes();
    void tell();

    EventSink& events_;
    const sys::Clock& clock_;
    std::string phase_;
    std::string place_;
    std::atomic<uint64_t> items_{0}, bytes_{0}, items_total_{0}, bytes_total_{0};
    std::atomic<int64_t> next_ns_{0};
};

// A stream that counts into a meter as it is read.
class MeteredSource final : public ByteSource {
public:
    MeteredSource(ByteSource& inner, Meter& meter) : inner_(inner), meter_(meter) {}
    size_t read(MutableByteView out) override {
        const size_t size = inner_.read(out);
        meter_.add_bytes(size);
        return size;
    }

private:
    ByteSource& inner_;
    Meter& meter_;
};

// A tree whose file contents count into a meter as they are read: for a phone that pulls.
class MeteredTree final : public FileTree {
public:
    MeteredTree(const FileTree& inner, Meter& meter) : inner_(inner), meter_(meter) {}
    std::optional<Item> find(const ItemPath& path) const override { return inner_.find(path); }
    void list(const ItemPath& folder, const Each& each) const override {
        inner_.list(folder, each);
    }
    std::unique_ptr<ByteSource> open(const ItemPath& path) const override;

private:
    const FileTree& inner_;
    Meter& meter_;
};

}  // namespace lifeboat::engine
