#include "phone/ios/connection.h"

#include "phone/ios/file_frames.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace lifeboat::phone::ios {
namespace {

// Reads return this often, so that a wait can be extended and a stop is seen. A phone that goes
// away ends a read at once: its sockets are shut down.
constexpr milliseconds slice{250};

[[noreturn]] void throw_gone(const std::string& how) {
    throw Gone(fmt::format("the iPhone went away ({})", how),
               "Nothing that was saved is lost. Connect the iPhone again and run the same command: "
               "it goes on where it was.");
}

}  // namespace

void Presence::went() noexcept {
    state_.with([](State& state) {
        state.gone = true;
        for (sys::Socket* socket : state.sockets) socket->shutdown();
    });
}

bool Presence::is_gone() const {
    return state_.with([](const State& state) { return state.gone; });
}

void Presence::add(sys::Socket* socket) {
    state_.with([&](State& state) {
        state.sockets.push_back(socket);
        if (state.gone) socket->shutdown();
    });
}

void Presence::remove(sys::Socket* socket) {
    state_.with([&](State& state) { std::erase(state.sockets, socket); });
}

Connection::Connection(std::unique_ptr<sys::Socket> socket, std::shared_ptr<Presence> presence)
    : presence_(std::move(presence)), socket_(socket.get()) {
    socket->set_timeouts({.read = slice});
    stream_ = std::make_unique<sys::ClearStream>(std::move(socket));
    presence_->add(socket_);
}

Connection::~Connection() {
    presence_->remove(socket_);
}

// The one place where the words of sockets become those of phones.
template <class Work>
auto Connection::on_wire(Work&& work) const {
    try {
        return work();
    } catch (const sys::ConnectionLost& lost) {
        throw_gone(presence_->is_gone() ? "it was disconnected" : lost.message());
    } catch (const sys::TimedOut&) {
        throw Silent("the iPhone does not answer any more",
                     "Nothing that was saved is lost. Unplug the iPhone, plug it in again, and run "
                     "the same command.");
    }
}

void Connection::start_tls(const sys::TlsIdentity& identity, const std::string& phone_certificate) {
    auto socket = stream_->release();
    sys::Socket* raw = socket.get();
    // Not known to others while a bad identity may still end it.
    presence_->remove(std::exchange(socket_, nullptr));
    auto made = std::make_unique<sys::TlsStream>(std::move(socket), sys::TlsRole::client, identity);
    sys::TlsStream& tls = *made;
    stream_ = std::move(made);
    socket_ = raw;
    presence_->add(raw);
    // A handshake knows no slices: each of its reads has the whole patience.
    tls.set_timeouts({.read = patience_});
    on_wire([&] { tls.shake_hands(); });
    tls.set_timeouts({.read = slice});
    if (!sys::same_key(tls.peer_certificate(), phone_certificate)) {
        throw Garbled("what answers does not prove to be the iPhone that was paired",
                      "Connect the iPhone by its cable and pair it again.");
    }
}

void Connection::stop_tls() {
    on_wire([&] {
        auto socket = stream_->release();
        stream_ = std::make_unique<sys::ClearStream>(std::move(socket));
    });
}

std::optional<size_t> Connection::read_slice(MutableByteView out) {
    if (socket_ == nullptr) throw_gone("the stream failed before");
    return on_wire([&] { return stream_->read_unless_silent(out); });
}

size_t Connection::read_within(MutableByteView out, const Patience& patience) {
    milliseconds left = patience.limit;
    milliseconds waited = patience.limit;
    while (true) {
        if (const auto got = read_slice(out)) {
            if (patience.heard && *got > 0) patience.heard();
            return *got;
        }
        left -= slice;
        if (left.count() > 0) continue;
        if (!patience.extended || !patience.extended()) {
            throw Silent(
                fmt::format("the iPhone has said nothing for {} seconds", waited.count() / 1000),
                "Look at the iPhone's screen: it may ask something. Then run the same "
                "command again.");
        }
        left = patience.limit;
        waited += patience.limit;
    }
}

size_t Connection::read(MutableByteView out) {
    const size_t got = read_within(out, {.limit = patience_});
    if (got == 0) throw_gone("it ended the conversation");
    return got;
}

void Connection::write(ByteView bytes) {
    if (socket_ == nullptr) throw_gone("the stream failed before");
    on_wire([&] { stream_->write(bytes); });
}

void Connection::send(const plist::Value& message, plist::Format format) {
    write(plist_frame(message, format));
}

plist::Value Connection::receive(const FrameLimits& limits) {
    return receive(limits, {.limit = patience_});
}

plist::Value Connection::receive(const FrameLimits& limits, const Patience& patience) {
    std::array<std::byte, frame_length_size> length{};
    const size_t got = read_within(length, patience);
    if (got == 0) throw_gone("it ended the conversation");
    return receive_rest(length, got, limits);
}

std::optional<plist::Value> Connection::receive_within(milliseconds limit,
                                                       const FrameLimits& limits) {
    std::array<std::byte, frame_length_size> length{};
    std::optional<size_t> got;
    for (milliseconds left = limit; !got; left -= slice) {
        if (left.count() <= 0) return std::nullopt;
        got = read_slice(length);
    }
    if (*got == 0) throw_gone("it ended the conversation");
    return receive_rest(length, *got, limits);
}

plist::Value Connection::receive_rest(MutableByteView length, size_t got,
                                      const FrameLimits& limits) {
    read_exactly(*this, length.subspan(got));
    return parse_frame_body(read_block(*this, parse_frame_length(length, limits)), limits);
}

plist::Dict Connection::receive_dict() {
    plist::Value value = receive();
    if (value.dict() == nullptr) {
        throw Garbled(
            fmt::format("the iPhone answers with a {} where a dictionary belongs", value.kind()));
    }
    return std::move(*value.dict());
}

plist::Dict Connection::ask(const plist::Dict& question) {
    send(question);
    return receive_dict();
}

}  // namespace lifeboat::phone::ios
