#include "sys/stream_socket.h"

#include <gtest/gtest.h>

#include <array>
#include <thread>

namespace lifeboat::sys {
namespace {

TEST(Socket, CarriesBytesBothWaysAndShowsTheEnd) {
    Listener listener(0);
    const std::stop_source stop;
    std::jthread echo([&] {
        const auto caller = listener.accept(stop.get_token());
        std::array<std::byte, 64> buffer{};
        const size_t got = caller->read(buffer);
        caller->write(ByteView(buffer).first(got));
    });
    const auto socket = connect_tcp("127.0.0.1", listener.port(), {}, stop.get_token());
    ASSERT_TRUE(socket);
    socket->write(as_bytes("hello"));
    std::array<std::byte, 64> buffer{};
    const size_t got = socket->read(buffer);
    EXPECT_EQ(as_text(ByteView(buffer).first(got)), "hello");
    EXPECT_EQ(socket->read(buffer), 0u);
}

TEST(Socket, NobodyListeningIsNothing) {
    uint16_t port = 0;
    {
        const Listener listener(0);
        port = listener.port();
    }
    EXPECT_FALSE(connect_tcp("127.0.0.1", port, {}, {}));
    EXPECT_FALSE(connect_unix("/nonexistent/socket", {}, {}));
}

TEST(Socket, SilenceIsATimeout) {
    const auto pair = socket_pair({});
    pair.first->set_timeouts({.read = milliseconds{30}});
    std::array<std::byte, 8> buffer{};
    EXPECT_THROW(pair.first->read(buffer), TimedOut);
}

TEST(Socket, StopWakesABlockedRead) {
    std::stop_source stop;
    const auto pair = socket_pair(stop.get_token());
    const std::jthread later([&] {
        std::this_thread::sleep_for(milliseconds{50});
        stop.request_stop();
    });
    std::array<std::byte, 8> buffer{};
    EXPECT_THROW(pair.first->read(buffer), Cancelled);
}

TEST(Socket, WritingToOneWhoLeftIsConnectionLost) {
    auto pair = socket_pair({});
    pair.second.reset();
    EXPECT_FALSE(pair.first->try_write(as_bytes("x")));
    EXPECT_THROW(pair.first->write(as_bytes("x")), ConnectionLost);
}

TEST(Socket, PathThatIsTooLongIsMisuse) {
    EXPECT_THROW(connect_unix(std::string(200, 'a'), {}, {}), Misuse);
}

}  // namespace
}  // namespace lifeboat::sys
