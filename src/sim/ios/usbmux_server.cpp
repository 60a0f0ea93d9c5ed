#include "sim/ios/usbmux_server.h"

#include "base/error.h"
#include "base/text.h"
#include "sim/ios/lockdown_service.h"
#include "sim/ios/usbmux_client.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace lifeboat::sim::ios {

namespace {

constexpr int poll_ms = 50;
constexpr int backlog = 64;

// The socket interface wants its addresses under another name.
template <class Address>
sockaddr* generic(Address& address) {
    return static_cast<sockaddr*>(static_cast<void*>(&address));
}

// Nothing when it cannot listen there. Who hung up before it was accepted keeps nobody waiting.
Fd listen_at(const std::string& host, uint16_t port) {
    Fd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const int on = 1;
    ::setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    ::inet_pton(AF_INET, host.c_str(), &address.sin_addr);
    const bool listens = ::bind(listener.get(), generic(address), sizeof address) == 0 &&
                         ::listen(listener.get(), backlog) == 0;
    return listens ? std::move(listener) : Fd();
}

[[noreturn]] void cannot_listen(const std::string& where) {
    throw Misuse(fmt::format("cannot listen on {}: {}", printable(where), std::strerror(errno)));
}

}  // namespace

UsbmuxServer::UsbmuxServer(Setup setup) : setup_(std::move(setup)) {
    std::filesystem::create_directories(setup_.records);
    listen_tcp(setup_.port);
    if (!setup_.unix_path.empty()) listen_unix(setup_.unix_path);
    acceptor_ = std::jthread([this](const std::stop_token& stop) { accept_callers(stop); });
}

UsbmuxServer::~UsbmuxServer() {
    acceptor_.request_stop();
    if (acceptor_.joinable()) acceptor_.join();
    callers_.with([](std::list<Caller>& all) {
        for (Caller& caller : all) caller.source.request_stop();
    });
    callers_.with([](std::list<Caller>& all) { return std::exchange(all, {}); });
    if (!setup_.unix_path.empty()) ::unlink(setup_.unix_path.c_str());
}

void UsbmuxServer::listen_tcp(uint16_t port) {
    tcp_ = listen_at("127.0.0.1", port);
    if (!tcp_) cannot_listen(fmt::format("127.0.0.1:{}", port));
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ::getsockname(tcp_.get(), generic(address), &size);
    port_ = ntohs(address.sin_port);
}

std::string UsbmuxServer::network_address() const {
    return fmt::format("127.77.{}.{}", port_ >> 8, port_ & 0xff);
}

void UsbmuxServer::open_in_network(uint16_t port) {
    Fd listener = listen_at(network_address(), port);
    if (!listener) cannot_listen(fmt::format("{}:{}", network_address(), port));
    network_ports_.with([&](auto& all) { all.insert_or_assign(port, std::move(listener)); });
}

void UsbmuxServer::listen_unix(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
        throw Misuse("the path of a socket may have at most 107 bytes");
    }
    std::memcpy(address.sun_path, path.data(), path.size());
    ::unlink(path.c_str());
    unix_ = Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (::bind(unix_.get(), generic(address), sizeof address) != 0 ||
        ::listen(unix_.get(), backlog) != 0) {
        cannot_listen(path);
    }
}

void UsbmuxServer::accept_callers(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        reap();
        // A negative descriptor is passed over.
        std::vector<pollfd> waiting{{tcp_.get(), POLLIN, 0}, {unix_.get(), POLLIN, 0}};
        std::vector<uint16_t> ports;
        network_ports_.with([&](auto& all) {
            for (const auto& [port, listener] : all) {
                ports.push_back(port);
                waiting.push_back({listener.get(), POLLIN, 0});
            }
        });
        if (::poll(waiting.data(), waiting.size(), poll_ms) <= 0) continue;
        for (size_t i = 0; i < waiting.size(); ++i) {
            if ((waiting[i].revents & POLLIN) == 0) continue;
            if (i < 2) {
                accept_one(waiting[i].fd, std::nullopt);
            } else {
                accept_in_network(ports[i - 2]);
            }
        }
    }
}

// The port may have gone since it was waited for.
void UsbmuxServer::accept_in_network(uint16_t port) {
    network_ports_.with([&](auto& all) {
        const auto at = all.find(port);
        if (at == all.end()) return;
        accept_one(at->second.get(), port);
        if (port != lockdown_port) all.erase(at);
    });
}

void UsbmuxServer::accept_one(int listener, std::optional<uint16_t> port) {
    const int number = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (number < 0) return;
    callers_.with([&](std::list<Caller>& all) {
        Caller& caller = all.emplace_back();
        auto socket =
            std::make_unique<sys::Socket>(number, "the computer", caller.source.get_token());
        // A computer may take long to store what it gets: a phone waits.
        constexpr std::chrono::milliseconds for_ever(0);
        socket->set_timeouts({.read = for_ever, .write = for_ever});
        caller.thread = std::jthread([this, &caller, port, socket = std::move(socket)]() mutable {
            serve(caller, std::move(socket), port);
        });
    });
}

void UsbmuxServer::serve_phone(Caller& caller, const Serve& serve,
                               std::unique_ptr<sys::Socket> socket) {
    if (!serve) return;
    callers_.with([&](auto&) { caller.on_phone = true; });
    // Who connected while the phone went would not be broken off any more.
    if (is_attached()) serve(std::move(socket));
}

void UsbmuxServer::serve(Caller& caller, std::unique_ptr<sys::Socket> socket,
                         std::optional<uint16_t> port) {
    try {
        if (port) {
            serve_phone(caller, setup_.connect(*port), std::move(socket));
        } else {
            auto connected = UsbmuxClient(*this, std::move(socket)).run();
            serve_phone(caller, connected.serve, std::move(connected.socket));
        }
    } catch (const Cancelled&) {
        setup_.note("a stream was broken off");
    } catch (const sys::ConnectionLost&) {
        // Programs leave when they have what they want.
    } catch (const Error& error) {
        setup_.note("a stream ended: " + error.full_text());
    } catch (const std::exception& error) {
        // Of the standard library: a folder of the world that somebody took away, no memory.
        setup_.note(std::string("a stream broke: ") + error.what());
    }
    callers_.with([&](auto&) { caller.ended = true; });
}

void UsbmuxServer::reap() {
    std::list<Caller> ended;
    callers_.with([&](std::list<Caller>& all) {
        for (auto at = all.begin(); at != all.end();) {
            const auto next = std::next(at);
            if (at->ended) ended.splice(ended.end(), all, at);
            at = next;
        }
    });
}

void UsbmuxServer::attach(wire::MuxConnection how) {
    const bool networked = how == wire::MuxConnection::network;
    if (networked && !is_attached()) open_in_network(lockdown_port);
    bus_.update([&](Bus& bus) {
        if (bus.device) return;
        bus.device = wire::MuxDevice{.device_id = bus.next_id++,
                                     .udid = setup_.udid(),
                                     .connection = how,
                                     .location_id = 0x14200000,
                                     .address = networked ? network_address() : ""};
        bus.events.push_back(wire::attached_body(*bus.device));
    });
}

void UsbmuxServer::detach() {
    network_ports_.with([](auto& all) {
        // While somebody waits for a closed socket in poll(), it would still listen.
        for (const auto& [port, listener] : all) ::shutdown(listener.get(), SHUT_RDWR);
        all.clear();
    });
    bus_.update([](Bus& bus) {
        if (!bus.device) return;
        bus.events.push_back({{"MessageType", "Detached"}, {"DeviceID", bus.device->device_id}});
        bus.device.reset();
    });
    drop_streams();
}

void UsbmuxServer::drop_streams() {
    callers_.with([](std::list<Caller>& all) {
        for (Caller& caller : all) {
            if (caller.on_phone) caller.source.request_stop();
        }
    });
}

}  // namespace lifeboat::sim::ios
