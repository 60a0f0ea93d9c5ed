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
        return {{.id = {.platform = platform_, .serial = "S"}}};
    }
    std::unique_ptr<Phone> connect(const PhoneId& id, const std::stop_token&) override {
        EXPECT_EQ(id.platform, platform_);
        ++connected;
        return nullptr;
    }
    bool broken = false;
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

}  // namespace
}  // namespace lifeboat::phone
