#include "content/ios_backup/manifest_index.h"

#include "base/hex.h"
#include "item/memory_items.h"
#include "sim/ios/backup_keybag.h"
#include "sim/ios/database_maker.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace lifeboat::content {
namespace {

// As many as a small phone has; bench/ios_manifest_bench.cpp has a million.
constexpr uint64_t many = 20'000;
constexpr uint64_t in_one_folder = 8'000;

std::string path_of(uint64_t i) {
    if (i < in_one_folder) return fmt::format("Message/Media/{:05}.jpg", i);
    return fmt::format("Documents/{:03}/entry-{}", i / 100, i);
}

ManifestIndex index_of_many() {
    sim::DatabaseMaker maker;
    maker.run(
        "CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain TEXT, relativePath TEXT, flags "
        "INTEGER, file BLOB); BEGIN");
    for (uint64_t i = 0; i < many; ++i) {
        // Backwards: the order of the rows says nothing.
        const uint64_t number = many - 1 - i;
        const std::string path = path_of(number);
        const Bytes file = sim::mb_file_archive({.relative_path = path, .size = number});
        maker.run(fmt::format("INSERT INTO Files VALUES ('{}','AppDomain-a','{}',1,x'{}')",
                              sim::backup_file_id("AppDomain-a", path), path, to_hex(file)));
    }
    maker.run("COMMIT");
    const Bytes bytes = maker.bytes();
    MemorySource source(bytes);
    const Database database(source, bytes.size(), {});
    return ManifestIndex::read(database, {});
}

TEST(ManifestIndexOfMany, FindsAndListsEveryFile) {
    const ManifestIndex index = index_of_many();
    EXPECT_EQ(index.rows(), many);
    EXPECT_EQ(index.bad_row_count(), 0u);
    for (uint64_t i = 0; i < many; ++i) {
        const auto* entry = index.find(ItemPath("AppDomain-a/" + path_of(i)));
        ASSERT_NE(entry, nullptr) << i;
        ASSERT_EQ(entry->size, i);
        ASSERT_EQ(index.path(*entry).text(), "AppDomain-a/" + path_of(i));
    }
    const auto* media = index.find(ItemPath("AppDomain-a/Message/Media"));
    ASSERT_NE(media, nullptr);
    const auto children = index.children(media->folder);
    ASSERT_EQ(children.size(), in_one_folder);
    for (uint64_t i = 0; i < in_one_folder; ++i) {
        ASSERT_EQ(index.name(children[i]), fmt::format("{:05}.jpg", i));
    }
    EXPECT_EQ(index.find(ItemPath("AppDomain-a/Message/Media/99999.jpg")), nullptr);
    EXPECT_EQ(index.find(ItemPath("AppDomain-a/Message/Media/00001.jpg/below")), nullptr);
}

// A million of them must fit where a program has little room.
TEST(ManifestIndexOfMany, AFileCostsLittle) {
    EXPECT_LE(sizeof(ManifestEntry), 72u);
}

}  // namespace
}  // namespace lifeboat::content
