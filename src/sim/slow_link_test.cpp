#include "sim/slow_link.h"

#include <gtest/gtest.h>

namespace lifeboat::sim {
namespace {

// Gives back every byte, until the caller goes.
class Echo {
public:
    uint16_t port() const { return listener_.port(); }

private:
    sys::Listener listener_{0};
    std::jthread thread_{[this](const std::stop_token& stop) {
        const auto caller = listener_.accept(stop);
        if (!caller) return;
        Bytes buffer(65536);
        try {
            while (const size_t got = caller->read(buffer)) {
                caller->write(ByteView(buffer).first(got));
            }
        } catch (const Temporary&) {
            return;
        }
    }};
};

void read_all(sys::Socket& socket, MutableByteView out) {
    while (!out.empty()) {
        const size_t got = socket.read(out);
        ASSERT_GT(got, 0U);
        out = out.subspan(got);
    }
}

TEST(SlowLink, CarriesBytesNoFasterThanItMay) {
    using std::chrono::milliseconds;
    Echo echo;
    const SlowLink link({.to = echo.port(),
                         .round_trip = std::chrono::milliseconds{40},
                         .bytes_per_second = 10'000'000});
    const auto socket = sys::connect_tcp("127.0.0.1", link.port(), {}, {});
    ASSERT_TRUE(socket);
    const sys::SystemClock clock;
    const auto began = clock.monotonic();
    socket->write(as_bytes("x"));
    Bytes one(1);
    read_all(*socket, one);
    EXPECT_GE(clock.monotonic() - began, milliseconds{40});

    Bytes sent(2'000'000);
    for (size_t i = 0; i < sent.size(); ++i) sent[i] = static_cast<std::byte>(i * 7 + i / 251);
    Bytes back(sent.size());
    const auto then = clock.monotonic();
    std::jthread writer([&] { socket->write(sent); });
    read_all(*socket, back);
    EXPECT_GE(clock.monotonic() - then, milliseconds{240});  // 200 of bytes, 40 of way
    EXPECT_TRUE(back == sent);
}

TEST(SlowLink, EndsWithEitherSide) {
    Echo echo;
    const SlowLink link({.to = echo.port()});
    {
        const auto socket = sys::connect_tcp("127.0.0.1", link.port(), {}, {});
        socket->write(as_bytes("x"));
        Bytes one(1);
        read_all(*socket, one);
        socket->shutdown();
    }
    // Nobody listens there any more: the caller hears of it.
    const auto second = sys::connect_tcp("127.0.0.1", link.port(), {}, {});
    ASSERT_TRUE(second);
}

}  // namespace
}  // namespace lifeboat::sim
