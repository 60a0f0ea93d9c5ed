// Files that the phone does not give: its file service ends with each of them, whatever was asked
// for behind it. Over a real adb server and over a connection of our own.
#include "phone/android/android_phone.h"
#include "phone/android/contract_world_test.h"
#include "phone/android/direct/direct_transport.h"

namespace lifeboat::phone::android {
namespace {

enum class Over { server, wire };

class RefusedFiles : public AndroidContract, public testing::WithParamInterface<Over> {
protected:
    void SetUp() override {}

    static std::string name(int i) { return fmt::format("Android/data/com.app/{:04}", i); }
    static std::string content(int i) {
        return fmt::format("{} {}", i, std::string(static_cast<size_t>(i) % 3000, 'x'));
    }
    void files(int count) {
        for (int i = 0; i < count; ++i) write_file(sdcard(name(i)), content(i));
    }

    // Refuses these, and reads.
    void back_up(const std::set<int>& refused, AndroidOptions options = {}) {
        refused_ = refused;
        phone_->faults().with([&](sim::FaultPlan& plan) {
            for (const int i : refused) plan.refuse["/storage/emulated/0/" + name(i)] = EACCES;
        });
        if (GetParam() == Over::server)
            return connected(options)->backup(nullptr, sink_, events_, {});
        DirectTransport transport(
            {.key = [] { return crypto::AndroidKey::make(); }, .owner = "ada@laptop"}, clock_);
        AndroidPhone(transport, phone_->address(), clock_, options, {})
            .backup(nullptr, sink_, events_, {});
    }

    // Each refused file named once and not there, each other one whole.
    void expect_only_refused(int count) {
        for (int i = 0; i < count; ++i) {
            const std::string path = "sdcard/" + name(i);
            const bool refused = refused_.contains(i);
            EXPECT_EQ(sink_.refusal(path), refused ? "Permission denied" : "-") << path;
            if (refused)
                EXPECT_FALSE(sink_.tree.find(ItemPath(path))) << path;
            else
                EXPECT_EQ(sink_.content(path), content(i)) << path;
        }
        EXPECT_EQ(sink_.times_unreadable, refused_.size());
        EXPECT_EQ(events_.person_needed, 0u);
    }

    std::set<int> refused_{};
    WatchedSink sink_{};
};

TEST_P(RefusedFiles, OneAmongFiveHundred) {
    files(500);
    simulated();
    back_up({250});
    expect_only_refused(500);
    EXPECT_EQ(sink_.files_put, 499u);
}

TEST_P(RefusedFiles, TwoHundredAmongTwoThousand) {
    files(2000);
    simulated();
    std::set<int> refused;
    for (int i = 3; i < 2000; i += 10) refused.insert(i);
    back_up(refused);
    expect_only_refused(2000);
    EXPECT_EQ(sink_.files_put, 1800u);
}

TEST_P(RefusedFiles, AllOfAFolder) {
    files(300);
    write_file(sdcard("DCIM/a.jpg"), "good");
    simulated({.without_features = {"delayed_ack"}});
    std::set<int> refused;
    for (int i = 0; i < 300; ++i) refused.insert(i);
    back_up(refused);
    expect_only_refused(300);
    EXPECT_EQ(sink_.content("sdcard/DCIM/a.jpg"), "good");
}

TEST_P(RefusedFiles, OfOldPhones) {
    files(200);
    simulated({.without_features = {"stat_v2", "ls_v2", "sendrecv_v2", "delayed_ack"}});
    back_up({0, 50, 51, 199});
    expect_only_refused(200);
}

// As where its memory fails: everything else comes, and it is named.
TEST_P(RefusedFiles, ThoseOfWhichNothingComes) {
    constexpr int count = 100;
    files(count);
    simulated();
    const std::set<int> silent{0, 40, 99};
    phone_->faults().with([&](sim::FaultPlan& plan) {
        for (const int i : silent) plan.silent_content.insert("/storage/emulated/0/" + name(i));
    });
    back_up({}, {.pull = {.silence = std::chrono::milliseconds(1000)}});
    for (int i = 0; i < count; ++i) {
        const std::string path = "sdcard/" + name(i);
        if (silent.contains(i))
            EXPECT_EQ(sink_.refusal(path), "the phone has not answered for too long") << path;
        else
            EXPECT_EQ(sink_.content(path), content(i)) << path;
    }
    EXPECT_EQ(sink_.times_unreadable, silent.size());
}

// Somebody tidies up while the phone is read.
TEST_P(RefusedFiles, ManyThatVanished) {
    constexpr int count = 3000;
    files(count);
    simulated();
    const auto vanishes = [](int i) { return i >= 500 && i % 7 != 0; };
    sink_.on_file = [&](size_t begun) {
        if (begun != 1) return;
        for (int i = 0; i < count; ++i) {
            if (vanishes(i)) std::filesystem::remove(sdcard(name(i)));
        }
    };
    back_up({});
    size_t gone = 0;
    for (int i = 0; i < count; ++i) {
        const std::string path = "sdcard/" + name(i);
        const std::string refusal = sink_.refusal(path);
        if (refusal == "-") {
            EXPECT_EQ(sink_.content(path), content(i)) << path;
            continue;
        }
        ++gone;
        EXPECT_TRUE(vanishes(i)) << path;
        EXPECT_TRUE(refusal == "No such file or directory" ||
                    refusal == "it vanished while it was read")
            << refusal;
    }
    EXPECT_GT(gone, 1000u);
    EXPECT_EQ(sink_.times_unreadable, gone);
    EXPECT_EQ(sink_.files_put, count - gone);
    EXPECT_EQ(events_.person_needed, 0u);
}

// All that is seen of it is that the phone hangs up.
TEST_P(RefusedFiles, WordsThatAreLostAreAskedForAgain) {
    files(400);
    simulated().faults().with([](sim::FaultPlan& plan) { plan.lose_refusals = true; });
    std::set<int> refused;  // more than connections may break
    for (int i = 0; i < 400; ++i) {
        if (i % 4 != 0) refused.insert(i);
    }
    back_up(refused);
    expect_only_refused(400);
}

TEST_P(RefusedFiles, InTheMiddleOfAFile) {
    files(100);
    write_file(sdcard("DCIM/damaged.mp4"), std::string(1'000'000, 'd'));
    simulated().faults().with([](sim::FaultPlan& plan) {
        plan.refuse_half["/storage/emulated/0/DCIM/damaged.mp4"] = EIO;
    });
    back_up({});
    EXPECT_NE(sink_.refusal("sdcard/DCIM/damaged.mp4").find("/output error"), std::string::npos);
    EXPECT_FALSE(sink_.tree.find(ItemPath("sdcard/DCIM/damaged.mp4")));
    EXPECT_EQ(sink_.times_unreadable, 1u);
    EXPECT_EQ(sink_.files_put, 100u);
}

TEST_P(RefusedFiles, FileWithoutEndIsNamed) {
    files(100);
    write_file(sdcard("DCIM/endless.jpg"), "12345");
    simulated().faults().with([](sim::FaultPlan& plan) {
        plan.endless_content = {"/storage/emulated/0/DCIM/endless.jpg"};
    });
    back_up({});
    EXPECT_NE(sink_.refusal("sdcard/DCIM/endless.jpg").find("announces 5 bytes"),
              std::string::npos);
    EXPECT_FALSE(sink_.tree.find(ItemPath("sdcard/DCIM/endless.jpg")));
    EXPECT_EQ(sink_.times_unreadable, 1u);
    EXPECT_EQ(sink_.files_put, 100u);
}

// Packed in vain, it comes as it is.
TEST_P(RefusedFiles, PackingThatNobodyUnderstandsCostsNothing) {
    write_file(sdcard("DCIM/notes.txt"), std::string(100'000, 'n'));
    write_file(sdcard("DCIM/more.txt"), std::string(100'000, 'm'));
    simulated().faults().with(
        [](sim::FaultPlan& plan) { plan.packed_badly = {"/storage/emulated/0/DCIM/notes.txt"}; });
    back_up({}, {.pull = {.pack = true}});
    EXPECT_EQ(sink_.content("sdcard/DCIM/notes.txt"), std::string(100'000, 'n'));
    EXPECT_EQ(sink_.content("sdcard/DCIM/more.txt"), std::string(100'000, 'm'));
    EXPECT_EQ(sink_.times_unreadable, 0u);
}

INSTANTIATE_TEST_SUITE_P(Over, RefusedFiles, testing::Values(Over::server, Over::wire),
                         [](const auto& over) {
                             return over.param == Over::server ? "AdbServer" : "OurConnection";
                         });

}  // namespace
}  // namespace lifeboat::phone::android
