#include "item/memory_items.h"
#include "phone/ios/ios_world_test.h"
#include "phone/ios/waiting.h"

#include <gmock/gmock.h>

namespace lifeboat::phone::ios {
namespace {

using sim::ios::DeviceState;
using sim::ios::FaultPlan;

// Lets a test do something when the phone lists a folder.
class HookedTree final : public FileTree {
public:
    explicit HookedTree(const MemoryTree& tree) : tree_(tree) {}
    std::optional<Item> find(const ItemPath& path) const override { return tree_.find(path); }
    void list(const ItemPath& folder, const Each& each) const override {
        if (on_list) on_list();
        tree_.list(folder, each);
    }
    std::unique_ptr<ByteSource> open(const ItemPath& path) const override {
        return tree_.open(path);
    }
    std::function<void()> on_list{};

private:
    const MemoryTree& tree_;
};

// Counts what the phone sends, and lets a test do something in the middle.
class WatchedSink final : public ItemSink {
public:
    explicit WatchedSink(const FileTree* previous = nullptr) : tree(previous) {}
    void put(const Item& item, ByteSource& content) override {
        if (item.kind == ItemKind::file) {
            names.push_back(item.path.text());
            ++puts;
        }
        tree.put(item, content);
    }
    bool keep(const Item& item) override { return tree.keep(item); }
    void keep_all() override { tree.keep_all(); }
    void unreadable(const ItemPath& path, const std::string& reason) override {
        tree.unreadable(path, reason);
    }
    void move(const ItemPath& from, const ItemPath& to) override {
        ++moves;
        tree.move(from, to);
    }
    void remove(const ItemPath& path) override { tree.remove(path); }
    const FileTree& so_far() const override { return hooked; }
    std::optional<uint64_t> room() const override { return room_left; }

    // Of the phone's own files: without lists.
    size_t payload() const {
        return static_cast<size_t>(std::ranges::count_if(names, [](const std::string& name) {
            return name.find("/Snapshot/") != std::string::npos && !name.ends_with(".plist") &&
                   !name.ends_with(".db");
        }));
    }

    MemoryTree tree;
    HookedTree hooked{tree};
    std::vector<std::string> names{};
    std::atomic<size_t> puts = 0;
    std::atomic<size_t> moves = 0;
    std::optional<uint64_t> room_left = uint64_t{100} << 30;
};

class IosBackupRun : public IosWorld {
protected:
    void SetUp() override {
        simulated();
        for (int i = 0; i < 300; ++i) {
            write_media(fmt::format("DCIM/100APPLE/IMG_{:04}.JPG", i), std::string(500, 'p'),
                        1'700'000'000);
        }
        phone = paired();
    }
    void fault(const std::function<void(FaultPlan&)>& how) { phone_->faults().with(how); }
    plist::Dict list_of(const WatchedSink& sink, const char* name) const {
        const ItemPath path = ItemPath(udid()).child(name);
        return *plist::read(read_all(*sink.tree.open(path), 1 << 20)).dict();
    }
    Hand hand_of(WatchedSink& sink) {
        try {
            phone->backup(nullptr, sink, told_, {});
        } catch (const Waiting& waiting) {
            return waiting.hand;
        }
        ADD_FAILURE() << "it did not wait for anybody";
        return Hand::connect;
    }
    // The phone goes in the middle of it; the time until the backup ended.
    void expect_gone(const char* when, const std::function<bool(const WatchedSink&)>& reached) {
        WatchedSink sink;
        nanoseconds gone{};
        std::jthread puller([&](const std::stop_token& stop) {
            while (!stop.stop_requested() && !reached(sink)) {
                std::this_thread::sleep_for(milliseconds(5));
            }
            gone = clock_.monotonic();
            phone_->disappear();
        });
        EXPECT_THROW(phone->backup(nullptr, sink, told_, {}), Gone) << when;
        const nanoseconds ended = clock_.monotonic();
        puller.join();
        EXPECT_NE(gone, nanoseconds{}) << when;
        EXPECT_LT(ended - gone, std::chrono::seconds(2)) << when;
        phone_->faults().clear();
        phone_->come_back();
    }

    // The same, gone at the first listing of a folder.
    void expect_gone_at_listing(const char* when, const FileTree* previous) {
        WatchedSink sink(previous);
        nanoseconds gone{};
        sink.hooked.on_list = [&] {
            if (gone != nanoseconds{}) return;
            gone = clock_.monotonic();
            phone_->disappear();
        };
        EXPECT_THROW(phone->backup(previous, sink, told_, {}), Gone) << when;
        EXPECT_NE(gone, nanoseconds{}) << when;
        EXPECT_LT(clock_.monotonic() - gone, std::chrono::seconds(2)) << when;
        phone_->come_back();
    }

    std::unique_ptr<Phone> phone{};
};

TEST_F(IosBackupRun, EverythingThenNothing) {
    WatchedSink first;
    phone->backup(nullptr, first, told_, {});
    EXPECT_EQ(list_of(first, "Status.plist").text("SnapshotState")[0], "finished");
    EXPECT_GE(first.payload(), 300u);
    EXPECT_EQ(first.names.front(), udid() + "/Info.plist");

    WatchedSink second(&first.tree);
    phone->backup(&first.tree, second, told_, {});
    EXPECT_EQ(second.payload(), 0u);
    write_media("DCIM/100APPLE/IMG_9999.JPG", "new", 1'700'000'001);
    WatchedSink third(&second.tree);
    phone->backup(&second.tree, third, told_, {});
    EXPECT_EQ(third.payload(), 1u);
}

TEST_F(IosBackupRun, InfoPlistSaysWhoseBackupItIs) {
    write_media("iTunes_Control/iTunes/iTunesPrefs", "prefs", 1);
    WatchedSink sink;
    phone->backup(nullptr, sink, told_, {});
    const plist::Dict info = list_of(sink, "Info.plist");
    const std::map<std::string, std::string> expected{
        {"Build Version", "21G93"},        {"Display Name", "Ada's iPhone"},
        {"Product Type", "iPhone13,2"},    {"Product Version", "17.6.1"},
        {"Serial Number", "F17SIM00LBOT"}, {"Target Identifier", udid()},
        {"Target Type", "Device"},         {"iTunes Version", "12.12.0"}};
    for (const auto& [key, value] : expected) {
        ASSERT_NE(info.text(key), nullptr) << key;
        EXPECT_EQ(*info.text(key), value) << key;
    }
    EXPECT_EQ(info.text("GUID")->size(), 32u);
    EXPECT_NE(info.find("Last Backup Date")->date(), nullptr);
    const plist::Array* installed = info.array("Installed Applications");
    ASSERT_NE(installed, nullptr);
    EXPECT_EQ(std::ranges::count(*installed, plist::Value("com.google.Authenticator")), 1);
    EXPECT_EQ(std::ranges::count(*installed, plist::Value("com.apple.mobilesafari")), 0);
    const plist::Dict* app = info.dict("Applications")->dict("net.whatsapp.WhatsApp");
    ASSERT_NE(app, nullptr);
    for (const char* key : {"ApplicationSINF", "iTunesMetadata", "PlaceholderIcon"}) {
        EXPECT_NE(app->data(key), nullptr) << key;
    }
    EXPECT_EQ(*info.dict("iTunes Files")->data("iTunesPrefs"), to_bytes("prefs"));
    EXPECT_NE(info.dict("iTunes Settings"), nullptr);
}

TEST_F(IosBackupRun, WhatOnlyAPersonCanDo) {
    WatchedSink sink;
    fault([](FaultPlan& plan) { plan.passcode_timeout = true; });
    EXPECT_EQ(hand_of(sink), Hand::enter_passcode);
    phone_->faults().clear();
    change([](DeviceState& s) { s.setup_done = false; });
    EXPECT_EQ(hand_of(sink), Hand::finish_setup);
    change([](DeviceState& s) { s.setup_done = true; });
    fault([](FaultPlan& plan) { plan.mdm = true; });
    EXPECT_EQ(hand_of(sink), Hand::managed);
    EXPECT_EQ(sink.payload(), 0u);
}

TEST_F(IosBackupRun, ThePasscodeIsAskedForOnceAndWaitedFor) {
    fault([](FaultPlan& plan) { plan.passcode_waits = true; });
    std::jthread person([&] {
        EXPECT_TRUE(told_.wait_for("iphone.passcode"));
        fault([](FaultPlan& plan) { plan.passcode_waits = false; });
    });
    WatchedSink sink;
    phone->backup(nullptr, sink, told_, {});
    EXPECT_THAT(told_.codes(), ::testing::ElementsAre("iphone.passcode", "iphone.passcode over"));
}

TEST_F(IosBackupRun, APlaceThatIsFullIsToldAsFull) {
    WatchedSink sink;
    sink.room_left = 1'000'000;
    EXPECT_THROW(phone->backup(nullptr, sink, told_, {}), NoSpace);
    sink.room_left = uint64_t{80} << 20;
    try {
        phone->backup(nullptr, sink, told_, {});
        FAIL() << "300 photos and the phone's own reserve do not fit";
    } catch (const NoSpace& full) {
        EXPECT_THAT(full.message(), ::testing::HasSubstr("Free in the place: 83.9 MB"));
        EXPECT_THAT(full.message(), ::testing::HasSubstr("Lifeboat keeps 67.1 MB"));
        EXPECT_THAT(full.message(), ::testing::HasSubstr("the iPhone was told 16.8 MB"));
    }
}

TEST_F(IosBackupRun, TheLockIsWaitedForAndGivenBack) {
    fault([](FaultPlan& plan) { plan.afc_locks_busy = 3; });
    WatchedSink sink;
    phone->backup(nullptr, sink, told_, {});
    const auto posted = phone_->device().notifications_since(0);
    EXPECT_EQ(posted.front(), "com.apple.itunes-mobdev.syncWillStart");
    EXPECT_EQ(posted.back(), "com.apple.itunes-mobdev.syncDidFinish");
    // Another backup gets it at once; also after one that failed.
    fault([](FaultPlan& plan) { plan.passcode_timeout = true; });
    EXPECT_EQ(hand_of(sink), Hand::enter_passcode);
    EXPECT_EQ(phone_->device().notifications_since(0).back(),
              "com.apple.itunes-mobdev.syncDidFinish");
}

TEST_F(IosBackupRun, APersonWhoStopsItOnThePhoneIsHeard) {
    fault([](FaultPlan& plan) { plan.passcode_waits = true; });
    std::jthread person([&] {
        EXPECT_TRUE(told_.wait_for("iphone.passcode"));
        phone_->device().post("com.apple.itunes-client.syncCancelRequest");
    });
    WatchedSink sink;
    try {
        phone->backup(nullptr, sink, told_, {});
        FAIL() << "it was stopped";
    } catch (const Temporary& error) {
        EXPECT_EQ(error.message(), "somebody stopped it on the iPhone");
    }
}

TEST_F(IosBackupRun, AStopEndsItWhateverItWaitsFor) {
    fault([](FaultPlan& plan) { plan.passcode_waits = true; });
    std::stop_source stop;
    std::jthread person([&] {
        EXPECT_TRUE(told_.wait_for("iphone.passcode"));
        stop.request_stop();
    });
    WatchedSink sink;
    EXPECT_THROW(phone->backup(nullptr, sink, told_, stop.get_token()), Cancelled);
}

TEST_F(IosBackupRun, AVanishedPhoneEndsEveryPhaseWithinTwoSeconds) {
    const auto notified = [&](std::string_view name) {
        const auto all = phone_->device().notifications_since(0);
        return std::ranges::find(all, name) != all.end();
    };
    fault([](FaultPlan& plan) { plan.afc_locks_busy = 1'000'000; });
    expect_gone("waiting for the lock", [&](const WatchedSink&) {
        return notified("com.apple.itunes-mobdev.syncLockRequest");
    });

    fault([](FaultPlan& plan) { plan.passcode_waits = true; });
    expect_gone("waiting for the passcode",
                [&](const WatchedSink&) { return told_.wait_for("iphone.passcode"); });

    fault([](FaultPlan& plan) { plan.stall_after_files = 150; });
    expect_gone("in a transfer that stalls",
                [](const WatchedSink& sink) { return sink.puts > 150; });

    fault([](FaultPlan& plan) { plan.stop_in_moving = 1; });
    expect_gone("while moving", [](const WatchedSink& sink) { return sink.moves >= 128; });
}

// A full backup lists only what it has sent, at its end; the next one begins with a list.
TEST_F(IosBackupRun, AVanishedPhoneEndsItsLookAtTheBackup) {
    expect_gone_at_listing("in the final check", nullptr);
    WatchedSink whole;
    phone->backup(nullptr, whole, told_, {});
    expect_gone_at_listing("in the first listing", &whole.tree);
    WatchedSink again(&whole.tree);
    phone->backup(&whole.tree, again, told_, {});
    EXPECT_EQ(again.payload(), 0u);
}

TEST_F(IosBackupRun, APhoneThatDiesIsNoticedAtOnceAndGoesOnLater) {
    fault([](FaultPlan& plan) { plan.die_after_files = 150; });
    WatchedSink first;
    const nanoseconds before = clock_.monotonic();
    EXPECT_THROW(phone->backup(nullptr, first, told_, {}), Gone);
    EXPECT_LT(clock_.monotonic() - before, std::chrono::seconds(30));
    phone_->come_back();
    WatchedSink second(&first.tree);
    phone->backup(&first.tree, second, told_, {});
    EXPECT_EQ(list_of(second, "Status.plist").text("SnapshotState")[0], "finished");
    EXPECT_LT(second.payload(), 200u);  // 128 were durable: they are not sent again
}

TEST_F(IosBackupRun, OverTheNetworkThePhoneIsKeptAwake) {
    simulated({.over_network = true});
    phone = paired();
    WatchedSink sink;
    phone->backup(nullptr, sink, told_, {});
    EXPECT_EQ(list_of(sink, "Status.plist").text("SnapshotState")[0], "finished");
}

}  // namespace
}  // namespace lifeboat::phone::ios
