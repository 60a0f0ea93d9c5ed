#include "phone/ios/passcode_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lifeboat::phone::ios {
namespace {

using ::testing::ElementsAre;

class Told final : public EventSink {
public:
    void on(const Event& event) noexcept override {
        const auto* needed = std::get_if<PersonNeeded>(&event);
        if (needed != nullptr) codes.push_back(needed->code + (needed->resolved ? " over" : ""));
    }
    std::vector<std::string> codes{};
};

struct Watched {
    sys::ManualClock clock{TimePoint(std::chrono::seconds(1'800'000'000))};
    Told told{};
    DeviceOptions options{};
    PasscodeWatch watch{clock, told, options};
    Connection::Patience patience = watch.patience();

    // How long the phone may be silent, in whole hints.
    milliseconds endured() {
        milliseconds total{};
        do {
            clock.advance(options.passcode_hint);
            total += options.passcode_hint;
        } while (patience.extended());
        return total;
    }
};

TEST(PasscodeWatch, SilenceBehindTheRequestIsTheQuestion) {
    Watched w;
    w.patience.heard();  // the hello
    w.watch.requested();
    w.clock.advance(w.options.passcode_hint);
    EXPECT_TRUE(w.patience.extended());
    EXPECT_TRUE(w.patience.extended());
    EXPECT_THAT(w.told.codes, ElementsAre("iphone.passcode"));
    w.patience.heard();
    EXPECT_THAT(w.told.codes, ElementsAre("iphone.passcode", "iphone.passcode over"));
    // Later silence is work, not a question.
    EXPECT_TRUE(w.patience.extended());
    EXPECT_EQ(w.told.codes.size(), 2u);
}

TEST(PasscodeWatch, SilenceOfAPhoneWithoutAPasscodeIsWork) {
    Watched w;
    w.watch.requested(PasscodeWatch::Silence::is_work);
    EXPECT_EQ(w.endured(), w.options.backup_silence);
    EXPECT_TRUE(w.told.codes.empty());
    // It has one after all, and says so.
    w.watch.presented();
    EXPECT_THAT(w.told.codes, ElementsAre("iphone.passcode"));
}

TEST(PasscodeWatch, NotificationsCountOnlyWhileTheRequestIsOpen) {
    Watched w;
    w.watch.presented();
    EXPECT_TRUE(w.told.codes.empty());
    w.watch.requested();
    w.watch.presented();
    w.watch.presented();
    w.watch.dismissed();
    w.patience.heard();
    w.watch.presented();
    EXPECT_THAT(w.told.codes, ElementsAre("iphone.passcode", "iphone.passcode over"));
}

TEST(PasscodeWatch, AQuestionIsWaitedForLongerThanWork) {
    Watched waiting;
    waiting.watch.requested();
    EXPECT_EQ(waiting.endured(), waiting.options.passcode_patience);
    Watched working;
    working.watch.requested();
    working.patience.heard();
    EXPECT_EQ(working.endured(), working.options.backup_silence);
    // A word in between begins the count anew.
    working.patience.heard();
    EXPECT_EQ(working.endured(), working.options.backup_silence);
}

}  // namespace
}  // namespace lifeboat::phone::ios
