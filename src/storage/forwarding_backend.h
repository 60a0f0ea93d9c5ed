// The base of backends that stand around another: whatever one does not do in its own way, the
// inner one does.
#pragma once

#include "storage/backend.h"

namespace lifeboat::storage {

// read() is not passed on: it comes down to load(), so that whoever changes what a load gives has
// changed every way to read.
class ForwardingBackend : public Backend {
public:
    explicit ForwardingBackend(Backend& inner) : inner_(inner) {}

    std::string where() const override { return inner_.where(); }
    void save(const std::string& name, ByteView content, const std::stop_token& stop) override {
        inner_.save(name, content, stop);
    }
    Bytes load(const std::string& name, Range range, const std::stop_token& stop) const override {
        return inner_.load(name, range, stop);
    }
    std::optional<uint64_t> size(const std::string& name,
                                 const std::stop_token& stop) const override {
        return inner_.size(name, stop);
    }
    void list(const std::string& prefix, const Each& each,
              const std::stop_token& stop) const override {
        inner_.list(prefix, each, stop);
    }
    void remove(const std::string& name, const std::stop_token& stop) override {
        inner_.remove(name, stop);
    }
    std::optional<Space> space(const std::stop_token& stop) const override {
        return inner_.space(stop);
    }
    std::optional<TimePoint> modified(const std::string& name,
                                      const std::stop_token& stop) const override {
        return inner_.modified(name, stop);
    }
    std::unique_ptr<Presence> occupy(const std::string& name,
                                     const std::stop_token& stop) override {
        return inner_.occupy(name, stop);
    }
    Occupied occupied(const std::string& name, const std::stop_token& stop) const override {
        return inner_.occupied(name, stop);
    }
    uint64_t remove_leftovers(sys::Clock& clock, nanoseconds age,
                              const std::stop_token& stop) override {
        return inner_.remove_leftovers(clock, age, stop);
    }

protected:
    Backend& inner_;
};

}  // namespace lifeboat::storage
