#include "mount/session.h"

#include "base/error.h"
#include "base/task_group.h"
#include "base/text.h"
#include "mount/fuse_api.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace lifeboat::mount {

namespace {

constexpr const char* untouched = "Nothing was changed. ";

// libfuse tells what went wrong by way of a log only: its last lines become the error's text.
Guarded<std::string>& last_words() {
    static Guarded<std::string> words;
    return words;
}

void remember(fuse_log_level level, const char* format, va_list arguments) {
    if (level > FUSE_LOG_WARNING) return;
    std::array<char, 512> text{};
    std::vsnprintf(text.data(), text.size(), format, arguments);
    last_words().with([&](std::string& words) { words += text.data(); });
}

std::string take_last_words() {
    return last_words().with([](std::string& words) { return std::exchange(words, {}); });
}

// Closed with the object; written to by a stop.
class Wake {
public:
    Wake() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
        if (fd_ < 0) throw Temporary(fmt::format("eventfd: {}", std::strerror(errno)));
    }
    ~Wake() { ::close(fd_); }
    Wake(const Wake&) = delete;
    Wake& operator=(const Wake&) = delete;
    int fd() const { return fd_; }
    void ring() const {
        const uint64_t one = 1;
        [[maybe_unused]] const ssize_t written = ::write(fd_, &one, sizeof one);
    }

private:
    int fd_;
};

// libfuse allocates the buffer of a request with malloc and leaves it to the caller.
struct RequestBuffer {
    fuse_buf buffer{};
    RequestBuffer() = default;
    ~RequestBuffer() { std::free(buffer.mem); }
    RequestBuffer(const RequestBuffer&) = delete;
    RequestBuffer& operator=(const RequestBuffer&) = delete;
};

struct Arguments {
    fuse_args args{0, nullptr, 0};
    explicit Arguments(const std::vector<std::string>& words) {
        for (const std::string& word : words) {
            if (fuse_opt_add_arg(&args, word.c_str()) != 0) throw Temporary("out of memory");
        }
    }
    ~Arguments() { fuse_opt_free_args(&args); }
    Arguments(const Arguments&) = delete;
    Arguments& operator=(const Arguments&) = delete;
};

// A comma would begin another option.
std::string option_value(std::string text) {
    for (char& c : text) {
        if (c == ',' || c == '\\') c = '_';
    }
    return printable(text);
}

}  // namespace

void require_fuse(const std::string& device) {
    struct stat about {};
    if (::stat(device.c_str(), &about) != 0) {
        throw Unsupported(
            fmt::format("This machine has no {}: nothing can be mounted", printable(device)),
            fmt::format("{}Load the module with `modprobe fuse` (package fuse3), or give the "
                        "container its device (--device /dev/fuse --cap-add SYS_ADMIN). Without "
                        "it, `lifeboat restore SNAPSHOT PATH --to FOLDER` takes files out.",
                        untouched));
    }
    if (::access(device.c_str(), R_OK | W_OK) != 0) {
        throw Denied(
            fmt::format("This user may not use {}: {}", printable(device), std::strerror(errno)),
            fmt::format("{}The system's administrator opens it with `chmod 0666 {}`, or "
                        "by its group. `lifeboat restore SNAPSHOT PATH --to FOLDER` takes "
                        "files out without it.",
                        untouched, printable(device)));
    }
}

void require_mount_point(const std::string& folder) {
    struct stat about {};
    if (::stat(folder.c_str(), &about) != 0) {
        const int problem = errno;
        if (problem == ENOTCONN) {
            throw Misuse(
                fmt::format("{} is what a mount left whose program is gone", printable(folder)),
                fmt::format("{}Take it away first: fusermount3 -u {}", untouched,
                            printable(folder)));
        }
        throw Missing(fmt::format("The folder {} cannot be used: {}", printable(folder),
                                  std::strerror(problem)),
                      fmt::format("{}Make it first: mkdir -p {}", untouched, printable(folder)));
    }
    if (!S_ISDIR(about.st_mode)) {
        throw Misuse(fmt::format("{} is no folder", printable(folder)),
                     fmt::format("{}Give an empty folder.", untouched));
    }
}

void Session::Ending::operator()(fuse_session* session) const {
    fuse_session_destroy(session);
}

Session::Session(const fuse_lowlevel_ops& operations, void* user, const std::string& folder,
                 const std::string& name) {
    fuse_set_log_func(remember);
    // auto_unmount: a helper of libfuse takes the mount away when this process dies without a word.
    // It needs fusermount3; where that is missing, mounting without the helper is better than not.
    for (const char* more : {",auto_unmount", ""}) {
        take_last_words();
        Arguments arguments({"lifeboat", "-o",
                             fmt::format("ro,nosuid,nodev,subtype=lifeboat,fsname={}{}",
                                         option_value(name), more)});
        session_.reset(fuse_session_new(&arguments.args, &operations, sizeof operations, user));
        if (session_ != nullptr && fuse_session_mount(session_.get(), folder.c_str()) == 0) break;
        session_.reset();
    }
    if (session_ == nullptr) {
        throw Denied(
            fmt::format("{} could not be mounted: {}", printable(folder),
                        printable(trim(take_last_words()))),
            fmt::format("{}Is the package fuse3 installed, and the folder yours?", untouched));
    }
    // Several threads wait for the same requests: who comes too late must not block in read().
    const int fd = fuse_session_fd(session_.get());
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
}

Session::~Session() {
    fuse_session_unmount(session_.get());
}

void Session::work(int wake, const std::stop_token& stop) {
    RequestBuffer request;
    std::array<pollfd, 2> waits{pollfd{fuse_session_fd(session_.get()), POLLIN, 0},
                                pollfd{wake, POLLIN, 0}};
    while (!stop.stop_requested() && fuse_session_exited(session_.get()) == 0) {
        if (::poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) return;
        if (stop.stop_requested()) return;
        const int received = fuse_session_receive_buf(session_.get(), &request.buffer);
        // Another thread had it, or the asker gave up meanwhile.
        if (received == -EAGAIN || received == -EINTR) continue;
        if (received <= 0) return;  // unmounted
        fuse_session_process_buf(session_.get(), &request.buffer);
    }
}

void Session::serve(unsigned threads, const std::stop_token& stop) {
    const Wake wake;
    TaskGroup group(std::stop_token{});
    const std::stop_callback on_stop(stop, [&] {
        group.request_stop();
        wake.ring();
    });
    for (unsigned i = 0; i < threads; ++i) {
        group.run([&](const std::stop_token& own) {
            work(wake.fd(), own);
            // One that saw the end wakes the others.
            group.request_stop();
            wake.ring();
        });
    }
    group.join();
}

}  // namespace lifeboat::mount
