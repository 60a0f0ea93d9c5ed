#include "phone/android/contract_world_test.h"

namespace lifeboat::phone::android {
namespace {

// What a host folder holds, as path below it -> content ("/" for folders).
std::map<std::string, std::string> contents_of(const std::string& folder) {
    std::map<std::string, std::string> out;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        const std::string name = entry.path().string().substr(folder.size() + 1);
        out[name] = entry.is_directory() ? "/" : read_file(entry.path().string());
    }
    return out;
}

std::map<std::string, std::string> contents_of(const WatchedSink& sink) {
    std::map<std::string, std::string> out;
    walk(sink.tree, ItemPath("sdcard"), [&](const Item& item) {
        const std::string name = item.path.text().substr(7);
        out[name] = item.kind == ItemKind::folder ? "/" : sink.content(item.path.text());
    });
    return out;
}

TEST_F(AndroidContract, WalkOfFiveThousandFilesIsEqual) {
    const std::vector<std::string> odd{"with space.jpg",  "it's \"quoted\".jpg", "\U0001F600.jpg",
                                       "line\nbreak.jpg", "back\\slash",         "-dash",
                                       "bad\xff utf8",    std::string(255, 'n'), "$HOME `x` ;&|"};
    for (int folder = 0; folder < 50; ++folder) {
        for (int i = 0; i < 100; ++i) {
            const auto name = fmt::format("DCIM/album {}/{:03}.jpg", folder, i);
            write_file(sdcard(name), std::string(static_cast<size_t>(i), 'x'),
                       {1'600'000'000 + i, folder * 1000 + i});
        }
    }
    for (const std::string& name : odd) write_file(sdcard("Download/" + name), name);
    write_file(sdcard("Download/empty"), "");
    std::filesystem::create_directories(sdcard("Movies/empty folder"));
    simulated();

    const Inventory inventory = connected()->inventory({});
    EXPECT_TRUE(inventory.unreadable.empty());
    std::map<std::string, const Item*> seen;
    for (const Item& item : inventory.items) {
        if (item.path.text() == "sdcard") continue;
        EXPECT_TRUE(seen.emplace(item.path.text().substr(7), &item).second) << item.path.text();
    }
    size_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(storage_.path())) {
        const std::string name = entry.path().string().substr(storage_.path().size() + 1);
        ++count;
        ASSERT_TRUE(seen.contains(name)) << printable(name);
        const Item& item = *seen[name];
        struct stat info {};
        ASSERT_EQ(::lstat(entry.path().c_str(), &info), 0);
        EXPECT_EQ(item.kind, entry.is_directory() ? ItemKind::folder : ItemKind::file);
        if (entry.is_regular_file()) {
            EXPECT_EQ(item.size, static_cast<uint64_t>(info.st_size));
        }
        EXPECT_EQ(item.modified.time_since_epoch().count(),
                  int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec)
            << printable(name);
    }
    EXPECT_EQ(seen.size(), count);
    EXPECT_GT(count, 5000u);
}

TEST_F(AndroidContract, BackupHoldsEveryByteAndTheNextOneKeepsIt) {
    for (int i = 0; i < 300; ++i) {
        write_file(sdcard(fmt::format("DCIM/{}.jpg", i)),
                   std::string(static_cast<size_t>(i) * 397, static_cast<char>(i)));
    }
    write_file(sdcard("Movies/large.mp4"), std::string(20'000'000, 'L'));
    simulated();
    const auto phone = connected();
    WatchedSink first;
    phone->backup(nullptr, first, events_, {});
    EXPECT_EQ(contents_of(first), contents_of(storage_.path()));
    EXPECT_TRUE(first.tree.refused().empty());
    EXPECT_EQ(first.files_put, 303u);
    EXPECT_GE(first.expected.items, 303u);
    EXPECT_GT(first.expected.bytes, 20'000'000u);

    write_file(sdcard("DCIM/7.jpg"), "new content");
    write_file(sdcard("DCIM/new.jpg"), "new file");
    WatchedSink second(&first.tree);
    phone->backup(&first.tree, second, events_, {});
    EXPECT_EQ(second.files_put, 2u);
    EXPECT_EQ(second.files_kept, 302u);
    EXPECT_EQ(contents_of(second), contents_of(storage_.path()));
}

TEST_F(AndroidContract, OldPhonesWithoutVersionTwoOfTheFileService) {
    write_file(sdcard("Download/line\nbreak"), "abc");
    simulated({.without_features = {"stat_v2", "ls_v2", "sendrecv_v2"}});
    WatchedSink sink;
    connected()->backup(nullptr, sink, events_, {});
    EXPECT_EQ(contents_of(sink), contents_of(storage_.path()));
}

TEST_F(AndroidContract, EverySplitOfTheStreamIsTheSameStream) {
    for (int i = 0; i < 40; ++i)
        write_file(sdcard(fmt::format("DCIM/{}", i)), std::string(700, 'z'));
    simulated({.max_payload = 4096}).faults().with([](sim::FaultPlan& plan) { plan.split = true; });
    WatchedSink sink;
    connected()->backup(nullptr, sink, events_, {});
    EXPECT_EQ(contents_of(sink), contents_of(storage_.path()));
}

class CutCable : public AndroidContract, public testing::WithParamInterface<size_t> {};

TEST_P(CutCable, WhatWasPutStaysPutAndTheNextRunGoesOn) {
    constexpr size_t files = 400;
    for (size_t i = 0; i < files; ++i) {
        write_file(sdcard(fmt::format("DCIM/{}.jpg", i)), std::string(20'000, 'p'));
    }
    simulated();
    const size_t cut_at = files * GetParam() / 100;
    WatchedSink first;
    first.on_file = [&](size_t count) {
        if (count == cut_at) phone_->disappear();
    };
    // Few files under way, so that some are still on the phone at 90 %.
    const auto phone = connected({.pull = {.requests = 8}});
    try {
        phone->backup(nullptr, first, events_, {});
        FAIL() << "the phone is gone";
    } catch (const Temporary& error) {
        EXPECT_NE(error.guidance().find("safe"), std::string::npos);
    }
    EXPECT_EQ(events_.person_needed, 1u);
    EXPECT_GE(first.files_put + 8, cut_at);  // what was under way on four streams may be lost

    phone_->come_back();
    plug_in_again();
    WatchedSink second(&first.tree);
    connected()->backup(&first.tree, second, events_, {});
    EXPECT_EQ(second.files_kept, first.files_put);
    EXPECT_EQ(contents_of(second), contents_of(storage_.path()));
}

INSTANTIATE_TEST_SUITE_P(AtPercent, CutCable, testing::Values(10, 50, 90));

TEST_F(AndroidContract, ConnectionThatDropsForAMomentIsNotNoticed) {
    for (int i = 0; i < 300; ++i) {
        write_file(sdcard(fmt::format("DCIM/{}.jpg", i)), std::string(20'000, 'p'));
    }
    simulated();
    WatchedSink sink;
    sink.on_file = [&](size_t count) {
        if (count != 100) return;
        phone_->drop_connections();
        connect_server();
    };
    connected()->backup(nullptr, sink, events_, {});
    EXPECT_EQ(contents_of(sink), contents_of(storage_.path()));
}

TEST_F(AndroidContract, ServerThatIsReplacedIsDialledAgain) {
    for (int i = 0; i < 300; ++i) {
        write_file(sdcard(fmt::format("DCIM/{}.jpg", i)), std::string(20'000, 'p'));
    }
    simulated();
    WatchedSink sink;
    sink.on_file = [&](size_t count) {
        if (count != 100) return;
        server_.restart();
        connect_server();
    };
    connected()->backup(nullptr, sink, events_, {});
    EXPECT_EQ(contents_of(sink), contents_of(storage_.path()));
}

TEST_F(AndroidContract, FilesThatChangeVanishLieOrAreRefused) {
    const std::string at = "/storage/emulated/0/DCIM/";
    for (const char* name : {"once", "always", "gone", "refused", "liar", "good"}) {
        write_file(sdcard(std::string("DCIM/") + name), std::string(200'000, 'f'));
    }
    simulated().faults().with([&](sim::FaultPlan& plan) {
        plan.change[at + "once"] = {.how = sim::ChangeWhileRead::grow, .times = 1};
        plan.change[at + "always"] = {.how = sim::ChangeWhileRead::rewrite, .times = 1000};
        plan.vanish.insert(at + "gone");
        plan.refuse[at + "refused"] = EACCES;
        plan.lie_size[at + "liar"] = 123;
    });
    WatchedSink sink;
    connected()->backup(nullptr, sink, events_, {});
    EXPECT_EQ(sink.content("sdcard/DCIM/good").size(), 200'000u);
    EXPECT_EQ(sink.content("sdcard/DCIM/once"), read_file(sdcard("DCIM/once")));
    EXPECT_EQ(sink.refusal("sdcard/DCIM/once"), "-");
    EXPECT_EQ(sink.refusal("sdcard/DCIM/always"), "it changed while it was read");
    EXPECT_EQ(sink.refusal("sdcard/DCIM/refused"), "Permission denied");
    EXPECT_NE(sink.refusal("sdcard/DCIM/gone"), "-");
    EXPECT_NE(sink.refusal("sdcard/DCIM/liar"), "-");
    for (const char* name : {"always", "gone", "refused", "liar"}) {
        EXPECT_FALSE(sink.tree.find(ItemPath(std::string("sdcard/DCIM/") + name))) << name;
    }
}

TEST_F(AndroidContract, FoldersThatRefuseAreNamed) {
    write_file(sdcard("Android/data/com.secret/files/x"), "x");
    std::filesystem::create_directories(sdcard("Music"));
    simulated({.denied = {"Android/data/com.secret"}});
    WatchedSink sink;
    connected()->backup(nullptr, sink, events_, {});
    EXPECT_NE(sink.refusal("sdcard/Android/data/com.secret").find("Permission denied"),
              std::string::npos)
        << sink.refusal("sdcard/Android/data/com.secret");
    EXPECT_EQ(sink.refusal("sdcard/Music"), "-");
    EXPECT_EQ(sink.content("sdcard/DCIM/Camera/IMG_1.jpg"), "one");
}

TEST_F(AndroidContract, HostileNamesNeverEscape) {
    write_file(sdcard("Evil/good.txt"), "good");
    write_file(sdcard("Worse/lost.txt"), "lost");
    simulated().faults().with([](sim::FaultPlan& plan) {
        plan.hostile = {"/storage/emulated/0/Evil", "/storage/emulated/0/Worse",
                        "/storage/emulated/0/Worse#4g"};
    });
    WatchedSink sink;
    connected()->backup(nullptr, sink, events_, {});
    EXPECT_EQ(sink.content("sdcard/Evil/good.txt"), "good");
    EXPECT_NE(sink.refusal("sdcard/Evil").find("no file can have"), std::string::npos);
    EXPECT_NE(sink.refusal("sdcard/Worse").find("4294967295"), std::string::npos);
    EXPECT_EQ(sink.content("sdcard/DCIM/Camera/IMG_1.jpg"), "one");
    for (const auto& [path, content] : contents_of(sink)) {
        EXPECT_EQ(path.find(".."), std::string::npos) << printable(path);
        EXPECT_NE(path, "etc/passwd");
    }
}

TEST_F(AndroidContract, EndlessListingIsCutOff) {
    write_file(sdcard("Endless/a.txt"), "a");
    simulated().faults().with(
        [](sim::FaultPlan& plan) { plan.endless = {"/storage/emulated/0/Endless"}; });
    const auto phone = connected({.walk = {.entries_in_folder = 5000}});
    const Inventory inventory = phone->inventory({});
    ASSERT_EQ(inventory.unreadable.size(), 1u);
    EXPECT_EQ(inventory.unreadable[0].path.text(), "sdcard/Endless");
    EXPECT_NE(inventory.unreadable[0].reason.find("does not end"), std::string::npos);
}

TEST_F(AndroidContract, GarbageIsAnErrorAndNoCrash) {
    auto& simulated_phone = simulated();
    const auto phone = connected();
    simulated_phone.faults().with([](sim::FaultPlan& plan) { plan.garbage = true; });
    WatchedSink sink;
    EXPECT_THROW(phone->backup(nullptr, sink, events_, {}), Error);
    EXPECT_EQ(sink.files_put, 0u);
}

TEST_F(AndroidContract, LockedPhoneIsNotReadyAndNoEmptySuccess) {
    simulated().set_storage_locked(true);
    WatchedSink sink;
    EXPECT_THROW(connected()->backup(nullptr, sink, events_, {}), NotReady);
    EXPECT_THROW(connected()->inventory({}), NotReady);
}

// A phone that is new: its storage is listed, nothing is in it, and it says that it is unlocked.
TEST_F(AndroidContract, StorageWithoutAFileIsNoLockedPhone) {
    std::filesystem::remove_all(sdcard(""));
    std::filesystem::create_directory(sdcard(""));
    simulated();
    const auto inventory = connected()->inventory({});
    ASSERT_EQ(inventory.items.size(), 1u);
    EXPECT_EQ(inventory.items[0].path.text(), "sdcard");
    WatchedSink sink;
    connected()->backup(nullptr, sink, events_, {});
    EXPECT_EQ(sink.files_put, 0u);
    simulated().set_storage_locked(true);
    EXPECT_THROW(connected()->inventory({}), NotReady);
}

TEST_F(AndroidContract, MemoryCardIsASecondFolder) {
    const TempFolder card;
    write_file(card.path() + "/Backup/old.zip", "zip");
    simulated({.sd_card = card.path()});
    WatchedSink sink;
    connected()->backup(nullptr, sink, events_, {});
    EXPECT_EQ(sink.content("1A2B-3C4D/Backup/old.zip"), "zip");
    EXPECT_EQ(sink.content("sdcard/DCIM/Camera/IMG_1.jpg"), "one");
}

TEST_F(AndroidContract, SinkThatFailsEndsTheBackupWithItsOwnError) {
    for (int i = 0; i < 100; ++i) write_file(sdcard(fmt::format("DCIM/{}", i)), "x");
    simulated();
    WatchedSink sink;
    sink.on_file = [](size_t count) {
        if (count == 50) throw NoSpace("the disk is full");
    };
    EXPECT_THROW(connected()->backup(nullptr, sink, events_, {}), NoSpace);
}

TEST_F(AndroidContract, StopIsCancelled) {
    for (int i = 0; i < 200; ++i) write_file(sdcard(fmt::format("DCIM/{}", i)), "x");
    simulated();
    std::stop_source stop;
    WatchedSink sink;
    sink.on_file = [&](size_t count) {
        if (count == 50) stop.request_stop();
    };
    EXPECT_THROW(connected()->backup(nullptr, sink, events_, stop.get_token()), Cancelled);
    EXPECT_LT(sink.files_put, 200u);
}

}  // namespace
}  // namespace lifeboat::phone::android
