#include "app/signals.h"

#include "app/exit_code.h"

#include <pthread.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <ctime>
#include <utility>

namespace lifeboat::app {
namespace {

sigset_t watched() {
    sigset_t set{};
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
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
    while (!over.stop_requested()) {
        const timespec a_while{0, 100'000'000};
        const int signal = ::sigtimedwait(&set, nullptr, &a_while);
        if (signal <= 0) continue;
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
