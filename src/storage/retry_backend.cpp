#include "storage/retry_backend.h"

#include "base/error.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace lifeboat::storage {
namespace {

[[noreturn]] void give_up(const Temporary& last, const std::string& where, unsigned attempts) {
    const std::string guidance =
        last.guidance().empty()
            ? std::string(
                  "Check the connection to the place and run it again: what is there "
                  "already is not sent twice, and earlier backups are unharmed.")
            : last.guidance();
    Unreachable error(fmt::format("{} does not answer: {}", where, last.message()), guidance);
    for (const std::string& line : last.context()) error.add_context(line);
    error.add_context(fmt::format("trying {} times", attempts));
    throw error;
}

}  // namespace

void RetryBackend::attempt(const std::function<void()>& work, const std::stop_token& stop) const {
    nanoseconds wait = policy_.first_wait;
    for (unsigned attempt = 1;; ++attempt) {
        try {
            return work();
        } catch (const Temporary& error) {
            if (attempt >= policy_.attempts) give_up(error, inner_.where(), attempt);
            note(error, wait);
        }
        if (!clock_.sleep(wait, stop)) throw Cancelled();
        wait = std::min(2 * wait, policy_.longest_wait);
    }
}

void RetryBackend::note(const Error& error, nanoseconds wait) const {
    if (events_ == nullptr) return;
    const double seconds = std::chrono::duration<double>(wait).count();
    events_->on(
        Noted{.severity = Severity::debug,
              .text = fmt::format("{}; trying again in {:.1f} s", error.message(), seconds)});
}

void RetryBackend::save(const std::string& name, ByteView content, const std::stop_token& stop) {
    attempt([&] { inner_.save(name, content, stop); }, stop);
}

Bytes RetryBackend::load(const std::string& name, Range range, const std::stop_token& stop) const {
    Bytes content;
    attempt([&] { content = inner_.load(name, range, stop); }, stop);
    return content;
}

size_t RetryBackend::read(const std::string& name, uint64_t offset, MutableByteView to,
                          const std::stop_token& stop) const {
    size_t filled = 0;
    attempt([&] { filled = inner_.read(name, offset, to, stop); }, stop);
    return filled;
}

std::optional<uint64_t> RetryBackend::size(const std::string& name,
                                           const std::stop_token& stop) const {
    std::optional<uint64_t> size;
    attempt([&] { size = inner_.size(name, stop); }, stop);
    return size;
}

// Told only once the list is complete: a list that broke off would tell its start twice.
void RetryBackend::list(const std::string& prefix, const Each& each,
                        const std::stop_token& stop) const {
    std::vector<std::pair<std::string, uint64_t>> found;
    const auto collect = [&](const std::string& name, uint64_t size) {
        found.emplace_back(name, size);
    };
    attempt(
        [&] {
            found.clear();
            inner_.list(prefix, collect, stop);
        },
        stop);
    for (const auto& [name, size] : found) {
        if (stop.stop_requested()) throw Cancelled();
        each(name, size);
    }
}

void RetryBackend::remove(const std::string& name, const std::stop_token& stop) {
    attempt([&] { inner_.remove(name, stop); }, stop);
}

std::optional<Space> RetryBackend::space(const std::stop_token& stop) const {
    std::optional<Space> space;
    attempt([&] { space = inner_.space(stop); }, stop);
    return space;
}

}  // namespace lifeboat::storage
