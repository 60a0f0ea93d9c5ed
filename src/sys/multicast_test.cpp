#include "sys/multicast.h"

#include "base/error.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace lifeboat::sys {
namespace {

constexpr Ipv4 group = 0xe00000fb;
constexpr Ipv4 loopback = 0x7f000001;
constexpr std::chrono::milliseconds patience{20'000};

MulticastGroup::Setup setup(uint16_t port, bool own_port = false) {
    return {.group = group,
            .port = port,
            .reach = Reach::loopback,
            .own_port = own_port,
            .longest = 100};
}

TEST(LocalNetworks, LoopbackIsOne) {
    const auto all = local_networks();
    const auto found = std::ranges::find_if(all, &LocalNetwork::is_loopback);
    ASSERT_NE(found, all.end());
    EXPECT_EQ(ipv4_text(found->own), "127.0.0.1");
    EXPECT_TRUE(found->holds(0x7f000002));
    EXPECT_FALSE(found->holds(0x0a000001));
}

TEST(MulticastGroup, EverybodyHearsAndOneIsAnswered) {
    constexpr uint16_t port = 45353;
    MulticastGroup first(setup(port));
    MulticastGroup second(setup(port));
    MulticastGroup asks(setup(port, true));
    asks.send(to_bytes("who?"));
    // Sent from the group's port and from its own one.
    std::vector<uint16_t> from;
    for (int i = 0; i < 2; ++i) {
        const auto heard = first.receive(patience, {});
        ASSERT_TRUE(heard);
        EXPECT_EQ(as_text(heard->bytes), "who?");
        EXPECT_EQ(heard->from, loopback);
        from.push_back(heard->from_port);
        if (heard->from_port != port) first.answer(to_bytes("I"), *heard);
    }
    EXPECT_EQ(std::ranges::count(from, port), 1);
    ASSERT_TRUE(second.receive(patience, {}));
    // Who asked hears the two of its own, and the answer that is for it alone.
    std::vector<std::string> heard;
    for (int i = 0; i < 3; ++i) {
        const auto one = asks.receive(patience, {});
        ASSERT_TRUE(one);
        heard.push_back(to_text(one->bytes));
        if (heard.back() == "I") {
            EXPECT_EQ(one->from_port, port);
        }
    }
    std::ranges::sort(heard);
    EXPECT_EQ(heard, (std::vector<std::string>{"I", "who?", "who?"}));
}

TEST(MulticastGroup, SilenceLongOnesAndAStop) {
    MulticastGroup one(setup(45354));
    EXPECT_FALSE(one.receive(std::chrono::milliseconds(1), {}));
    one.send(Bytes(101));
    one.send(Bytes(100));
    const auto heard = one.receive(patience, {});
    ASSERT_TRUE(heard);
    EXPECT_EQ(heard->bytes.size(), 100U);
    std::stop_source stop;
    stop.request_stop();
    EXPECT_THROW(one.receive(patience, stop.get_token()), Cancelled);
}

}  // namespace
}  // namespace lifeboat::sys
