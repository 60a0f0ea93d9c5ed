#include "sys/stream_socket.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace lifeboat::sys {
namespace {

// Any kind of socket address as the system calls want it.
template <class Address>
sockaddr* generic(Address& address) {
    return static_cast<sockaddr*>(static_cast<void*>(&address));
}

std::string system_text(int code) {
    return std::strerror(code);
}

template <class Value>
void set_option(int descriptor, int level, int name, const Value& value) {
    ::setsockopt(descriptor, level, name, &value, sizeof value);
}

timeval to_timeval(milliseconds time) {
    timeval value{};
    value.tv_sec = time.count() / 1000;
    value.tv_usec = (time.count() % 1000) * 1000;
    return value;
}

class Descriptor {
public:
    explicit Descriptor(int value) : value_(value) {}
    ~Descriptor() {
        if (value_ >= 0) ::close(value_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return value_; }
    int release() { return std::exchange(value_, -1); }

private:
    int value_;
};

// 0 when readable or writable as asked, ECANCELED on a stop, ETIMEDOUT when time is over.
int wait_for(int descriptor, short events, milliseconds limit, const std::stop_token& stop) {
    constexpr milliseconds slice{50};
    milliseconds left = limit;
    while (!stop.stop_requested()) {
        pollfd one{.fd = descriptor, .events = events, .revents = 0};
        const auto now = limit.count() == 0 ? slice : std::min(left, slice);
        const int ready = ::poll(&one, 1, static_cast<int>(now.count()));
        if (ready > 0) return 0;
        if (ready < 0 && errno != EINTR) return errno;
        left -= now;
        if (limit.count() != 0 && left.count() <= 0) return ETIMEDOUT;
    }
    return ECANCELED;
}

// Returns 0 or the error number.
int connect_within(int descriptor, const sockaddr* address, socklen_t size, milliseconds limit,
                   const std::stop_token& stop) {
    const int flags = ::fcntl(descriptor, F_GETFL);
    ::fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
    int error = ::connect(descriptor, address, size) == 0 ? 0 : errno;
    if (error == EINPROGRESS || error == EINTR) {
        error = wait_for(descriptor, POLLOUT, limit, stop);
        socklen_t length = sizeof error;
        if (error == 0) ::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length);
    }
    ::fcntl(descriptor, F_SETFL, flags);
    return error;
}

bool nobody_listens(int error) {
    return error == ECONNREFUSED || error == ENOENT;
}

struct Peer {
    const sockaddr* address = nullptr;
    socklen_t size = 0;
    const std::string& name;
};

std::unique_ptr<Socket> connect_address(Descriptor& descriptor, const Peer& peer,
                                        const std::stop_token& stop, milliseconds limit) {
    const std::string& name = peer.name;
    const int error = connect_within(descriptor.get(), peer.address, peer.size, limit, stop);
    if (error == ECANCELED) throw Cancelled();
    if (nobody_listens(error)) return nullptr;
    if (error == ETIMEDOUT) throw TimedOut(fmt::format("{} does not answer", name));
    if (error != 0) {
        throw ConnectionLost(fmt::format("cannot connect to {}: {}", name, system_text(error)));
    }
    return std::make_unique<Socket>(descriptor.release(), name, stop);
}

}  // namespace

Socket::Socket(int descriptor, std::string name, const std::stop_token& stop)
    : descriptor_(descriptor), name_(std::move(name)), stop_(stop) {
    on_stop_.emplace(stop, [this] { shutdown(); });
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    ::getsockname(descriptor_, generic(address), &size);
    is_tcp_ = address.ss_family == AF_INET || address.ss_family == AF_INET6;
    if (is_tcp_) set_option(descriptor_, IPPROTO_TCP, TCP_NODELAY, int{1});
}

Socket::~Socket() {
    on_stop_.reset();  // waits for a stop under way: it must not meet a closed descriptor
    ::close(descriptor_);
}

void Socket::fail(const char* doing) const {
    const int error = errno;
    if (stop_.stop_requested()) throw Cancelled();
    if (error == EAGAIN) {
        throw TimedOut(fmt::format("{} does not answer any more", name_));
    }
    throw ConnectionLost(
        fmt::format("the connection to {} broke ({}: {})", name_, doing, system_text(error)));
}

size_t Socket::read(MutableByteView out) {
    const auto got = read_unless_silent(out);
    if (!got) throw TimedOut(fmt::format("{} does not answer any more", name_));
    return *got;
}

std::optional<size_t> Socket::read_unless_silent(MutableByteView out) {
    ssize_t got = -1;
    do {
        got = ::recv(descriptor_, out.data(), out.size(), 0);
    } while (got < 0 && errno == EINTR);
    if (got < 0 && errno == EAGAIN && !stop_.stop_requested()) return std::nullopt;
    if (got < 0) fail("reading");
    if (got == 0 && stop_.stop_requested()) throw Cancelled();
    // The kernel goes back to delayed acknowledgements by itself: with a peer under Nagle's rule
    // each one of those costs 40 ms.
    if (is_tcp_) set_option(descriptor_, IPPROTO_TCP, TCP_QUICKACK, int{1});
    return static_cast<size_t>(got);
}

bool Socket::has_input() const noexcept {
    pollfd one{.fd = descriptor_, .events = POLLIN, .revents = 0};
    return ::poll(&one, 1, 0) > 0;
}

void Socket::write(ByteView bytes) {
    if (!try_write(bytes)) fail("writing");
}

bool Socket::try_write(ByteView bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) return false;
        bytes = bytes.subspan(static_cast<size_t>(sent));
    }
    return true;
}

void Socket::set_timeouts(const SocketTimeouts& timeouts) {
    set_option(descriptor_, SOL_SOCKET, SO_RCVTIMEO, to_timeval(timeouts.read));
    set_option(descriptor_, SOL_SOCKET, SO_SNDTIMEO, to_timeval(timeouts.write));
}

void Socket::set_send_buffer(size_t bytes) {
    set_option(descriptor_, SOL_SOCKET, SO_SNDBUF, static_cast<int>(bytes));
}

void Socket::shutdown() noexcept {
    ::shutdown(descriptor_, SHUT_RDWR);
}

void Socket::end_writing() noexcept {
    ::shutdown(descriptor_, SHUT_WR);
}

std::unique_ptr<Socket> connect_tcp(const std::string& host, uint16_t port,
                                    const SocketTimeouts& timeouts, const std::stop_token& stop) {
    const std::string name = fmt::format("{}:{}", host, port);
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* raw = nullptr;
    const int code = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &raw);
    if (code != 0) {
        throw Temporary(fmt::format("cannot find the address of {}: {}", host, gai_strerror(code)));
    }
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> found(raw, &::freeaddrinfo);
    for (const addrinfo* one = found.get(); one != nullptr; one = one->ai_next) {
        Descriptor descriptor(::socket(one->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
        if (descriptor.get() < 0) continue;
        auto socket = connect_address(descriptor, {one->ai_addr, one->ai_addrlen, name}, stop,
                                      timeouts.connect);
        if (!socket) continue;
        socket->set_timeouts(timeouts);
        return socket;
    }
    return nullptr;
}

std::unique_ptr<Socket> connect_unix(const std::string& path, const SocketTimeouts& timeouts,
                                     const std::stop_token& stop) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path) {
        throw Misuse(fmt::format("\"{}\" cannot be the path of a socket", path));
    }
    std::copy(path.begin(), path.end(), address.sun_path);
    Descriptor descriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (descriptor.get() < 0) throw Temporary("no more sockets: " + system_text(errno));
    auto socket = connect_address(descriptor, {generic(address), sizeof address, path}, stop,
                                  timeouts.connect);
    if (socket) socket->set_timeouts(timeouts);
    return socket;
}

SocketPair socket_pair(const std::stop_token& stop) {
    int ends[2] = {-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        throw Temporary("no more sockets: " + system_text(errno));
    }
    auto first = std::make_unique<Socket>(ends[0], "the other end", stop);
    return {std::move(first), std::make_unique<Socket>(ends[1], "the other end", stop)};
}

Listener::Listener(uint16_t port) : descriptor_(-1) {
    Descriptor descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    set_option(descriptor.get(), SOL_SOCKET, SO_REUSEADDR, int{1});
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(descriptor.get(), generic(address), size) != 0 ||
        ::listen(descriptor.get(), 64) != 0 ||
        ::getsockname(descriptor.get(), generic(address), &size) != 0) {
        throw Temporary(fmt::format("cannot listen on port {}: {}", port, system_text(errno)));
    }
    port_ = ntohs(address.sin_port);
    descriptor_ = descriptor.release();
}

Listener::~Listener() {
    ::close(descriptor_);
}

std::unique_ptr<Socket> Listener::accept(const std::stop_token& stop) {
    while (wait_for(descriptor_, POLLIN, milliseconds{0}, stop) == 0) {
        const int caller = ::accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC);
        if (caller >= 0) return std::make_unique<Socket>(caller, "the caller", stop);
        if (errno != EINTR && errno != ECONNABORTED) break;
    }
    return nullptr;
}

}  // namespace lifeboat::sys
