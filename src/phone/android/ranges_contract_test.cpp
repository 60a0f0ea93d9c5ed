// Large files in ranges, over a real adb server.
#include "phone/android/contract_world_test.h"
#include "phone/android/pull.h"

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

// Another file of the same name, size and date: the ranges would be of both.
TEST_F(Ranges, FileThatIsReplacedIsReadAgain) {
    const std::string before = film("film.mp4", 30 * range);
    phone_that_waits().faults().with([](sim::FaultPlan& plan) {
        plan.change["/storage/emulated/0/DCIM/film.mp4"] = {.how = sim::ChangeWhileRead::replace};
    });
    WatchedSink sink;
    reader()->backup(nullptr, sink, events_, {});
    EXPECT_TRUE(phone_->faults().copy().change.empty());
    const std::string after = read_file(sdcard("DCIM/film.mp4"));
    EXPECT_EQ(after.size(), before.size());
    EXPECT_FALSE(after == before);
    EXPECT_TRUE(sink.content("sdcard/DCIM/film.mp4") == after);
    EXPECT_EQ(sink.refusal("sdcard/DCIM/film.mp4"), "-");
}

// A phone that does not open the service of the ranges at all.
TEST_F(Ranges, NotAgainWhereTheyBreakTheConnection) {
    std::map<std::string, std::string> films;
    for (const char* name : {"a", "b", "c", "d", "e"}) films[name] = film(name, 6 * range);
    phone_that_waits().faults().with(
        [](sim::FaultPlan& plan) { plan.refuse_services = {"exec:dd"}; });
    WatchedSink sink;
    reader()->backup(nullptr, sink, events_, {});
    for (const auto& [name, content] : films)
        EXPECT_TRUE(sink.content("sdcard/DCIM/" + name) == content) << name;
    EXPECT_TRUE(sink.tree.refused().empty());
}

// Where sizes are told in 32 bits, nobody knows how many ranges there are: 4 GiB more are 0 more.
TEST_F(Ranges, NoneWhereSizesWrap) {
    constexpr uint64_t wrapped = 4 * range;
    film("film.mp4", wrapped);
    std::filesystem::resize_file(sdcard("DCIM/film.mp4"), (uint64_t{1} << 32) + wrapped);
    simulated({.personality = "a13", .without_features = {"stat_v2"}});
    AdbServer server(server_.settings(), process_);
    const auto dialect = SyncDialect::of(server.features(phone_->address(), {}));
    ASSERT_FALSE(dialect.stat_v2);
    const Item listed{
        .path = ItemPath("sdcard/DCIM/film.mp4"), .kind = ItemKind::file, .size = wrapped};
    WatchedSink sink;
    sink.on_bytes = [](uint64_t count) {
        if (count > wrapped) throw NoSpace("this is more than the ranges would be");
    };
    Pull pull(server, phone_->address(), dialect,
              {.ranges = {.streams = 3, .blocks = 2, .least = range}});
    EXPECT_THROW(pull.run({{.item = listed, .remote = "/sdcard/DCIM/film.mp4"}}, sink, {}),
                 NoSpace);
}

// Within a range, with others under way behind it.
constexpr uint64_t middle = 7 * range / 2;

TEST_F(Ranges, FullSinkEndsTheBackupWithItsOwnError) {
    only_film();
    phone_that_waits();
    WatchedSink sink;
    sink.on_bytes = [](uint64_t count) {
        if (count > middle) throw NoSpace("the disk is full");
    };
    EXPECT_THROW(reader()->backup(nullptr, sink, events_, {}), NoSpace);
}

TEST_F(Ranges, StopEndsThem) {
    only_film();
    phone_that_waits();
    std::stop_source stop;
    WatchedSink sink;
    uint64_t came = 0;
    sink.on_bytes = [&](uint64_t count) {
        came = count;
        if (count > middle) stop.request_stop();
    };
    EXPECT_THROW(reader()->backup(nullptr, sink, events_, stop.get_token()), Cancelled);
    EXPECT_EQ(sink.files_put, 0u);
    EXPECT_GT(came, middle);
    EXPECT_LT(came, 30 * range);
}

}  // namespace
}  // namespace lifeboat::phone::android
