// The usbmux daemon of this computer: which iPhones are there, streams to them, and the pair
// records that all programs of this computer share.
#pragma once

#include "phone/ios/usbmux_wire.h"
#include "sys/stream_socket.h"

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

namespace lifeboat::phone::ios {

// Where the daemon listens.
struct UsbmuxEndpoint {
    std::string path{};  // a UNIX socket, unless there is a host
    std::string host{};
    uint16_t port = 0;
    bool operator==(const UsbmuxEndpoint&) const = default;
    std::string text() const;
};

// What USBMUXD_SOCKET_ADDRESS may hold, in the spellings of all programs that read it:
// "UNIX:/path", "unix:///path", "/path", "host:port", "[::1]:port". Empty: where the daemon is by
// default. Throws Misuse.
UsbmuxEndpoint usbmux_endpoint(const std::string& address);

struct Attached {
    MuxDevice device{};
};
struct Detached {
    uint64_t device_id = 0;
};
struct Paired {
    uint64_t device_id = 0;
};
using MuxEvent = std::variant<Attached, Detached, Paired>;

// What the daemon tells as it happens, beginning with the phones that are there already. One
// thread.
class UsbmuxEvents {
public:
    explicit UsbmuxEvents(std::unique_ptr<sys::Socket> socket);
    // Nothing when nothing happened for `patience`. Throws sys::ConnectionLost when the daemon
    // ends, Garbled, Cancelled.
    std::optional<MuxEvent> next(std::chrono::milliseconds patience);

private:
    std::unique_ptr<sys::Socket> socket_;
};

// Functions may be called from several threads at once: each call is a connection of its own.
class Usbmux {
public:
    // `address` as usbmux_endpoint takes it.
    explicit Usbmux(const std::string& address);

    // All throw Missing when no daemon runs, Temporary when it hangs up or is silent, Garbled,
    // Cancelled.
    std::vector<MuxDevice> devices(const std::stop_token& stop) const;
    UsbmuxEvents events(const std::stop_token& stop) const;

    // A stream to a port of the phone. Throws Gone when the daemon does not know the phone any
    // more, Missing when nothing listens on that port.
    std::unique_ptr<sys::Socket> connect(uint64_t device_id, uint16_t port,
                                         const std::stop_token& stop) const;

    // Nothing when this computer never paired with that phone.
    std::optional<Bytes> pair_record(const std::string& udid, const std::stop_token& stop) const;
    void save_pair_record(const MuxDevice& device, ByteView record,
                          const std::stop_token& stop) const;
    void delete_pair_record(const std::string& udid, const std::stop_token& stop) const;
    // The name of this computer among those that pair: a UUID.
    std::string buid(const std::stop_token& stop) const;

private:
    std::unique_ptr<sys::Socket> dial(const std::stop_token& stop) const;
    plist::Dict ask(sys::Socket& socket, plist::Dict request) const;

    UsbmuxEndpoint endpoint_;
};

}  // namespace lifeboat::phone::ios
