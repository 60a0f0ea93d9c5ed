// A backend around another that tries again what failed for the moment.
#pragma once

#include "base/event.h"
#include "storage/forwarding_backend.h"
#include "sys/clock.h"

#include <functional>

namespace lifeboat::storage {

struct RetryPolicy {
    unsigned attempts = 6;  // in all; at least 1
    nanoseconds first_wait = std::chrono::milliseconds(500);
    nanoseconds longest_wait = std::chrono::seconds(15);  // each wait is twice the one before
};

// Only Temporary is tried again, also where a place was Unreachable: cables and servers come back.
// When the attempts are used up, the caller gets Unreachable with the last failure's words.
class RetryBackend final : public ForwardingBackend {
public:
    // `events` may be null: then nobody hears of the attempts.
    RetryBackend(Backend& inner, sys::Clock& clock, EventSink* events = nullptr,
                 RetryPolicy policy = {})
        : ForwardingBackend(inner), clock_(clock), events_(events), policy_(policy) {}

    void save(const std::string& name, ByteView content, const std::stop_token& stop) override;
    Bytes load(const std::string& name, Range range, const std::stop_token& stop) const override;
    size_t read(const std::string& name, uint64_t offset, MutableByteView to,
                const std::stop_token& stop) const override;
    std::optional<uint64_t> size(const std::string& name,
                                 const std::stop_token& stop) const override;
    void list(const std::string& prefix, const Each& each,
              const std::stop_token& stop) const override;
    void remove(const std::string& name, const std::stop_token& stop) override;
    std::optional<Space> space(const std::stop_token& stop) const override;

private:
    void attempt(const std::function<void()>& work, const std::stop_token& stop) const;
    void note(const Error& error, nanoseconds wait) const;

    sys::Clock& clock_;
    EventSink* events_;
    RetryPolicy policy_;
};

}  // namespace lifeboat::storage
