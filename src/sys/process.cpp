#include "sys/process.h"

#include "base/error.h"
#include "base/secret.h"
#include "base/text.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

namespace lifeboat::sys {
namespace {

using std::chrono::steady_clock;

class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor() { close(); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return fd_; }
    bool is_open() const { return fd_ >= 0; }
    void set(int fd) {
        close();
        fd_ = fd;
    }
    void close() {
        if (fd_ >= 0) ::close(fd_);
        fd_ = -1;
    }

private:
    int fd_ = -1;
};

struct Pipe {
    Descriptor read{};
    Descriptor write{};

    Pipe() {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
            throw Temporary(fmt::format("No pipe to another program: {}", std::strerror(errno)));
        }
        read.set(ends[0]);
        write.set(ends[1]);
    }
};

// posix_spawn's two parameter blocks, freed whatever happens.
struct SpawnPlan {
    posix_spawn_file_actions_t actions{};
    posix_spawnattr_t attributes{};

    SpawnPlan() {
        posix_spawn_file_actions_init(&actions);
        posix_spawnattr_init(&attributes);
        // The signals this program blocks or ignores must work in the child.
        sigset_t none{};
        sigset_t usual{};
        sigemptyset(&none);
        sigemptyset(&usual);
        for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) sigaddset(&usual, signal);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setsigdefault(&attributes, &usual);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }
    ~SpawnPlan() {
        posix_spawn_file_actions_destroy(&actions);
        posix_spawnattr_destroy(&attributes);
    }
    SpawnPlan(const SpawnPlan&) = delete;
    SpawnPlan& operator=(const SpawnPlan&) = delete;
};

// A running child. Gone before its end, it is ended first: no zombie, no orphan.
class Child {
public:
    explicit Child(pid_t pid) : pid_(pid) {}
    ~Child() {
        if (pid_ <= 0) return;
        ::kill(pid_, SIGKILL);
        wait();
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    int wait() {
        int status = 0;
        while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
        }
        pid_ = 0;
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }

private:
    pid_t pid_;
};

pid_t spawn(const Command& command, const Pipe& output, const Pipe& errors) {
    SpawnPlan plan;
    if (command.input == Stdin::nothing) {
        posix_spawn_file_actions_addopen(&plan.actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    }
    posix_spawn_file_actions_adddup2(&plan.actions, output.write.get(), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&plan.actions, errors.write.get(), STDERR_FILENO);

    std::vector<std::string> words = command.argv;
    std::vector<char*> argv;
    argv.reserve(words.size() + 1);
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);

    pid_t pid = 0;
    const int failed =
        ::posix_spawnp(&pid, argv[0], &plan.actions, &plan.attributes, argv.data(), environ);
    if (failed == 0) return pid;
    const std::string text =
        fmt::format("Cannot start {}: {}", printable(command.argv.front()), std::strerror(failed));
    if (failed == ENOENT || failed == EACCES) throw Missing(text);
    throw Temporary(text);
}

// Takes what one pipe has to say now; closes it at its end.
void drain(Descriptor& from, Bytes& to, size_t limit, const std::string& name) {
    std::array<std::byte, 4096> buffer{};
    const ssize_t got = ::read(from.get(), buffer.data(), buffer.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (got <= 0) {
        from.close();
        return;
    }
    const MutableByteView said = MutableByteView(buffer).first(static_cast<size_t>(got));
    append(to, said);
    wipe(said);  // what programs say here may be a password
    if (to.size() > limit) {
        throw Temporary(fmt::format("{} says more than {} bytes", printable(name), limit));
    }
}

// Both pipes until both are closed, the child has ended, or time or patience is over.
class Listener {
public:
    Listener(const Command& command, Pipe& output, Pipe& errors, Finished& result)
        : command_(command), output_(output), errors_(errors), result_(result) {}

    void run(const std::stop_token& stop) {
        const auto end = steady_clock::now() + command_.time_limit;
        while (output_.read.is_open() || errors_.read.is_open()) {
            if (stop.stop_requested()) throw Cancelled();
            if (steady_clock::now() > end) {
                throw Temporary(fmt::format("{} takes longer than {} s",
                                            printable(command_.argv.front()),
                                            command_.time_limit.count() / 1000));
            }
            listen_a_while();
        }
    }

private:
    void listen_a_while() {
        std::array<pollfd, 2> watched{pollfd{output_.read.get(), POLLIN, 0},
                                      pollfd{errors_.read.get(), POLLIN, 0}};
        constexpr int patience_ms = 50;  // how late a stop may be seen
        if (::poll(watched.data(), watched.size(), patience_ms) <= 0) return;
        if (watched[0].revents != 0) take(output_, result_.output);
        if (watched[1].revents != 0) take(errors_, result_.errors);
    }
    void take(Pipe& from, Bytes& to) {
        drain(from.read, to, command_.output_limit, command_.argv.front());
    }

    const Command& command_;
    Pipe& output_;
    Pipe& errors_;
    Finished& result_;
};

}  // namespace

Finished SystemProcess::run(const Command& command, const std::stop_token& stop) {
    if (command.argv.empty()) throw Misuse("There is no program to run");
    Pipe output;
    Pipe errors;
    Child child(spawn(command, output, errors));
    output.write.close();
    errors.write.close();

    Finished result;
    Listener(command, output, errors, result).run(stop);
    result.exit_code = child.wait();
    return result;
}

}  // namespace lifeboat::sys
