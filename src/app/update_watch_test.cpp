// An update as the watch sees it: a simulated iPhone, and a made-up folder of USB devices.
#include "app/update_watch.h"

#include "app/update_ladder.h"
#include "app/update_target.h"
#include "base/error.h"
#include "sim/iphone.h"
#include "storage/temporary_folder.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

namespace lifeboat::app {
namespace {

namespace fs = std::filesystem;
namespace ios = phone::ios;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string chip_text = "CPID:8101 BDID:0C ECID:000A11112222801E IBFL:3C";
const std::string other_chip = "CPID:8101 BDID:0C ECID:000A11112222999E IBFL:3C";

struct NoEvents final : EventSink {
    void on(const Event&) noexcept override {}
};

// The clock of the watch stands still but for its own sleeps, so a test's hours take no time: what
// happens to the phone happens between two looks.
class UpdateWatchTest : public ::testing::Test {
protected:
    UpdateWatchTest() : phone_({.world = folder_.sub("phone")}, system_clock_) {
        phone_.start();
        bus_.emplace(fmt::format("127.0.0.1:{}", phone_.port()), system_clock_, random_, events_);
        fs::create_directories(usb());
    }
    std::string usb() const { return folder_.sub("usb"); }
    void on_usb(const std::string& product, const std::string& serial,
                const std::string& name = "1-1") {
        const std::string device = usb() + "/" + name;
        fs::create_directories(device);
        std::ofstream(device + "/idVendor") << "05ac\n";
        std::ofstream(device + "/idProduct") << product << "\n";
        std::ofstream(device + "/serial") << serial << "\n";
    }
    void off_usb() { fs::remove_all(usb() + "/1-1"); }
    void comes_back_with(const std::string& version, const std::string& build) {
        off_usb();
        phone_.device().change([&](sim::ios::DeviceState& s) {
            s.who.version = version;
            s.who.build = build;
        });
        phone_.come_back();
    }
    // `story`: what happens to the phone when a change was told, by the number of the change.
    using Story = std::map<size_t, std::function<void()>>;
    UpdateOutcome watch(const Story& story, UpdateWatchOptions options = {}) {
        told_.clear();
        const UpdateEyes eyes{.bus = *bus_, .usb_folder = usb(), .clock = clock_};
        return watch_update(
            eyes, options,
            [&](const UpdateStep& step) {
                told_.push_back(std::string(word(step.mode)) + (step.silent ? " silent" : ""));
                const auto next = story.find(told_.size());
                if (next != story.end()) next->second();
            },
            stop_.get_token());
    }

    storage::TemporaryFolder folder_{};
    sys::SystemClock system_clock_{};
    sys::ManualClock clock_{TimePoint{std::chrono::hours(480'000)}};
    sys::SystemRandom random_{};
    NoEvents events_{};
    sim::Iphone phone_;
    std::optional<ios::IosBus> bus_{};
    std::stop_source stop_{};
    std::vector<std::string> told_{};
};

TEST_F(UpdateWatchTest, AnUpdateThatWorksIsARestartAndAnotherSystem) {
    const auto outcome =
        watch({{1, [&] { phone_.disappear(); }}, {2, [&] { comes_back_with("18.1", "22B83"); }}});
    EXPECT_THAT(told_, ElementsAre("normal", "gone", "normal"));
    EXPECT_EQ(outcome.version_before, "17.6.1");
    EXPECT_EQ(outcome.version_after, "18.1");
    EXPECT_EQ(outcome.serial, phone_.device().udid());
    EXPECT_EQ(outcome.model, "iPhone 12");
    ASSERT_EQ(outcome.steps.size(), 3u);
    EXPECT_TRUE(outcome.steps.back().updated);
    EXPECT_GT(outcome.steps.back().after, nanoseconds{});
}

TEST_F(UpdateWatchTest, RecoveryModeAndDfuAreStationsOnTheWay) {
    const auto outcome = watch({{1, [&] { phone_.disappear(); }},
                                {2, [&] { on_usb("1281", chip_text); }},
                                {3, [&] { on_usb("1227", chip_text); }},
                                {4, [&] { off_usb(); }},
                                {5, [&] { on_usb("12a8", "00008101000A11112222801E"); }},
                                {6, [&] { comes_back_with("18.1", "22B83"); }}});
    EXPECT_THAT(told_,
                ElementsAre("normal", "gone", "recovery", "dfu", "gone", "starting", "normal"));
    EXPECT_EQ(outcome.version_after, "18.1");
}

TEST_F(UpdateWatchTest, TheSameSystemAgainIsNoUpdateAndAnotherBuildIsOne) {
    const auto outcome = watch({{1, [&] { phone_.disappear(); }},
                                {2, [&] { phone_.come_back(); }},
                                {3, [&] { phone_.disappear(); }},
                                {4, [&] { comes_back_with("17.6.1", "21G101"); }}});
    EXPECT_THAT(told_, ElementsAre("normal", "gone", "normal", "gone", "normal"));
    EXPECT_TRUE(outcome.steps[2].back);
    EXPECT_FALSE(outcome.steps[2].updated);
    EXPECT_THAT(page_of(outcome.steps[2]).title, HasSubstr("as before"));
    EXPECT_TRUE(outcome.steps[4].updated);
}

TEST_F(UpdateWatchTest, AnotherPhoneInRecoveryModeIsNotOurs) {
    on_usb("1281", other_chip, "1-9");
    const auto outcome =
        watch({{1, [&] { phone_.disappear(); }}, {2, [&] { comes_back_with("18.1", "22B83"); }}},
              {.wanted = phone_.device().udid()});
    EXPECT_THAT(told_, ElementsAre("normal", "gone", "normal"));
    EXPECT_THROW(watch({}), Misuse);
}

TEST_F(UpdateWatchTest, AWatchMayBeginInRecoveryMode) {
    phone_.disappear();
    on_usb("1282", chip_text);
    const Story story{{1, [&] { comes_back_with("18.1", "22B83"); }}};
    EXPECT_EQ(watch(story).version_after, "18.1");
    EXPECT_THAT(told_, ElementsAre("recovery", "normal"));

    phone_.disappear();
    on_usb("1282", chip_text);
    const auto outcome = watch(story, {.wanted = phone_.device().udid()});
    EXPECT_EQ(outcome.version_before, "");
    EXPECT_EQ(outcome.serial, phone_.device().udid());
}

TEST_F(UpdateWatchTest, APhoneThatIsNamedMayBeGoneAtTheBeginning) {
    phone_.disappear();
    const auto outcome = watch({{1, [&] { comes_back_with("18.1", "22B83"); }}},
                               {.wanted = "00008101-000a11112222801e"});
    EXPECT_THAT(told_, ElementsAre("gone", "normal"));
    EXPECT_EQ(outcome.version_after, "18.1");
}

TEST_F(UpdateWatchTest, TheLimitSaysWhatToDoInTheModeThePhoneIsIn) {
    try {
        watch({{1, [&] { phone_.disappear(); }}, {2, [&] { on_usb("1281", chip_text); }}},
              {.limit = std::chrono::minutes(90)});
        FAIL() << "the iPhone did not come back";
    } catch (const phone::NotReady& error) {
        EXPECT_THAT(error.message(), HasSubstr("after 5400 seconds"));
        EXPECT_THAT(error.message(), HasSubstr("recovery mode"));
        EXPECT_THAT(error.guidance(), HasSubstr("irecovery -n"));
    }
    // A phone that waits in recovery mode is not called frozen.
    EXPECT_THAT(told_, ElementsAre("normal", "gone", "recovery"));
}

TEST_F(UpdateWatchTest, AFrozenPhoneIsToldOnceAfterAQuarterOfAnHour) {
    const auto restarts = [&] { phone_.disappear(); };
    EXPECT_THROW(watch({{1, restarts}}, {.limit = std::chrono::minutes(14)}), phone::NotReady);
    EXPECT_THAT(told_, ElementsAre("normal", "gone"));

    phone_.come_back();
    const nanoseconds before = clock_.monotonic();
    nanoseconds frozen{};
    watch({{1, restarts},
           {3,
            [&] {
                frozen = clock_.monotonic() - before;
                on_usb("1281", chip_text);
            }},
           {4, [&] { off_usb(); }},
           {6, [&] { comes_back_with("18.1", "22B83"); }}});
    EXPECT_THAT(told_, ElementsAre("normal", "gone", "gone silent", "recovery", "gone",
                                   "gone silent", "normal"));
    EXPECT_GE(frozen, frozen_after);
}

TEST_F(UpdateWatchTest, WithoutAPhoneThereIsNothingToWatch) {
    EXPECT_THROW(watch({}, {.wanted = "nobody"}), phone::NotReady);
    phone_.disappear();
    EXPECT_THROW(watch({}), phone::NotReady);
    fs::remove_all(usb());
    EXPECT_FALSE(can_see_usb(usb()));
    EXPECT_THROW(watch({}), phone::NotReady);
}

TEST_F(UpdateWatchTest, AStopEndsIt) {
    class StoppedClock final : public sys::Clock {
    public:
        TimePoint now() const override { return {}; }
        nanoseconds monotonic() const override { return {}; }
        bool sleep(nanoseconds, const std::stop_token& stop) override {
            return !stop.stop_requested();
        }
    } clock;
    const UpdateEyes eyes{.bus = *bus_, .usb_folder = usb(), .clock = clock};
    EXPECT_THROW(watch_update(
                     eyes, {}, [&](const UpdateStep&) { stop_.request_stop(); }, stop_.get_token()),
                 Cancelled);
}

TEST(UpdateTargets, FitByWhatIsKnown) {
    const ios::UsbIphone nameless{.mode = ios::UsbMode::recovery};
    const ios::UsbIphone named{.mode = ios::UsbMode::recovery, .ecid = 7};
    EXPECT_TRUE((UpdateTarget{.ecid = 7}.is(nameless)));
    EXPECT_TRUE((UpdateTarget{.ecid = 7}.is(named)));
    EXPECT_FALSE((UpdateTarget{.ecid = 8}.is(named)));
    EXPECT_THROW(choose_target({.usb = {nameless, named}}, ""), Misuse);
    EXPECT_THROW(choose_target({.usb = {named}}, "iPhone 12"), phone::NotReady);
    EXPECT_EQ(choose_target({.usb = {named}}, "00008101-0000000000000007").ecid, 7u);
    EXPECT_EQ(choose_target({.phones = {{.udid = "A", .model = "iPhone 12"}}}, "iphone 12").udid,
              "A");
}

TEST(UpdateLadder, NeverErasesBeforeAnUpdateWasTried) {
    for (const UpdateMode mode : {UpdateMode::recovery, UpdateMode::dfu}) {
        const UpdatePage page = page_of({.mode = mode});
        EXPECT_THAT(std::string(page.never), HasSubstr("before an update was tried"));
        EXPECT_THAT(std::string(page.next), HasSubstr("idevicerestore --latest"));
        EXPECT_THAT(std::string(page.lost), HasSubstr("can be read now"));
    }
    EXPECT_THAT(page_of({.mode = UpdateMode::normal, .version = "\x1b[31m"}).title,
                ::testing::Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace lifeboat::app
