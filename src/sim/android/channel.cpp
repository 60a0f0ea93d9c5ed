#include "sim/android/channel.h"

#include "base/error.h"
#include "sim/android/stream.h"
#include "sys/clock.h"
#include "sys/random.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace lifeboat::sim::adb {

void Channel::queue(Command command, uint32_t arg0, uint32_t arg1, ByteView payload) {
    outbox_.update([&](Outbox& box) {
        box.control.push_back(
            {static_cast<uint32_t>(command), arg0, arg1, Bytes(payload.begin(), payload.end())});
    });
}

void Channel::ready(std::shared_ptr<Stream> stream) {
    outbox_.update([&](Outbox& box) { box.ready.push_back(std::move(stream)); });
}

void Channel::send_data(uint32_t local, uint32_t remote, ByteView data) {
    wire_.with([&](Wire& wire) {
        flush(wire);
        send(wire, Command::wrte, local, remote, data);
    });
}

void Channel::run() {
    const auto waiting = [](const Outbox& box) {
        return box.closed || !box.control.empty() || !box.ready.empty();
    };
    for (bool closed = false; !closed;) {
        // The packets are taken under the wire's lock, or a direct sender could overtake them.
        outbox_.wait({}, waiting, [&](Outbox& box) { closed = box.closed; });
        if (!closed) wire_.with([&](Wire& wire) { flush(wire); });
    }
}

void Channel::close() {
    outbox_.update([](Outbox& box) { box.closed = true; });
    ::shutdown(socket_, SHUT_RDWR);
}

void Channel::flush(Wire& wire) {
    for (;;) {
        Outbox taken;
        outbox_.with([&](Outbox& box) {
            taken.control.swap(box.control);
            taken.ready.swap(box.ready);
        });
        if (taken.control.empty() && taken.ready.empty()) return;
        for (const Packet& p : taken.control) {
            send(wire, static_cast<Command>(p.command), p.arg0, p.arg1, p.payload);
        }
        for (const auto& stream : taken.ready) {
            while (stream->take(wire.buffer)) {
                send(wire, Command::wrte, stream->local(), stream->remote(), wire.buffer);
            }
        }
    }
}

void Channel::send(Wire& wire, Command command, uint32_t arg0, uint32_t arg1, ByteView payload) {
    const Settings settings = settings_.with([](const Settings& s) { return s; });
    const auto header = make_header(command, arg0, arg1, payload, settings.checksum);
    const size_t size = command == Command::wrte ? allowed(wire, payload.size()) : payload.size();
    write_all(wire, header, payload.first(size));
    if (size < payload.size()) give_up();
}

size_t Channel::allowed(Wire& wire, size_t size) {
    size_t may = size;
    std::chrono::milliseconds pause{0};
    faults_.with([&](FaultPlan& plan) {
        const uint64_t end = wire.payload_sent + size;
        if (plan.cut_after && end > *plan.cut_after) {
            may =
                static_cast<size_t>(*plan.cut_after - std::min(*plan.cut_after, wire.payload_sent));
            plan.cut_after.reset();  // one cut: the next connection must be able to go on
        }
        if (plan.stall_after && !wire.stalled && end > *plan.stall_after) {
            wire.stalled = true;
            pause = plan.stall_for;
        }
        wire.payload_sent += may;
    });
    if (pause.count() > 0) sys::SystemClock().sleep(pause, {});
    return may;
}

void Channel::write_secure(sys::TlsStream& tls, ByteView header, ByteView payload) {
    try {
        tls.write(header);
        tls.write(payload);
    } catch (const Error&) {
        give_up();
    }
}

void Channel::write_all(const Wire& wire, ByteView header, ByteView payload) {
    if (wire.tls) return write_secure(*wire.tls, header, payload);
    if (faults_.with([](const FaultPlan& plan) { return plan.split; })) {
        write_split(header);
        return write_split(payload);
    }
    while (!header.empty() || !payload.empty()) {
        // sendmsg takes pointers to non-const and does not write through them.
        std::array<iovec, 2> parts{iovec{const_cast<std::byte*>(header.data()), header.size()},
                                   iovec{const_cast<std::byte*>(payload.data()), payload.size()}};
        msghdr message{};
        message.msg_iov = parts.data();
        message.msg_iovlen = parts.size();
        const ssize_t sent = ::sendmsg(socket_, &message, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) give_up();
        const size_t of_header = std::min(static_cast<size_t>(sent), header.size());
        header = header.subspan(of_header);
        payload = payload.subspan(static_cast<size_t>(sent) - of_header);
    }
}

void Channel::write_split(ByteView bytes) {
    for (const std::byte& b : bytes) {
        ssize_t sent = -1;
        do {
            sent = ::send(socket_, &b, 1, MSG_NOSIGNAL);
        } while (sent < 0 && errno == EINTR);
        if (sent < 0) give_up();
    }
}

void Channel::give_up() {
    close();
    throw Cancelled{};
}

}  // namespace lifeboat::sim::adb
