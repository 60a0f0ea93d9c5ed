// The sending half of one adb connection: packets of many streams on one socket, in an order that
// keeps every stream's own, with the faults of the plan.
#pragma once

#include "base/guarded.h"
#include "phone/android/direct/packet.h"
#include "sim/android/faults.h"
#include "sim/fd.h"
#include "sys/tls.h"

#include <deque>
#include <memory>
#include <stop_token>

namespace lifeboat::sim::adb {

// The same bytes at both ends.
using phone::android::Checksum;
using phone::android::Command;
using phone::android::max_payload_before_connection;
using phone::android::Packet;
using phone::android::PacketParser;
using phone::android::version_no_checksum;

class Stream;

// Control packets (OKAY, CLSE, AUTH, CNXN) are queued and never block the thread that reads from
// the host; data is sent by the thread that has it when the host is ready for it, and else by
// run(). Every send takes the queued control packets first. Lock order: wire, stream, outbox.
class Channel {
public:
    Channel(int socket, Faults& faults) : socket_(socket), faults_(faults) {}

    void queue(Command command, uint32_t arg0, uint32_t arg1, ByteView payload = {});
    // `stream` has data waiting, and the host has become ready for it.
    void ready(std::shared_ptr<Stream> stream);
    // Sends one WRTE now; throws Cancelled when the connection is gone.
    void send_data(uint32_t local, uint32_t remote, ByteView data);

    // Sends what is queued, until close().
    void run();
    // Drops the connection; everyone who waits for it wakes.
    void close();

    // From now on; nothing is on its way when this is called.
    void use_tls(std::shared_ptr<sys::TlsStream> tls) {
        wire_.with([&](Wire& wire) { wire.tls = std::move(tls); });
    }
    void set_checksum(Checksum kind) {
        settings_.with([&](Settings& s) { s.checksum = kind; });
    }
    void set_max_payload(uint32_t bytes) {
        settings_.with([&](Settings& s) { s.max_payload = bytes; });
    }
    uint32_t max_payload() const {
        return settings_.with([](const Settings& s) { return s.max_payload; });
    }

private:
    struct Settings {
        Checksum checksum = Checksum::sum;  // until the host says which version it speaks
        uint32_t max_payload = max_payload_before_connection;
    };
    struct Outbox {
        std::deque<Packet> control{};
        std::deque<std::shared_ptr<Stream>> ready{};
        bool closed = false;
    };
    struct Wire {
        uint64_t payload_sent = 0;
        bool stalled = false;
        std::shared_ptr<sys::TlsStream> tls{};
        Bytes buffer{};  // changes places with a stream's backlog, so that neither grows anew
    };

    void flush(Wire& wire);
    void send(Wire& wire, Command command, uint32_t arg0, uint32_t arg1, ByteView payload);
    // How much of `size` bytes may go out before the plan cuts the link; stalls where it says so.
    size_t allowed(Wire& wire, size_t size);
    void write_all(const Wire& wire, ByteView header, ByteView payload);
    void write_secure(sys::TlsStream& tls, ByteView header, ByteView payload);
    void write_split(ByteView bytes);
    [[noreturn]] void give_up();

    int socket_;
    Faults& faults_;
    Guarded<Settings> settings_;
    Guarded<Outbox> outbox_;
    Guarded<Wire> wire_;
};

}  // namespace lifeboat::sim::adb
