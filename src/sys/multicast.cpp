#include "sys/multicast.h"

#include "base/error.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

namespace lifeboat::sys {
namespace {

constexpr std::chrono::milliseconds slice{50};  // how soon a stop is seen
constexpr size_t most_networks = 64;

const sockaddr* generic(const sockaddr_in& address) {
    return static_cast<const sockaddr*>(static_cast<const void*>(&address));
}
sockaddr* generic(sockaddr_in& address) {
    return static_cast<sockaddr*>(static_cast<void*>(&address));
}

Ipv4 ipv4_of(const sockaddr* address) {
    sockaddr_in v4{};
    std::memcpy(&v4, address, sizeof v4);
    return ntohl(v4.sin_addr.s_addr);
}

sockaddr_in at(Ipv4 address, uint16_t port) {
    sockaddr_in out{};
    out.sin_family = AF_INET;
    out.sin_addr.s_addr = htonl(address);
    out.sin_port = htons(port);
    return out;
}

template <class Value>
bool set_option(int descriptor, int level, int name, const Value& value) {
    return ::setsockopt(descriptor, level, name, &value, sizeof value) == 0;
}

in_addr wire(Ipv4 address) {
    return {.s_addr = htonl(address)};
}

// Everybody hears what is sent, this computer included, and nobody behind a router.
int new_socket() {
    const int descriptor = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) {
        throw Temporary(fmt::format("no more sockets: {}", std::strerror(errno)));
    }
    set_option(descriptor, IPPROTO_IP, IP_MULTICAST_TTL, int{255});
    set_option(descriptor, IPPROTO_IP, IP_MULTICAST_LOOP, int{1});
    set_option(descriptor, IPPROTO_IP, IP_MULTICAST_ALL, int{0});
    return descriptor;
}

std::vector<LocalNetwork> networks_within(Reach reach) {
    auto all = local_networks();
    if (reach == Reach::loopback) {
        std::erase_if(all, [](const LocalNetwork& one) { return !one.is_loopback; });
    }
    return all;
}

}  // namespace

std::string ipv4_text(Ipv4 address) {
    return fmt::format("{}.{}.{}.{}", address >> 24, address >> 16 & 0xff, address >> 8 & 0xff,
                       address & 0xff);
}

std::vector<LocalNetwork> local_networks() {
    ifaddrs* raw = nullptr;
    if (::getifaddrs(&raw) != 0) return {};
    const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> all(raw, &::freeifaddrs);
    std::vector<LocalNetwork> out;
    for (const ifaddrs* one = all.get(); one != nullptr; one = one->ifa_next) {
        if (one->ifa_addr == nullptr || one->ifa_addr->sa_family != AF_INET) continue;
        const bool loopback = (one->ifa_flags & IFF_LOOPBACK) != 0;
        // Linux does multicast on loopback without saying so.
        if ((one->ifa_flags & IFF_UP) == 0 ||
            (!loopback && (one->ifa_flags & IFF_MULTICAST) == 0) || one->ifa_netmask == nullptr ||
            out.size() == most_networks) {
            continue;
        }
        out.push_back({.own = ipv4_of(one->ifa_addr),
                       .mask = ipv4_of(one->ifa_netmask),
                       .is_loopback = loopback});
    }
    return out;
}

MulticastGroup::MulticastGroup(const Setup& setup)
    : setup_(setup), networks_(networks_within(setup.reach)) {
    if (setup_.own_port) own_ = open_own();
    shared_ = open_shared();
    if (shared_ < 0 && own_ < 0) {
        throw Temporary(
            fmt::format("cannot listen on UDP port {}: {}", setup_.port, std::strerror(errno)));
    }
}

MulticastGroup::~MulticastGroup() {
    for (const int descriptor : {shared_, own_}) {
        if (descriptor >= 0) ::close(descriptor);
    }
}

int MulticastGroup::open_own() const {
    const int descriptor = new_socket();
    const sockaddr_in any = at(INADDR_ANY, 0);
    if (::bind(descriptor, generic(any), sizeof any) == 0) return descriptor;
    ::close(descriptor);
    return -1;
}

// Bound to the group and not to all addresses: what others are told alone stays theirs.
int MulticastGroup::open_shared() const {
    const int descriptor = new_socket();
    set_option(descriptor, SOL_SOCKET, SO_REUSEADDR, int{1});
    const sockaddr_in group = at(setup_.group, setup_.port);
    if (::bind(descriptor, generic(group), sizeof group) != 0) {
        const int error = errno;
        ::close(descriptor);
        errno = error;
        return -1;
    }
    for (const LocalNetwork& network : networks_) {
        set_option(
            descriptor, IPPROTO_IP, IP_ADD_MEMBERSHIP,
            ip_mreq{.imr_multiaddr = wire(setup_.group), .imr_interface = wire(network.own)});
    }
    return descriptor;
}

void MulticastGroup::send(ByteView bytes) {
    const sockaddr_in group = at(setup_.group, setup_.port);
    for (const int descriptor : {shared_, own_}) {
        if (descriptor < 0) continue;
        for (const LocalNetwork& network : networks_) {
            if (!set_option(descriptor, IPPROTO_IP, IP_MULTICAST_IF, wire(network.own))) continue;
            ::sendto(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL, generic(group),
                     sizeof group);
        }
    }
}

void MulticastGroup::answer(ByteView bytes, const Datagram& to) {
    const sockaddr_in there = at(to.from, to.from_port);
    ::sendto(shared_, bytes.data(), bytes.size(), MSG_NOSIGNAL, generic(there), sizeof there);
}

std::optional<Datagram> MulticastGroup::take(int descriptor) const {
    Datagram out;
    out.bytes.resize(setup_.longest + 1);
    sockaddr_in from{};
    socklen_t size = sizeof from;
    const ssize_t got =
        ::recvfrom(descriptor, out.bytes.data(), out.bytes.size(), 0, generic(from), &size);
    if (got < 0 || static_cast<size_t>(got) > setup_.longest) return std::nullopt;
    out.bytes.resize(static_cast<size_t>(got));
    out.from = ntohl(from.sin_addr.s_addr);
    out.from_port = ntohs(from.sin_port);
    return out;
}

std::optional<Datagram> MulticastGroup::receive(std::chrono::milliseconds limit,
                                                const std::stop_token& stop) {
    std::chrono::milliseconds left = limit;
    while (true) {
        if (stop.stop_requested()) throw Cancelled();
        std::array<pollfd, 2> both{pollfd{shared_, POLLIN, 0}, pollfd{own_, POLLIN, 0}};
        const auto now = std::clamp(left, std::chrono::milliseconds{0}, slice);
        if (::poll(both.data(), both.size(), static_cast<int>(now.count())) > 0) {
            for (const pollfd& one : both) {
                if (one.revents == 0) continue;
                if (auto datagram = take(one.fd)) return datagram;
            }
            // One that was too long, or an error that the next one tells again.
        }
        left -= std::max(now, std::chrono::milliseconds{1});
        if (left.count() <= 0) return std::nullopt;
    }
}

}  // namespace lifeboat::sys
