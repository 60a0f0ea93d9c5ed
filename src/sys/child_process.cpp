#include "sys/child_process.h"

#include "base/error.h"
#include "base/text.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <map>
#include <thread>

namespace lifeboat::sys {
namespace {

std::vector<std::string> merged_environment(
    const std::vector<std::pair<std::string, std::string>>& extra) {
    std::map<std::string, std::string> all;
    for (char** one = environ; *one != nullptr; ++one) {
        const std::string text = *one;
        const size_t equals = text.find('=');
        if (equals != std::string::npos) all[text.substr(0, equals)] = text.substr(equals + 1);
    }
    for (const auto& [name, value] : extra) all[name] = value;
    std::vector<std::string> out;
    for (const auto& [name, value] : all) out.push_back(name + '=' + value);
    return out;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (std::string& text : texts) out.push_back(text.data());
    out.push_back(nullptr);
    return out;
}

// The child starts with no signal blocked, whatever this process blocks for its own threads.
struct Setup {
    posix_spawn_file_actions_t actions{};
    posix_spawnattr_t attributes{};

    Setup() {
        posix_spawn_file_actions_init(&actions);
        posix_spawnattr_init(&attributes);
        sigset_t none{};
        sigemptyset(&none);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    }
    ~Setup() {
        posix_spawn_file_actions_destroy(&actions);
        posix_spawnattr_destroy(&attributes);
    }
    Setup(const Setup&) = delete;
    Setup& operator=(const Setup&) = delete;
};

}  // namespace

ChildProcess::ChildProcess(std::vector<std::string> arguments,
                           const std::vector<std::pair<std::string, std::string>>& environment) {
    if (arguments.empty()) throw Misuse("There is no program to run");
    const Setup setup;
    auto variables = merged_environment(environment);
    const int failed =
        ::posix_spawnp(&pid_, arguments.front().c_str(), &setup.actions, &setup.attributes,
                       pointers(arguments).data(), pointers(variables).data());
    if (failed == 0) return;
    const std::string text =
        fmt::format("Cannot start {}: {}", printable(arguments.front()), std::strerror(failed));
    if (failed == ENOENT || failed == EACCES) throw Missing(text);
    throw Temporary(text);
}

ChildProcess::~ChildProcess() {
    if (ended()) return;
    ::kill(pid_, SIGTERM);
    for (int i = 0; i < 100; ++i) {
        if (ended()) return;
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
}

std::optional<int> ChildProcess::ended() {
    if (exit_code_) return exit_code_;
    int status = 0;
    const pid_t got = ::waitpid(pid_, &status, WNOHANG);
    if (got == pid_) {
        exit_code_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }
    return exit_code_;
}

}  // namespace lifeboat::sys
