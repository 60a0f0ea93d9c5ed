#include "sim/ios/usbmux_server.h"

#include "base/error.h"
#include "base/text.h"
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
    tcp_ = Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const int on = 1;
    ::setsockopt(tcp_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(tcp_.get(), generic(address), sizeof address) != 0 ||
        ::listen(tcp_.get(), backlog) != 0) {
        cannot_listen(fmt::format("127.0.0.1:{}", port));
    }
    socklen_t size = sizeof address;
    ::getsockname(tcp_.get(), generic(address), &size);
    port_ = ntohs(address.sin_port);
}

void UsbmuxServer::listen_unix(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
        throw Misuse("the path of a socket may have at most 107 bytes");
    }
    std::memcpy(address.sun_path, path.data(), path.size());
    ::unlink(path.c_str());
    unix_ = Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::bind(unix_.get(), generic(address), sizeof address) != 0 ||
        ::listen(unix_.get(), backlog) != 0) {
        cannot_listen(path);
    }
}

void UsbmuxServer::accept_callers(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        reap();
        // A negative descriptor is passed over.
        std::array<pollfd, 2> waiting{pollfd{tcp_.get(), POLLIN, 0},
                                      pollfd{unix_.get(), POLLIN, 0}};
        if (::poll(waiting.data(), waiting.size(), poll_ms) <= 0) continue;
        for (const pollfd& one : waiting) {
            if ((one.revents & POLLIN) != 0) accept_one(one.fd);
        }
    }
}

void UsbmuxServer::accept_one(int listener) {
    const int number = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (number < 0) return;
    callers_.with([&](std::list<Caller>& all) {
        Caller& caller = all.emplace_back();
        auto socket =
            std::make_unique<sys::Socket>(number, "the computer", caller.source.get_token());
        // A computer may take long to store what it gets: a phone waits.
        constexpr std::chrono::milliseconds for_ever(0);
        socket->set_timeouts({.read = for_ever, .write = for_ever});
        caller.thread = std::jthread([this, &caller, socket = std::move(socket)]() mutable {
            serve(caller, std::move(socket));
        });
    });
}

void UsbmuxServer::serve(Caller& caller, std::unique_ptr<sys::Socket> socket) {
    try {
        auto connected = UsbmuxClient(*this, std::move(socket)).run();
        callers_.with([&](auto&) { caller.on_phone = true; });
        if (connected.serve) connected.serve(std::move(connected.socket));
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
    bus_.update([&](Bus& bus) {
        if (bus.device) return;
        bus.device = wire::MuxDevice{.device_id = bus.next_id++,
                                     .udid = setup_.udid(),
                                     .connection = how,
                                     .location_id = 0x14200000};
        bus.events.push_back(wire::attached_body(*bus.device));
    });
}

void UsbmuxServer::detach() {
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
