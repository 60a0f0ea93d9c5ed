#include "phone/joined_bus.h"

#include <gtest/gtest.h>

namespace lifeboat::phone {
namespace {

class OneBus final : public PhoneBus {
public:
    explicit OneBus(Platform platform) : platform_(platform) {}
    std::vector<PhoneEntry> list(const std::stop_token&) override {
        if (broken) throw Temporary("the daemon hangs");
        if (empty) return {};
        if (misses) throw Missing("no daemon runs");
        return {{.id = {.platform = platform_, .serial = serial},
                 .readiness = readiness,
                 .hardware = hardware}};
    }
    std::unique_ptr<Phone> connect(const PhoneId& id, const std::stop_token&) override {
        EXPECT_EQ(id.platform, platform_);
        if (misses) throw Missing("not known here");
        if (readiness != Readiness::ready) throw NotReady("of " + serial);
        ++connected;
        return nullptr;
    }
    bool broken = false;
    bool misses = false;
    std::string serial = "S";
    std::string hardware{};
    Readiness readiness = Readiness::ready;
    bool empty = false;
    int connected = 0;

private:
    Platform platform_;
};

struct NotedEvents final : EventSink {
    void on(const Event& event) noexcept override {
        if (std::holds_alternative<Noted>(event)) ++noted;
    }
    int noted = 0;
};

struct Both {
    OneBus android{Platform::android};
    OneBus ios{Platform::ios};
    NotedEvents events{};
    JoinedBus bus{{{Platform::android, android}, {Platform::ios, ios}}, events};
};

TEST(JoinedBus, ListsAllAndConnectsToTheRightOne) {
    Both both;
    const auto list = both.bus.list({});
    ASSERT_EQ(list.size(), 2u);
    EXPECT_EQ(list[0].id.platform, Platform::android);
    both.bus.connect(list[1].id, {});
    EXPECT_EQ(both.ios.connected, 1);
    EXPECT_EQ(both.android.connected, 0);
}

TEST(JoinedBus, ABrokenBusHidesNoPhone) {
    Both both;
    both.android.broken = true;
    EXPECT_EQ(both.bus.list({}).size(), 1u);
    EXPECT_EQ(both.events.noted, 1);
    both.ios.empty = true;
    EXPECT_THROW(both.bus.list({}), Temporary);
    both.android.broken = false;
    both.android.empty = true;
    EXPECT_TRUE(both.bus.list({}).empty());
}

// The same phone on a cable and in the network.
struct TwoWays {
    OneBus cable{Platform::android};
    OneBus network{Platform::android};
    NotedEvents events{};
    JoinedBus bus{{{Platform::android, cable}, {Platform::android, network}}, events};

    TwoWays() {
        network.serial = "10.0.0.7:5555";
        network.hardware = "S";
    }
};

TEST(JoinedBus, APhoneSeenTwiceIsListedOnceAndReady) {
    TwoWays ways;
    ASSERT_EQ(ways.bus.list({}).size(), 1u);
    EXPECT_EQ(ways.bus.list({})[0].id.serial, "S");
    ways.cable.readiness = Readiness::unauthorized;
    ASSERT_EQ(ways.bus.list({}).size(), 1u);
    EXPECT_EQ(ways.bus.list({})[0].id.serial, "10.0.0.7:5555");
    ways.network.hardware = "T";
    EXPECT_EQ(ways.bus.list({}).size(), 2u);
}

TEST(JoinedBus, ConnectsByTheWayThatKnowsThePhone) {
    TwoWays ways;
    const PhoneId id{.platform = Platform::android, .serial = "10.0.0.7:5555"};
    const auto reason = [&] {
        try {
            ways.bus.connect(id, {});
            return std::string("connected");
        } catch (const Error& error) {
            return error.message();
        }
    };
    ways.cable.misses = true;
    EXPECT_EQ(reason(), "connected");
    EXPECT_EQ(ways.network.connected, 1);
    ways.network.readiness = Readiness::offline;
    EXPECT_EQ(reason(), "of 10.0.0.7:5555");
    ways.cable.misses = false;
    ways.cable.readiness = Readiness::offline;
    EXPECT_EQ(reason(), "of 10.0.0.7:5555");
    ways.network.misses = true;
    EXPECT_EQ(reason(), "of S");
}

}  // namespace
}  // namespace lifeboat::phone
