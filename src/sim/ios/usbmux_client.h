// One program connected to the simulated usbmux daemon, from its first request to the end.
#pragma once

#include "sim/ios/usbmux_server.h"

namespace lifeboat::sim::ios {

class UsbmuxClient {
public:
    UsbmuxClient(UsbmuxServer& server, std::unique_ptr<sys::Socket> socket)
        : server_(server), socket_(std::move(socket)) {}

    // Answers requests. Returns what the program connected itself to, with the socket; nothing when
    // it hung up.
    struct Connected {
        UsbmuxServer::Serve serve{};
        std::unique_ptr<sys::Socket> socket{};
    };
    Connected run();

private:
    Bytes read_exactly(size_t size);
    plist::Dict answer(const plist::Dict& request);
    plist::Dict devices() const;
    plist::Dict connect(const plist::Dict& request);
    plist::Dict read_record(const plist::Dict& request) const;
    plist::Dict save_record(const plist::Dict& request);
    plist::Dict remove_record(const plist::Dict& request);
    plist::Dict buid() const;
    void listen();

    UsbmuxServer& server_;
    std::unique_ptr<sys::Socket> socket_;
    UsbmuxServer::Serve serve_;
    bool listens_ = false;
};

}  // namespace lifeboat::sim::ios
