#include "sim/android/link.h"

#include "base/error.h"
#include "base/text.h"
#include "crypto/android_key.h"
#include "sys/random.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <iterator>

namespace lifeboat::sim::adb {

namespace {

constexpr uint32_t auth_token = 1;
constexpr uint32_t auth_signature = 2;
constexpr uint32_t auth_public_key = 3;
constexpr size_t token_size = 20;
constexpr uint32_t tls_version = 0x01000000;
constexpr uint32_t delayed_ack_window = 32u << 20;
constexpr size_t stream_limit = 256;
constexpr std::string_view delayed_ack = "delayed_ack";

// "host::features=a,b,c" and other "k=v" parts between semicolons.
std::set<std::string, std::less<>> features_of(std::string_view banner) {
    std::set<std::string, std::less<>> features;
    const size_t properties = banner.find("::");
    if (properties == std::string_view::npos) return features;
    for (const std::string_view part : split(banner.substr(properties + 2), ';')) {
        if (!part.starts_with("features=")) continue;
        for (const std::string_view name : split(part.substr(9), ',')) features.emplace(name);
    }
    return features;
}

std::string_view without_nuls(std::string_view text) {
    while (!text.empty() && text.back() == '\0') text.remove_suffix(1);
    return text;
}

}  // namespace

Link::Link(Fd socket, LinkSetup setup, KeyStore& keys, Faults& faults)
    : socket_(std::move(socket)),
      setup_(std::move(setup)),
      keys_(keys),
      channel_(socket_.get(), faults) {
    const int on = 1;
    ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (setup_.version >= version_no_checksum) channel_.set_checksum(Checksum::none);
}

Link::~Link() {
    drop();
    end_streams();
}

void Link::serve() {
    const std::jthread sender([this] {
        try {
            channel_.run();
        } catch (const Cancelled&) {
            channel_.close();
        }
    });
    try {
        receive();
    } catch (const Cancelled&) {
        setup_.note("connection dropped");
    } catch (const Error& error) {
        setup_.note("connection dropped: " + error.message());
    }
    channel_.close();
    end_streams();
}

void Link::receive() {
    for (;;) {
        const MutableByteView space = parser_.space();
        const ssize_t got = tls_ ? static_cast<ssize_t>(tls_->read_unless_silent(space).value_or(0))
                                 : ::recv(socket_.get(), space.data(), space.size(), 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return;
        if (auto packet = parser_.commit(static_cast<size_t>(got))) handle(std::move(*packet));
    }
}

void Link::handle(Packet packet) {
    const bool online = session_.with([](const Session& s) { return s.phase == Phase::online; });
    switch (static_cast<Command>(packet.command)) {
        case Command::cnxn:
            return connect(packet);
        case Command::auth:
            return authenticate(packet);
        case Command::open:
            if (online) open(packet);
            return;
        case Command::wrte:
            if (online) write(std::move(packet));
            return;
        case Command::okay:
            if (online) acknowledge(packet);
            return;
        case Command::clse:
            if (online) close(packet);
            return;
        case Command::stls:
            return go_secure();
    }
    throw Corrupt(fmt::format("unknown adb packet {:08x}", packet.command));
}

void Link::connect(const Packet& packet) {
    if (packet.arg1 == 0) throw Corrupt("the host takes no payload at all");
    end_streams();
    const bool sums = std::min(packet.arg0, setup_.version) < version_no_checksum;
    parser_.set_checksum(sums ? Checksum::sum : Checksum::none);
    channel_.set_checksum(sums ? Checksum::sum : Checksum::none);
    const auto offered = features_of(without_nuls(as_text(packet.payload)));
    common_.clear();
    for (const std::string& feature : setup_.features) {
        if (offered.contains(feature)) common_.insert(feature);
    }
    channel_.set_max_payload(std::min(packet.arg1, setup_.max_payload));
    session_.with([&](Session& session) {
        session = {};
        session.delayed_acks = common_.contains(delayed_ack);
        if (setup_.tls != nullptr && !tls_) {
            session.phase = Phase::offered_tls;
            channel_.queue(Command::stls, tls_version, 0);
        } else {
            setup_.needs_key && !tls_ ? offer_token(session) : welcome(session);
        }
    });
}

// On the same socket, in which nothing of the host's can be but the first word of TLS.
void Link::go_secure() {
    const bool offered =
        session_.with([](const Session& s) { return s.phase == Phase::offered_tls; });
    if (!offered) throw Corrupt("the host asks for TLS, which was not offered");
    auto socket =
        std::make_unique<sys::Socket>(::dup(socket_.get()), "the host", std::stop_token{});
    const auto tls = std::make_shared<sys::TlsStream>(std::move(socket), sys::TlsRole::server,
                                                      *setup_.tls, sys::TlsVersions::only_1_3);
    tls->shake_hands();
    if (!keys_.knows(crypto::android_key_of(tls->peer_certificate()))) {
        throw Denied("the host's key is not known here");
    }
    tls_ = tls;
    channel_.use_tls(tls);
    session_.with([&](Session& session) { welcome(session); });
}

void Link::offer_token(Session& session) {
    session.phase = Phase::asked;
    session.token.resize(token_size);
    sys::SystemRandom().fill(session.token);
    channel_.queue(Command::auth, auth_token, 0, session.token);
}

void Link::welcome(Session& session) {
    session.phase = Phase::online;
    // Both sides know the limit now; a host may use it from its next packet on.
    parser_.set_max_payload(setup_.max_payload);
    const std::string banner =
        fmt::format("device::{}features={}", setup_.properties, fmt::join(setup_.features, ","));
    channel_.queue(Command::cnxn, setup_.version, setup_.max_payload, as_bytes(banner));
    setup_.note("host connected");
}

void Link::authenticate(const Packet& packet) {
    session_.with([&](Session& session) {
        if (session.phase != Phase::asked) return;
        if (packet.arg0 == auth_signature) {
            const bool known = keys_.verifies(session.token, packet.payload);
            return known ? welcome(session) : offer_token(session);
        }
        if (packet.arg0 != auth_public_key) return;
        const std::string key(without_nuls(as_text(packet.payload)));
        if (!parse_public_key(key)) throw Corrupt("the host's public key is none");
        session.waiting_key = key;
        const Consent consent = setup_.ask(key);
        if (consent != Consent::accept) return;
        keys_.trust(key);
        welcome(session);
    });
}

void Link::decide(Consent consent) {
    session_.with([&](Session& session) {
        if (session.phase != Phase::asked || session.waiting_key.empty()) return;
        if (consent == Consent::accept) {
            keys_.trust(session.waiting_key);
            welcome(session);
        } else if (consent == Consent::deny) {
            session.waiting_key.clear();
        }
    });
}

void Link::open(const Packet& packet) {
    reap();
    const bool delayed = session_.with([](const Session& s) { return s.delayed_acks; });
    const auto refuse = [&] { channel_.queue(Command::clse, 0, packet.arg0); };
    // A host that grants a window without the feature, or none with it, speaks another dialect.
    if (packet.arg0 == 0 || delayed != (packet.arg1 != 0)) return refuse();
    if (workers_.size() >= stream_limit) return refuse();
    const std::string_view destination = without_nuls(as_text(packet.payload));
    Service service = setup_.open(destination);
    if (!service.serve) return refuse();
    const FlowControl flow{delayed, packet.arg1};
    start(std::make_shared<Stream>(channel_, next_id_++, packet.arg0, flow), std::move(service));
}

void Link::start(std::shared_ptr<Stream> stream, Service service) {
    const uint32_t local = stream->local();
    streams_.with([&](StreamMap& map) { map.emplace(local, stream); });
    Bytes window;
    if (session_.with([](const Session& s) { return s.delayed_acks; })) {
        append_le<uint32_t>(window, delayed_ack_window);
    }
    channel_.queue(Command::okay, local, stream->remote(), window);
    workers_.emplace(local, [this, stream, service = std::move(service)] {
        try {
            service.serve(*stream);
        } catch (const Cancelled&) {
            // The host has closed the stream or the connection: nobody is left to tell.
        } catch (const Error& error) {
            setup_.note("service ended: " + error.full_text());
        }
        stream->finish(service.closes);
        finished_.with([&](auto& ids) { ids.push_back(stream->local()); });
    });
}

std::shared_ptr<Stream> Link::find(uint32_t local, uint32_t remote) {
    return streams_.with([&](const StreamMap& map) -> std::shared_ptr<Stream> {
        const auto at = map.find(local);
        if (at == map.end() || at->second->remote() != remote) return nullptr;
        return at->second;
    });
}

void Link::write(Packet packet) {
    if (const auto stream = find(packet.arg1, packet.arg0)) {
        stream->accept(std::move(packet.payload));
    }
}

void Link::acknowledge(const Packet& packet) {
    const auto stream = find(packet.arg1, packet.arg0);
    if (!stream) return;
    if (packet.payload.empty()) return stream->okay(std::nullopt);
    if (packet.payload.size() != 4) throw Corrupt("an OKAY that carries neither 0 nor 4 bytes");
    stream->okay(load_le<int32_t>(packet.payload));
}

void Link::close(const Packet& packet) {
    const auto stream = find(packet.arg1, packet.arg0);
    if (!stream) return;
    stream->close();
    channel_.queue(Command::clse, packet.arg1, packet.arg0);
}

void Link::reap() {
    const auto done = finished_.with([](auto& ids) { return std::exchange(ids, {}); });
    for (const uint32_t id : done) workers_.erase(id);
    // A stream outlives its service while the host has not taken the last bytes.
    streams_.with([](StreamMap& map) {
        std::erase_if(map, [](const auto& entry) { return entry.second->closed(); });
    });
}

void Link::end_streams() {
    const auto open_streams = streams_.with([](const StreamMap& map) { return map; });
    for (const auto& [id, stream] : open_streams) stream->close();
    workers_.clear();
    finished_.with([](auto& ids) { ids.clear(); });
}

}  // namespace lifeboat::sim::adb
