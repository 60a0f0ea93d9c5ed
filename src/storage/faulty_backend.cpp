#include "storage/faulty_backend.h"

#include "base/error.h"

#include <fmt/core.h>
#include <signal.h>

#include <algorithm>
#include <optional>

namespace lifeboat::storage {
namespace {

std::string_view verb_of(Operation operation) {
    switch (operation) {
        case Operation::save:
            return "saving";
        case Operation::load:
            return "loading";
        case Operation::size:
            return "looking for";
        case Operation::list:
            return "listing";
        case Operation::remove:
            return "removing";
        case Operation::space:
            return "asking for the space of";
    }
    return "";
}

void flip_a_bit(Bytes& content) {
    if (!content.empty()) content[content.size() / 2] ^= std::byte{0x10};
}

}  // namespace

// What happens to one operation: before it, to its bytes, and after it.
class FaultyBackend::Outcome {
public:
    Outcome(std::optional<Fault::Kind> kind, std::string text)
        : kind_(kind), text_(std::move(text)) {}

    bool is(Fault::Kind kind) const { return kind_ == kind; }

    void before() const {
        if (!kind_) return;
        switch (*kind_) {
            case Fault::Kind::temporary:
                throw Temporary(text_);
            case Fault::Kind::unreachable:
                throw Unreachable(text_);
            case Fault::Kind::no_space:
                throw NoSpace(text_, "Free some space.");
            case Fault::Kind::denied:
                throw Denied(text_);
            case Fault::Kind::missing:
                throw Missing(text_);
            case Fault::Kind::killed_before:
                ::raise(SIGKILL);
                return;
            case Fault::Kind::lost_answer:
            case Fault::Kind::short_read:
            case Fault::Kind::flipped_bit:
            case Fault::Kind::killed_after:
                return;
        }
    }

    void after() const {
        if (is(Fault::Kind::lost_answer)) throw Temporary(text_);
        if (is(Fault::Kind::killed_after)) ::raise(SIGKILL);
    }

private:
    std::optional<Fault::Kind> kind_;
    std::string text_;
};

void FaultyBackend::inject(const Fault& fault) {
    state_.with([&](State& state) { state.faults.push_back({.fault = fault}); });
}

void FaultyBackend::heal() {
    state_.with([](State& state) {
        state.faults.clear();
        state.bytes_left = UINT64_MAX;
    });
}

void FaultyBackend::limit_bytes(uint64_t bytes) {
    state_.with([&](State& state) { state.bytes_left = bytes; });
}

std::vector<FaultyBackend::Call> FaultyBackend::calls() const {
    return state_.with([](const State& state) { return state.calls; });
}

uint64_t FaultyBackend::count(uint32_t operations) const {
    return state_.with([&](const State& state) {
        return static_cast<uint64_t>(
            std::count_if(state.calls.begin(), state.calls.end(), [&](const Call& call) {
                return (static_cast<uint32_t>(call.operation) & operations) != 0;
            }));
    });
}

FaultyBackend::Outcome FaultyBackend::begin(Operation operation, const std::string& name,
                                            uint64_t bytes) const {
    return state_.with([&](State& state) {
        std::optional<Fault::Kind> kind;
        for (Armed& armed : state.faults) {
            const Fault& fault = armed.fault;
            const bool matches = (static_cast<uint32_t>(operation) & fault.operations) != 0 &&
                                 name.starts_with(fault.prefix);
            if (!matches) continue;
            ++armed.seen;
            if (armed.seen >= fault.first && armed.seen - fault.first < fault.count) {
                kind = fault.kind;
            }
        }
        if (operation == Operation::save && state.bytes_left != UINT64_MAX) {
            if (bytes > state.bytes_left) kind = Fault::Kind::no_space;
            state.bytes_left -= std::min(bytes, state.bytes_left);
        }
        state.calls.push_back({.operation = operation, .name = name, .bytes = bytes});
        return Outcome(kind, fmt::format("{} {}/{}: a fault that a test asked for",
                                         verb_of(operation), inner_.where(), name));
    });
}

void FaultyBackend::save(const std::string& name, ByteView content, const std::stop_token& stop) {
    const Outcome outcome = begin(Operation::save, name, content.size());
    outcome.before();
    if (outcome.is(Fault::Kind::flipped_bit)) {
        Bytes wrong(content.begin(), content.end());
        flip_a_bit(wrong);
        inner_.save(name, wrong, stop);
    } else {
        inner_.save(name, content, stop);
    }
    outcome.after();
}

Bytes FaultyBackend::load(const std::string& name, Range range, const std::stop_token& stop) const {
    const Outcome outcome = begin(Operation::load, name, range.length);
    outcome.before();
    Bytes content = inner_.load(name, range, stop);
    if (outcome.is(Fault::Kind::flipped_bit)) flip_a_bit(content);
    if (outcome.is(Fault::Kind::short_read) && !content.empty()) content.pop_back();
    outcome.after();
    return content;
}

std::optional<uint64_t> FaultyBackend::size(const std::string& name,
                                            const std::stop_token& stop) const {
    const Outcome outcome = begin(Operation::size, name, 0);
    outcome.before();
    const auto size = inner_.size(name, stop);
    outcome.after();
    return size;
}

void FaultyBackend::list(const std::string& prefix, const Each& each,
                         const std::stop_token& stop) const {
    const Outcome outcome = begin(Operation::list, prefix, 0);
    outcome.before();
    inner_.list(prefix, each, stop);
    outcome.after();
}

void FaultyBackend::remove(const std::string& name, const std::stop_token& stop) {
    const Outcome outcome = begin(Operation::remove, name, 0);
    outcome.before();
    inner_.remove(name, stop);
    outcome.after();
}

std::optional<Space> FaultyBackend::space(const std::stop_token& stop) const {
    const Outcome outcome = begin(Operation::space, {}, 0);
    outcome.before();
    const auto space = inner_.space(stop);
    outcome.after();
    return space;
}

}  // namespace lifeboat::storage
