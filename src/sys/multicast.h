// Datagrams to and from a multicast group in the networks that this computer is part of (IPv4).
#pragma once

#include "base/bytes.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace lifeboat::sys {

// In host byte order: 127.0.0.1 is 0x7f000001.
using Ipv4 = uint32_t;
std::string ipv4_text(Ipv4 address);

// A network that an interface of this computer is in now.
struct LocalNetwork {
    Ipv4 own = 0;
    Ipv4 mask = 0;
    bool is_loopback = false;
    bool holds(Ipv4 address) const { return (address & mask) == (own & mask); }
};
// Of the interfaces that are up and do multicast; loopback is always one of them, if it is up.
std::vector<LocalNetwork> local_networks();

struct Datagram {
    Bytes bytes{};
    Ipv4 from = 0;
    uint16_t from_port = 0;
};

enum class Reach { loopback, all_networks };

// One thread.
class MulticastGroup {
public:
    struct Setup {
        Ipv4 group = 0;
        uint16_t port = 0;
        Reach reach = Reach::all_networks;
        // A port of our own besides the group's: who answers a datagram answers to both. With it,
        // a group's port that another program does not share is no error.
        bool own_port = false;
        size_t longest = 9000;  // longer datagrams are dropped
    };
    // Throws Temporary when the system has no socket or the port is taken.
    explicit MulticastGroup(const Setup& setup);
    ~MulticastGroup();
    MulticastGroup(const MulticastGroup&) = delete;
    MulticastGroup& operator=(const MulticastGroup&) = delete;

    // To everybody in the group, in each network. A network that takes nothing now is left out.
    void send(ByteView bytes);
    // To one, from the group's port.
    void answer(ByteView bytes, const Datagram& to);
    // Nothing when `limit` passed in silence. Throws Cancelled on `stop`.
    std::optional<Datagram> receive(std::chrono::milliseconds limit, const std::stop_token& stop);

    // Those that datagrams go to.
    const std::vector<LocalNetwork>& networks() const { return networks_; }

private:
    int open_shared() const;
    int open_own() const;
    std::optional<Datagram> take(int descriptor) const;

    Setup setup_;
    std::vector<LocalNetwork> networks_;
    int shared_ = -1;  // at the group's port, with whoever else is there
    int own_ = -1;
};

}  // namespace lifeboat::sys
