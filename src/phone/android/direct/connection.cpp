#include "phone/android/direct/connection.h"

#include "base/text.h"
#include "phone/android/direct/direct_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace lifeboat::phone::android {
namespace {

constexpr size_t read_size = 256u << 10;
constexpr size_t joined_up_to = 64u << 10;  // smaller payloads go out with their header
constexpr std::chrono::milliseconds patience{30'000};
constexpr std::chrono::milliseconds opening_patience{10'000};
// A phone owes and is owed a few packets for each stream. One that has us answer and never reads
// would fill the memory.
constexpr size_t most_waiting = 4096;
constexpr std::string_view delayed_ack = "delayed_ack";

Bytes count_of(uint32_t bytes) {
    Bytes out;
    append_le<uint32_t>(out, bytes);
    return out;
}

}  // namespace

std::shared_ptr<Connection> Connection::over(GreetedPhone phone) {
    struct Made final : Connection {
        explicit Made(GreetedPhone greeted) : Connection(std::move(greeted)) {}
    };
    const auto made = std::make_shared<Made>(std::move(phone));
    made->begin();
    return made;
}

Connection::Connection(GreetedPhone phone)
    : stream_(std::move(phone.stream)), greeting_(std::move(phone.greeting)) {
    parser_.set_max_payload(our_max_payload);
    parser_.set_checksum(greeting_.checksum);
    stream_->set_timeouts({.read = std::chrono::milliseconds{0}, .write = patience});
}

void Connection::begin() {
    sender_ = std::jthread([this] { send_all(); });
    reader_ = std::jthread([this] { read_all(); });
}

Connection::~Connection() {
    outbox_.update([](Outbox& box) { box.closed = true; });
    stream_->shutdown();
}

bool Connection::is_alive() const {
    return health_.with([](const Health& health) { return health.broken.empty(); });
}

std::unique_ptr<PhoneStream> Connection::open(std::string_view service,
                                              const std::stop_token& stop) {
    const bool window = greeting_.features.contains(std::string(delayed_ack));
    const auto state =
        std::make_shared<StreamState>(window ? FlowControl::window : FlowControl::one_packet);
    const uint32_t local = health_.with([&](Health& health) {
        if (!health.broken.empty()) throw sys::ConnectionLost(health.broken);
        health.streams.emplace(health.next_id, state);
        return health.next_id++;
    });
    // Owns the number from here on, whatever happens.
    auto stream = std::make_unique<DirectStream>(shared_from_this(), state, local, stop);
    Bytes destination = to_bytes(service);
    destination.push_back(std::byte{0});
    send(Command::open, local, window ? StreamState::window : 0, destination);
    state->guarded().wait_for(opening_patience, stop,
                              [](const StreamState::State& s) { return s.remote != 0 || s.ended; });
    if (stop.stop_requested()) throw Cancelled();
    const auto [remote, broken, ended] = state->guarded().with(
        [](const StreamState::State& s) { return std::tuple(s.remote, s.broken, s.ended); });
    if (remote != 0) return stream;
    if (!broken.empty()) throw sys::ConnectionLost(broken);
    const std::string name(service.substr(0, service.find(':')));
    if (ended) throw Unsupported(fmt::format("the phone does not offer the service {}", name));
    throw sys::TimedOut(fmt::format("the phone does not open its service {}", name));
}

// Reads many small packets in one go, and large payloads straight to where they stay.
void Connection::read_all() {
    Bytes buffer(read_size);
    try {
        for (;;) {
            const auto got = stream_->read_unless_silent(buffer);
            if (!got) continue;
            if (*got == 0) return fail("the phone hung up");
            ByteView rest = ByteView(buffer).first(*got);
            while (!rest.empty()) {
                const auto space = parser_.space();
                const size_t count = std::min(space.size(), rest.size());
                std::copy_n(rest.begin(), count, space.begin());
                rest = rest.subspan(count);
                if (auto packet = parser_.commit(count)) handle(std::move(*packet));
            }
            while (parser_.space().size() >= joined_up_to) {
                const auto more = stream_->read_unless_silent(parser_.space());
                if (more && *more == 0) return fail("the phone hung up");
                if (!more) continue;
                if (auto packet = parser_.commit(*more)) handle(std::move(*packet));
            }
        }
    } catch (const Error& error) {
        fail(error.message());
    } catch (const Cancelled&) {
        fail("the connection was given up");
    }
}

void Connection::handle(Packet packet) {
    check_debts();
    const uint32_t local = packet.arg1;
    switch (static_cast<Command>(packet.command)) {
        case Command::okay:
            if (const auto state = find(local)) state->acknowledged(packet.arg0, packet.payload);
            return;
        case Command::wrte:
            if (const auto state = find(local); state && state->remote() == packet.arg0) {
                const auto due = state->accept(std::move(packet.payload));
                if (due) acknowledge(*state, local, *due);
            }
            return;
        case Command::clse:
            return close(local, packet.arg0);
        case Command::open:
            // A phone opens streams only for what was asked of it ("reverse:"), which is nothing.
            return queue(Command::clse, 0, packet.arg0);
        default:
            throw Garbled("the phone begins to greet in the middle of a connection");
    }
}

// Phones repeat this up to three times, and say it of streams that nobody knows any more.
void Connection::close(uint32_t local, uint32_t remote) {
    const auto state = find(local);
    if (!state) return;
    forget(local);
    state->end({});
    if (remote != 0) queue(Command::clse, local, remote);
}

void Connection::fail(const std::string& why) {
    const auto streams = health_.with([&](Health& health) {
        if (health.broken.empty()) health.broken = why;
        return std::exchange(health.streams, {});
    });
    for (const auto& [id, state] : streams) state->end(why);
    outbox_.update([](Outbox& box) { box.closed = true; });
    stream_->shutdown();
}

std::shared_ptr<StreamState> Connection::find(uint32_t local) const {
    return health_.with([&](const Health& health) -> std::shared_ptr<StreamState> {
        const auto at = health.streams.find(local);
        return at == health.streams.end() ? nullptr : at->second;
    });
}

void Connection::forget(uint32_t local) {
    health_.with([&](Health& health) { health.streams.erase(local); });
}

void Connection::acknowledge(const StreamState& state, uint32_t local, uint32_t count) {
    queue(Command::okay, local, state.remote(),
          state.flow() == FlowControl::window ? count_of(count) : Bytes{});
}

void Connection::queue(Command command, uint32_t local, uint32_t remote, Bytes payload) {
    outbox_.update([&](Outbox& box) {
        box.waiting.push_back({command, local, remote, std::move(payload)});
    });
}

void Connection::check_debts() const {
    const size_t waiting = outbox_.with([](const Outbox& box) { return box.waiting.size(); });
    if (waiting > most_waiting) {
        throw Garbled("the phone asks for more answers than it takes: it does not keep the rules");
    }
}

void Connection::send_all() {
    const auto something = [](const Outbox& box) { return box.closed || !box.waiting.empty(); };
    try {
        for (bool closed = false; !closed;) {
            outbox_.wait({}, something, [&](Outbox& box) { closed = box.closed; });
            if (!closed) wire_.with([&](Bytes& buffer) { flush(buffer); });
        }
    } catch (const Error& error) {
        fail(error.message());
    } catch (const Cancelled&) {
        fail("the connection was given up");
    }
}

void Connection::send(Command command, uint32_t local, uint32_t remote, ByteView payload) {
    wire_.with([&](Bytes& buffer) {
        flush(buffer);
        put(buffer, command, local, remote, payload);
    });
}

void Connection::flush(Bytes& buffer) {
    const auto waiting = outbox_.with([](Outbox& box) { return std::exchange(box.waiting, {}); });
    if (waiting.empty()) return;
    buffer.clear();
    for (const Outgoing& one : waiting) {
        const auto header =
            make_header(one.command, one.local, one.remote, one.payload, greeting_.checksum);
        append(buffer, header);
        append(buffer, one.payload);
    }
    stream_->write(buffer);
}

void Connection::put(Bytes& buffer, Command command, uint32_t local, uint32_t remote,
                     ByteView payload) {
    const auto header = make_header(command, local, remote, payload, greeting_.checksum);
    buffer.assign(header.begin(), header.end());
    if (payload.size() <= joined_up_to) append(buffer, payload);
    stream_->write(buffer);
    if (payload.size() > joined_up_to) stream_->write(payload);
}

}  // namespace lifeboat::phone::android
