// The daemon that carries streams to the simulated iPhone: usbmux on a UNIX socket and on a TCP
// port.
#pragma once

#include "base/guarded.h"
#include "phone/ios/usbmux_wire.h"
#include "sim/fd.h"
#include "sys/stream_socket.h"

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace lifeboat::sim::ios {

namespace wire = phone::ios;

// Listens from its making to its end. Any thread.
class UsbmuxServer {
public:
    // Gives the socket to the phone's port and returns when the stream has ended.
    using Serve = std::function<void(std::unique_ptr<sys::Socket>)>;
    struct Setup {
        std::string unix_path{};  // may be empty
        uint16_t port = 0;        // of 127.0.0.1; 0: any free one
        std::string records{};    // the folder of pair records, as <udid>.plist
        std::function<std::string()> udid{};
        // Who listens on that port of the phone; empty when nobody does.
        std::function<Serve(uint16_t)> connect{};
        std::function<void(std::string_view)> note{};
    };

    // Throws Misuse when it cannot listen there.
    explicit UsbmuxServer(Setup setup);
    ~UsbmuxServer();
    UsbmuxServer(const UsbmuxServer&) = delete;
    UsbmuxServer& operator=(const UsbmuxServer&) = delete;

    uint16_t port() const { return port_; }
    // The phone is plugged in (the daemon gives it a new number), or goes: its streams break.
    void attach(wire::MuxConnection how);
    void detach();
    bool is_attached() const {
        return bus_.with([](const Bus& bus) { return bus.device.has_value(); });
    }
    // Streams to the phone break; it stays on the bus.
    void drop_streams();
    // A port of a phone in the network, at its own address: some programs (libimobiledevice) go
    // there without asking the daemon. Until the phone goes; one for a service takes one
    // connection.
    void open_in_network(uint16_t port);
    // 127.77.x.y, another for each daemon of this machine.
    std::string network_address() const;

private:
    friend class UsbmuxClient;
    struct Bus {
        uint64_t next_id = 1;
        std::optional<wire::MuxDevice> device{};
        std::vector<plist::Dict> events{};  // since the start: each listener knows how far it is
    };
    struct Caller {
        std::stop_source source{};
        std::jthread thread{};
        bool on_phone = false;
        bool ended = false;
    };

    void listen_tcp(uint16_t port);
    void listen_unix(const std::string& path);
    void accept_callers(const std::stop_token& stop);
    // `port`: of the phone, in the network; nothing: the daemon is asked.
    void accept_one(int listener, std::optional<uint16_t> port);
    void accept_in_network(uint16_t port);
    void reap();
    void serve(Caller& caller, std::unique_ptr<sys::Socket> socket, std::optional<uint16_t> port);
    // Until the stream has ended.
    void serve_phone(Caller& caller, const Serve& serve, std::unique_ptr<sys::Socket> socket);

    Setup setup_;
    Fd tcp_;
    Fd unix_;
    uint16_t port_ = 0;
    Guarded<Bus> bus_;
    Guarded<std::map<uint16_t, Fd>> network_ports_;
    Guarded<std::list<Caller>> callers_;
    std::jthread acceptor_;
};

}  // namespace lifeboat::sim::ios
