// One host connected to the phone: handshake, authorisation, and the streams it opens.
#pragma once

#include "sim/android/auth.h"
#include "sim/android/channel.h"
#include "sim/android/stream.h"
#include "sys/tls.h"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace lifeboat::sim::adb {

// A service runs on a thread of its own until it returns; CLSE then goes out `closes` times.
struct Service {
    std::function<void(Stream&)> serve{};  // empty: refused
    uint32_t closes = 1;
};

// What the phone says of itself, and what it needs to know of a host. All of it outlives the link.
struct LinkSetup {
    uint32_t version = version_no_checksum;
    uint32_t max_payload = 1u << 20;
    std::vector<std::string> features{};
    std::string properties{};  // "ro.product.name=...;"
    bool needs_key = true;
    // TLS instead of a signed token, as wireless debugging has it; null: none.
    const sys::TlsIdentity* tls = nullptr;
    std::function<Service(std::string_view destination)> open{};
    std::function<Consent(std::string_view key_text)> ask{};
    std::function<void(std::string_view line)> note{};
};

// Any thread may call drop() and allow(); serve() is for one.
class Link {
public:
    Link(Fd socket, LinkSetup setup, KeyStore& keys, Faults& faults);
    ~Link();
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;

    // Until the host goes, breaks the protocol, or drop().
    void serve();
    void drop() { channel_.close(); }
    // The person has decided about a host that waits.
    void decide(Consent consent);

private:
    enum class Phase { silent, asked, offered_tls, online };
    struct Session {
        Phase phase = Phase::silent;
        Bytes token{};
        std::string waiting_key{};
        bool delayed_acks = false;
    };
    using StreamMap = std::map<uint32_t, std::shared_ptr<Stream>>;

    void receive();
    void handle(Packet packet);
    void connect(const Packet& packet);
    void authenticate(const Packet& packet);
    void go_secure();
    void offer_token(Session& session);
    void welcome(Session& session);
    void open(const Packet& packet);
    void start(std::shared_ptr<Stream> stream, Service service);
    void write(Packet packet);
    void acknowledge(const Packet& packet);
    void close(const Packet& packet);
    std::shared_ptr<Stream> find(uint32_t local, uint32_t remote);
    void reap();
    void end_streams();

    Fd socket_;
    LinkSetup setup_;
    KeyStore& keys_;
    Channel channel_;
    std::shared_ptr<sys::TlsStream> tls_{};  // the reader's
    PacketParser parser_;
    Guarded<Session> session_;
    std::set<std::string, std::less<>> common_;  // features of both; the reader's
    Guarded<StreamMap> streams_;
    Guarded<std::vector<uint32_t>> finished_;
    std::map<uint32_t, std::jthread> workers_;  // the reader's
    uint32_t next_id_ = 1;
};

}  // namespace lifeboat::sim::adb
