#include "sim/slow_link.h"

#include "base/error.h"
#include "base/task_group.h"

#include <algorithm>
#include <deque>

namespace lifeboat::sim {
namespace {

using std::chrono::nanoseconds;

// What is carried at a time: less than half a millisecond of the wire. Smaller pieces on a fast
// wire would cost more in waking up than the wire takes, so what comes in smaller ones is joined.
constexpr size_t least_piece = 16384;
constexpr size_t most_piece = 131072;
constexpr uint64_t pieces_a_second = 2500;
constexpr nanoseconds longest_wait{1'000'000'000 / pieces_a_second};  // of bytes for their piece
constexpr size_t buffer_beyond_flight = 256u << 10;  // what a router or a controller holds

struct Piece {
    Bytes bytes{};
    nanoseconds due{};        // of its last byte
    nanoseconds first_due{};  // of its first bytes
};

// Pieces on their way, at most `limit` bytes.
struct Flight {
    std::deque<Piece> pieces{};
    size_t bytes = 0;
    bool ended = false;
};

// Onto its way. It joins what waits there, if both arrive at about the same time.
void send_off(Flight& flight, Piece piece, size_t full) {
    flight.bytes += piece.bytes.size();
    if (!flight.pieces.empty()) {
        Piece& last = flight.pieces.back();
        if (last.bytes.size() + piece.bytes.size() <= full &&
            piece.due - last.first_due <= longest_wait) {
            append(last.bytes, piece.bytes);
            last.due = piece.due;
            return;
        }
    }
    flight.pieces.push_back(std::move(piece));
}

// The front piece, at its time; false at the end. It may grow while it is waited for.
bool take_front(Guarded<Flight>& flight, sys::Clock& clock, const std::stop_token& stop,
                Piece& piece) {
    for (;;) {
        const auto wait = flight.with([&](Flight& f) -> std::optional<nanoseconds> {
            if (f.pieces.empty()) return std::nullopt;
            const nanoseconds left = f.pieces.front().due - clock.monotonic();
            if (left.count() > 0) return left;
            piece = std::move(f.pieces.front());
            f.pieces.pop_front();
            return nanoseconds{0};
        });
        if (!wait) return false;
        if (wait->count() == 0) return true;
        clock.sleep(*wait, stop);
    }
}

// Gives the bytes of a way when they would have arrived, until either side ends.
void give(sys::Socket& to, Guarded<Flight>& flight, sys::Clock& clock,
          const std::stop_token& stop) {
    const auto something = [](const Flight& f) { return f.ended || !f.pieces.empty(); };
    for (bool ended = false; !ended;) {
        Piece piece;
        flight.wait(stop, something, [](const Flight&) {});
        if (!take_front(flight, clock, stop, piece)) break;
        ended = !to.try_write(piece.bytes);
        flight.update([&](Flight& f) {
            f.bytes -= piece.bytes.size();
            f.ended = f.ended || ended;
        });
    }
}

}  // namespace

struct SlowLink::Connection {
    std::unique_ptr<sys::Socket> host{};
    std::unique_ptr<sys::Socket> phone{};
    std::jthread up{};
    std::jthread down{};
};

SlowLink::SlowLink(Config config)
    : config_(config),
      listener_(config.port),
      acceptor_([this](const std::stop_token& stop) { accept_all(stop); }) {}

SlowLink::~SlowLink() {
    acceptor_.request_stop();
    acceptor_.join();
}

std::unique_ptr<sys::Socket> SlowLink::call_phone(const std::stop_token& stop) const {
    try {
        return sys::connect_tcp("127.0.0.1", config_.to, {}, stop);
    } catch (const Cancelled&) {
        return nullptr;
    }
}

void SlowLink::accept_all(const std::stop_token& stop) {
    while (auto host = listener_.accept(stop)) {
        auto phone = call_phone(stop);
        if (!phone) continue;
        for (sys::Socket* socket : {host.get(), phone.get()}) {
            socket->set_timeouts(
                {.read = std::chrono::milliseconds{0}, .write = std::chrono::milliseconds{0}});
        }
        Connection& made = *connections_.emplace_back(std::make_unique<Connection>());
        made.host = std::move(host);
        made.phone = std::move(phone);
        made.up = std::jthread([this, &made, stop] { carry(*made.host, *made.phone, up_, stop); });
        made.down =
            std::jthread([this, &made, stop] { carry(*made.phone, *made.host, down_, stop); });
    }
    for (const auto& one : connections_) {
        one->host->shutdown();
        one->phone->shutdown();
    }
    connections_.clear();
}

nanoseconds SlowLink::due(Wire& wire, size_t bytes) const {
    const nanoseconds now = clock_.monotonic();
    const nanoseconds takes{
        config_.bytes_per_second == 0 ? 0 : bytes * 1'000'000'000 / config_.bytes_per_second};
    return wire.with([&](nanoseconds& free) {
        free = std::max(free, now) + takes;
        return free + config_.round_trip / 2;
    });
}

// One thread takes bytes as they come, as far as the wire holds them; another gives them when they
// would have arrived.
void SlowLink::carry(sys::Socket& from, sys::Socket& to, Wire& wire, const std::stop_token& stop) {
    const size_t limit =
        buffer_beyond_flight +
        static_cast<size_t>(static_cast<double>(config_.bytes_per_second) *
                            std::chrono::duration<double>(config_.round_trip).count());
    Guarded<Flight> flight;
    const std::jthread giver([&] {
        try {
            give(to, flight, clock_, stop);
        } catch (const Error&) {
            // As below.
        } catch (const Cancelled&) {
        }
        to.shutdown();
        from.shutdown();
    });
    Bytes buffer(
        std::clamp<size_t>(config_.bytes_per_second / pieces_a_second, least_piece, most_piece));
    try {
        while (const size_t got = from.read(buffer)) {
            Piece piece{.bytes =
                            Bytes(buffer.begin(), buffer.begin() + static_cast<ptrdiff_t>(got))};
            piece.due = piece.first_due = due(wire, got);
            const bool open = flight.wait(
                stop, [&](const Flight& f) { return f.ended || f.bytes < limit; },
                [&](Flight& f) { send_off(f, std::move(piece), buffer.size()); });
            flight.update([](Flight&) {});
            if (!open) break;
        }
    } catch (const Error&) {
        // The end of one side is the end of the wire.
    } catch (const Cancelled&) {
    }
    flight.update([](Flight& f) { f.ended = true; });
}

}  // namespace lifeboat::sim
