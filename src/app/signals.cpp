#include "app/signals.h"

#include "app/exit_code.h"

#include <pthread.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <utility>

namespace lifeboat::app {
namespace {

// Ends the watching thread at once: a program that is done must not wait for a signal.
constexpr int over_signal = SIGUSR2;

sigset_t watched() {
    sigset_t set{};
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, over_signal);
    return set;
}

}  // namespace

Signals::Signals(std::function<void(int)> on_first) : on_first_(std::move(on_first)) {
    const sigset_t set = watched();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    watcher_ = std::jthread([this](const std::stop_token& over) { watch(over); });
}

std::optional<int> Signals::received() const {
    const int signal = first_.load();
    return signal == 0 ? std::nullopt : std::optional(signal);
}

void Signals::watch(const std::stop_token& over) {
    const sigset_t set = watched();
    const std::stop_callback wake(
        over, [watcher = ::pthread_self()] { ::pthread_kill(watcher, over_signal); });
    while (!over.stop_requested()) {
        const int signal = ::sigwaitinfo(&set, nullptr);
        if (signal <= 0 || signal == over_signal) continue;
        int expected = 0;
        if (!first_.compare_exchange_strong(expected, signal)) {
            ::_exit(number(signal == SIGTERM ? Exit::terminated : Exit::interrupted));
        }
        if (on_first_) on_first_(signal);
        source_.request_stop();
    }
}

void Signals::harden_process() {
    std::signal(SIGPIPE, SIG_IGN);
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
#ifndef __SANITIZE_ADDRESS__  // its leak check must trace this very process
    ::prctl(PR_SET_DUMPABLE, 0);
#endif
}

}  // namespace lifeboat::app
