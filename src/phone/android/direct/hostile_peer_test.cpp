// A peer that shook hands and then does not keep the rules.
#include "phone/android/direct/connection.h"
#include "sys/stream_socket.h"

#include <gmock/gmock.h>

namespace lifeboat::phone::android {
namespace {

using testing::HasSubstr;

Bytes packet(Command command, uint32_t arg0, uint32_t arg1, ByteView payload = {}) {
    const auto header = make_header(command, arg0, arg1, payload, Checksum::none);
    Bytes out(header.begin(), header.end());
    append(out, payload);
    return out;
}

// Writes without end and never reads; gives up when nobody takes it any more.
uint64_t flood(sys::Socket& socket, const Bytes& one) {
    Bytes many;
    while (many.size() < 65536) append(many, one);
    uint64_t sent = 0;
    for (; sent < (uint64_t{1} << 30) && socket.try_write(many); sent += many.size()) {
    }
    return sent;
}

GreetedPhone greeted(std::unique_ptr<sys::Socket> socket) {
    return {.stream = std::make_unique<sys::ClearStream>(std::move(socket))};
}

TEST(HostilePeer, ThatOpensStreamsAndNeverReadsIsLeft) {
    auto [ours, theirs] = sys::socket_pair({});
    const auto connection = Connection::over(greeted(std::move(ours)));
    EXPECT_LT(flood(*theirs, packet(Command::open, 7, 0, as_bytes("shell:"))), 256U << 20);
    EXPECT_FALSE(connection->is_alive());
    try {
        connection->open("sync:", {});
        FAIL() << "it is broken";
    } catch (const sys::ConnectionLost& error) {
        EXPECT_THAT(error.message(), HasSubstr("more answers than it takes"));
    }
}

TEST(HostilePeer, ThatWritesNothingOverAndOverAndNeverReadsIsLeft) {
    auto [ours, theirs] = sys::socket_pair({});
    const auto connection = Connection::over(greeted(std::move(ours)));
    uint64_t taken = 0;
    std::jthread peer([&, &socket = *theirs] {
        Bytes asked(packet(Command::open, 1, 0, as_bytes("sync:")).size() + 1);
        for (size_t got = 0; got < asked.size();) {
            got += socket.read(MutableByteView(asked).subspan(got));
        }
        socket.write(packet(Command::okay, 9, 1));
        taken = flood(socket, packet(Command::wrte, 9, 1));
    });
    const auto stream = connection->open("sync:", {});
    Bytes buffer(16);
    EXPECT_THROW(stream->read(buffer), sys::ConnectionLost);
    EXPECT_FALSE(connection->is_alive());
    peer.join();
    EXPECT_LT(taken, 256U << 20);
}

}  // namespace
}  // namespace lifeboat::phone::android
