#include "sim/slow_link.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace lifeboat::sim {
namespace {

// Gives back every byte to its only caller, until the caller goes or so many were given.
class Echo {
public:
    explicit Echo(size_t most = SIZE_MAX) : most_(most) {}
    uint16_t port() const { return port_; }

private:
    void serve(const std::stop_token& stop) {
        const auto caller = listener_->accept(stop);
        listener_.reset();
        if (!caller) return;
        Bytes buffer(65536);
        try {
            for (size_t left = most_; left > 0;) {
                const size_t got =
                    caller->read(MutableByteView(buffer).first(std::min(left, buffer.size())));
                if (got == 0) return;
                caller->write(ByteView(buffer).first(got));
                left -= got;
            }
        } catch (const Temporary&) {
            return;
        }
    }

    size_t most_;
    std::unique_ptr<sys::Listener> listener_ = std::make_unique<sys::Listener>(0);
    uint16_t port_ = listener_->port();
    std::jthread thread_{[this](const std::stop_token& stop) { serve(stop); }};
};

bool hears_the_end(sys::Socket& socket) {
    Bytes one(1);
    try {
        return socket.read(one) == 0;
    } catch (const sys::ConnectionLost&) {
        return true;
    }
}

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

bool hears_the_echo(sys::Socket& socket) {
    socket.write(as_bytes("x"));
    Bytes one(1);
    read_all(socket, one);
    return as_text(one) == "x";
}

TEST(SlowLink, EndsWithTheCaller) {
    Echo echo;
    const SlowLink link({.to = echo.port()});
    {
        const auto socket = sys::connect_tcp("127.0.0.1", link.port(), {}, {});
        ASSERT_TRUE(socket);
        EXPECT_TRUE(hears_the_echo(*socket));
    }
    // Nobody listens there any more: the caller hears of it.
    const auto second = sys::connect_tcp("127.0.0.1", link.port(), {}, {});
    ASSERT_TRUE(second);
    EXPECT_TRUE(hears_the_end(*second));
}

TEST(SlowLink, EndsWithTheOtherSide) {
    Echo echo(1);
    const SlowLink link({.to = echo.port()});
    const auto socket = sys::connect_tcp("127.0.0.1", link.port(), {}, {});
    ASSERT_TRUE(socket);
    EXPECT_TRUE(hears_the_echo(*socket));
    EXPECT_TRUE(hears_the_end(*socket));
}

}  // namespace
}  // namespace lifeboat::sim
