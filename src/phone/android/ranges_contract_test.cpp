// Large files in ranges, over a real adb server.
#include "phone/android/contract_world_test.h"

namespace lifeboat::phone::android {
namespace {

constexpr size_t range = 2 * range_block;

class Ranges : public AndroidContract {
protected:
    // A phone without delayed acks, whoever's adb server there is.
    sim::AndroidPhone& phone_that_waits() { return simulated({.personality = "a13"}); }
    std::unique_ptr<Phone> reader() {
        return connected({.pull = {.ranges = {.blocks = 2, .least = range}}});
    }
    // No two ranges of it are alike.
    std::string film(const std::string& name, size_t size) {
        std::string content(size, '\0');
        for (size_t i = 0; i < size; ++i) content[i] = static_cast<char>((i * 31 + i / 997) & 0xff);
        write_file(sdcard("DCIM/" + name), content);
        return content;
    }
    void only_film() {
        std::filesystem::remove_all(sdcard("DCIM"));
        std::filesystem::remove_all(sdcard("Android"));
        film("film.mp4", 30 * range);
    }
};

TEST_F(Ranges, FileOfAnySizeIsTheSameFile) {
    std::map<std::string, std::string> films;
    for (const size_t size : {range - 1, range, range + 1, 7 * range, 9 * range + 12345}) {
        const std::string name = fmt::format("it's {} bytes", size);
        films[name] = film(name, size);
    }
    for (int i = 0; i < 50; ++i) write_file(sdcard(fmt::format("DCIM/{}.jpg", i)), "small");
    phone_that_waits();
    WatchedSink sink;
    reader()->backup(nullptr, sink, events_, {});
    for (const auto& [name, content] : films)
        EXPECT_TRUE(sink.content("sdcard/DCIM/" + name) == content) << name;
    EXPECT_EQ(sink.content("sdcard/DCIM/49.jpg"), "small");
}

// That it happened is the proof that ranges were asked for at all.
TEST_F(Ranges, CommandThatIsCutOffCostsNothing) {
    const std::string content = film("film.mp4", 9 * range + 5);
    phone_that_waits().faults().with(
        [](sim::FaultPlan& plan) { plan.hang_up = {.at = "dd if='/sdcard/DCIM/film.mp4'"}; });
    WatchedSink sink;
    reader()->backup(nullptr, sink, events_, {});
    EXPECT_FALSE(phone_->faults().copy().hang_up);
    EXPECT_TRUE(sink.content("sdcard/DCIM/film.mp4") == content);
    EXPECT_EQ(sink.refusal("sdcard/DCIM/film.mp4"), "-");
}

TEST_F(Ranges, WireThatBreaksCostsNothing) {
    const std::string content = film("film.mp4", 40 * range);
    phone_that_waits().faults().with([](sim::FaultPlan& plan) { plan.cut_after = 15 * range; });
    WatchedSink sink;
    const auto phone = reader();
    std::jthread person([&](const std::stop_token& stop) {
        while (phone_->faults().copy().cut_after && !stop.stop_requested())
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        if (!stop.stop_requested()) plug_in_again();
    });
    phone->backup(nullptr, sink, events_, {});
    EXPECT_FALSE(phone_->faults().copy().cut_after);
    EXPECT_TRUE(sink.content("sdcard/DCIM/film.mp4") == content);
}

TEST_F(Ranges, FilesThatChangeVanishOrAreRefused) {
    const std::string at = "/storage/emulated/0/DCIM/";
    for (const char* name : {"once", "cut", "always", "gone", "refused", "good"})
        film(name, 6 * range);
    phone_that_waits().faults().with([&](sim::FaultPlan& plan) {
        plan.change[at + "once"] = {.how = sim::ChangeWhileRead::grow, .times = 1};
        plan.change[at + "cut"] = {.how = sim::ChangeWhileRead::shrink, .times = 1};
        plan.change[at + "always"] = {.how = sim::ChangeWhileRead::rewrite, .times = 1000};
        plan.vanish.insert(at + "gone");
        plan.refuse[at + "refused"] = EACCES;
    });
    WatchedSink sink;
    reader()->backup(nullptr, sink, events_, {});
    EXPECT_EQ(sink.content("sdcard/DCIM/good").size(), 6 * range);
    for (const char* name : {"once", "cut"}) {
        EXPECT_TRUE(sink.content(fmt::format("sdcard/DCIM/{}", name)) ==
                    read_file(sdcard(fmt::format("DCIM/{}", name))))
            << name;
        EXPECT_EQ(sink.refusal(fmt::format("sdcard/DCIM/{}", name)), "-");
    }
    EXPECT_EQ(sink.refusal("sdcard/DCIM/always"), "it changed while it was read");
    EXPECT_EQ(sink.refusal("sdcard/DCIM/refused"), "Permission denied");
    EXPECT_NE(sink.refusal("sdcard/DCIM/gone"), "-");
    for (const char* name : {"always", "gone", "refused"})
        EXPECT_FALSE(sink.tree.find(ItemPath(std::string("sdcard/DCIM/") + name))) << name;
}

TEST_F(Ranges, FullSinkEndsTheBackupWithItsOwnError) {
    only_film();
    phone_that_waits();
    WatchedSink sink;
    sink.on_file = [](size_t) { throw NoSpace("the disk is full"); };
    EXPECT_THROW(reader()->backup(nullptr, sink, events_, {}), NoSpace);
}

TEST_F(Ranges, StopEndsThem) {
    only_film();
    phone_that_waits();
    std::stop_source stop;
    WatchedSink sink;
    sink.on_file = [&](size_t) { stop.request_stop(); };
    EXPECT_THROW(reader()->backup(nullptr, sink, events_, stop.get_token()), Cancelled);
    EXPECT_EQ(sink.files_put, 0u);
}

}  // namespace
}  // namespace lifeboat::phone::android
