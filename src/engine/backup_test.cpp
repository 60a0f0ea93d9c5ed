#include "engine/engine_world.h"

namespace lifeboat::engine {
namespace {

using BackupTest = EngineTest;

TEST_F(BackupTest, StoresEveryFileWithItsHashInTheManifest) {
    const auto report = make_backup();
    EXPECT_TRUE(report.complete);
    EXPECT_EQ(report.manifest.files.size(), 20u);
    const auto tree = first->read(latest(), {});
    const auto manifest = load_manifest(*tree);
    ASSERT_TRUE(manifest);
    EXPECT_EQ(*manifest, report.manifest);
    for (const auto& [path, entry] : manifest->files) {
        const Bytes content = read_all(*tree->open(path), 1 << 20);
        EXPECT_EQ(Digest{crypto::sha256(content)}, entry.sha256);
        EXPECT_EQ(content, read_all(*phone.files.open(path), 1 << 20));
    }
}

TEST_F(BackupTest, ASecondRunSendsOnlyWhatIsNew) {
    make_backup();
    phone.sent = 0;
    add_photo(99);
    const auto report = make_backup();
    EXPECT_EQ(phone.sent, 1u);
    EXPECT_EQ(report.manifest.files.size(), 21u);
    EXPECT_EQ(report.manifest.counter, 2u);
    EXPECT_TRUE(report.has_previous);
    EXPECT_EQ(report.previous_files, 20u);
}

TEST_F(BackupTest, ACutCableCostsNothingThatWasCopied) {
    phone.vanish_after = 15;
    EXPECT_THROW(make_backup(), Temporary);
    EXPECT_FALSE(newest_backup(first->snapshots({}), "S1")) << "an interrupted run is no backup";
    reopen();
    phone.vanish_after.reset();
    phone.sent = 0;
    const auto report = make_backup();
    EXPECT_EQ(phone.sent, 5u);
    EXPECT_EQ(report.manifest.files.size(), 20u);
    EXPECT_TRUE(verify("p", *first, latest(), Depth::deep, context()).clean());
}

TEST_F(BackupTest, ACutInALaterRunKeepsWhatEarlierRunsHad) {
    make_backup();
    for (int i = 100; i < 110; ++i) add_photo(i);
    phone.sent = 0;
    phone.vanish_after = 4;
    EXPECT_THROW(make_backup(), Temporary);
    EXPECT_EQ(newest_backup(first->snapshots({}), "S1")->tags.back(), tag_complete);
    phone.vanish_after.reset();
    phone.sent = 0;
    EXPECT_EQ(make_backup().manifest.files.size(), 30u);
    EXPECT_EQ(phone.sent, 6u);
}

TEST_F(BackupTest, AnUnreadableFileIsNamedAndTheBackupIsPartial) {
    phone.refused.insert(ItemPath("sdcard/secret.pdf"));
    const auto report = make_backup();
    EXPECT_FALSE(report.complete);
    ASSERT_EQ(report.unreadable.size(), 1u);
    EXPECT_EQ(report.unreadable[0].path, ItemPath("sdcard/secret.pdf"));
    EXPECT_EQ(latest().tags.back(), tag_partial);
    EXPECT_EQ(load_manifest(*first->read(latest(), {}))->unreadable.size(), 1u);
}

TEST_F(BackupTest, AFullPlaceLeavesTheLastBackupUntouched) {
    make_backup();
    const auto before = latest();
    for (int i = 200; i < 230; ++i) add_photo(i);
    first_faults.limit_bytes(20'000);
    EXPECT_THROW(make_backup(), NoSpace);
    first_faults.heal();
    reopen();
    EXPECT_EQ(latest().id, before.id);
    EXPECT_TRUE(verify("p", *first, before, Depth::deep, context()).clean());
    EXPECT_EQ(make_backup().manifest.files.size(), 50u);
}

// Whatever operation of the place fails first: no broken snapshot, and the next run completes.
TEST_F(BackupTest, EveryFirstFailureOfThePlaceIsSurvived) {
    for (uint64_t k = 1;; ++k) {
        storage::MemoryBackend disk;
        storage::FaultyBackend faults(disk);
        disk.set_files(prepared().files);
        auto repository = repository::open_copy(faults, *prepared().repository, options(), {});
        faults.inject({.kind = storage::Fault::Kind::unreachable, .first = k, .count = UINT64_MAX});
        bool failed = false;
        try {
            backup(phone, phone.facts({}), *repository, context());
        } catch (const Error&) {
            failed = true;
        }
        faults.heal();
        repository.reset();
        // The next program finds the lock of a dead process and removes it; this process lives on.
        auto files = disk.files();
        std::erase_if(files, [](const auto& file) { return file.first.starts_with("locks/"); });
        disk.set_files(files);
        repository = repository::open_copy(faults, *prepared().repository, options(), {});
        const auto after = repository->check({.read_data = true}, events, {});
        EXPECT_TRUE(after.clean()) << "after operation " << k;
        const auto report = backup(phone, phone.facts({}), *repository, context());
        EXPECT_EQ(report.manifest.files.size(), 20u);
        const auto snapshot = *newest_backup(repository->snapshots({}), "S1");
        EXPECT_TRUE(verify("p", *repository, snapshot, Depth::deep, context()).clean());
        if (!failed) break;
        ASSERT_LT(k, 200u);
    }
}

}  // namespace
}  // namespace lifeboat::engine
