#include "engine/engine_world.h"

namespace lifeboat::engine {
namespace {

using VerifyTest = EngineTest;

void flip_a_byte(storage::MemoryBackend& disk, const std::string& prefix) {
    auto files = disk.files();
    for (auto& [name, content] : files) {
        if (!name.starts_with(prefix)) continue;
        content[content.size() / 3] ^= std::byte{1};
    }
    disk.set_files(files);
}

TEST_F(VerifyTest, CountsWhatWasReadBackAndCompared) {
    make_backup();
    const auto report = verify("place-1", *first, latest(), Depth::deep, context());
    EXPECT_TRUE(report.clean());
    EXPECT_EQ(report.files, 20u);
    EXPECT_EQ(report.bytes, load_manifest(*first->read(latest(), {}))->bytes());
}

TEST_F(VerifyTest, ADamagedPackNamesThePhotosItCosts) {
    make_backup();
    flip_a_byte(first_disk, "data/");
    reopen();
    const auto report = verify("place-1", *first, latest(), Depth::deep, context());
    EXPECT_FALSE(report.clean());
    EXPECT_FALSE(report.damages.empty());
    EXPECT_FALSE(report.wrong.empty());
}

TEST_F(VerifyTest, ADamagedSnapshotIsNoReasonToCallTheOlderOneFine) {
    make_backup();
    clock.advance(std::chrono::hours(1));
    add_photo(50);
    make_backup();
    const auto newest = latest();
    auto files = first_disk.files();
    files.at("snapshots/" + newest.id.hex())[40] ^= std::byte{1};
    first_disk.set_files(files);
    reopen();
    const auto report = verify("place-1", *first, latest(), Depth::structure, context());
    EXPECT_FALSE(report.clean());
}

TEST_F(VerifyTest, AManifestThatDisagreesWithTheTreeShows) {
    auto report = make_backup();
    auto manifest = report.manifest;
    manifest.files.at(photo(3)).sha256.value[0] ^= std::byte{1};
    const auto builder = first->build(nullptr, {});
    walk(phone.files, ItemPath{}, [&](const Item& item) {
        if (item.kind == ItemKind::file) builder->put(item, *phone.files.open(item.path));
    });
    const std::string text = encode_manifest(manifest);
    MemorySource source(to_bytes(text));
    builder->put({.path = manifest_path(), .size = text.size(), .mode = 0644}, source);
    clock.advance(std::chrono::minutes(1));
    auto draft = latest();
    draft.time = clock.now();
    builder->finish(draft, {});
    const auto verified = verify("p", *first, latest(), Depth::files, context());
    ASSERT_EQ(verified.wrong.size(), 1u);
    EXPECT_EQ(verified.wrong[0].path, photo(3));
    EXPECT_EQ(verified.files, 19u);
}

}  // namespace
}  // namespace lifeboat::engine
