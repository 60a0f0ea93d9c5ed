// Ctrl-C and SIGTERM as a request to stop: the first stops safely, the second ends the program at
// once.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <stop_token>
#include <thread>

namespace lifeboat::app {

// Made first in main, before any other thread: every thread inherits the blocked signals, and one
// thread of its own waits for them.
class Signals {
public:
    // `on_first` is called from that thread when the first one comes; may be empty.
    explicit Signals(std::function<void(int signal)> on_first);
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;

    std::stop_token stop() const { return source_.get_token(); }
    // The first signal that came, if any.
    std::optional<int> received() const;
    // A broken pipe is an answer to a write, no reason to die; core files would hold secrets.
    static void harden_process();

private:
    void watch(const std::stop_token& over);

    std::function<void(int)> on_first_;
    std::stop_source source_;
    std::atomic<int> first_{0};
    std::jthread watcher_;
};

}  // namespace lifeboat::app
