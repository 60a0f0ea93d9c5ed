#include "engine/manifest.h"

#include "base/error.h"
#include "engine/engine.h"

#include <gtest/gtest.h>

namespace lifeboat::engine {
namespace {

Manifest sample() {
    Manifest manifest{.device_key = "S1", .model = "Pixel \xff", .counter = 3};
    manifest.files[ItemPath("a/\xff\n\"x")] = {.size = 5, .modified = TimePoint{nanoseconds{-7}}};
    manifest.files[ItemPath("b")].sha256.value[0] = std::byte{9};
    manifest.unreadable[ItemPath("c")] = "Permission denied";
    return manifest;
}

TEST(Manifest, ComesBackAsItWas) {
    auto expected = sample();
    expected.model = "Pixel \xef\xbf\xbd";  // text that is not UTF-8 is replaced; names never are
    EXPECT_EQ(decode_manifest(as_bytes(encode_manifest(sample()))), expected);
}

TEST(Manifest, ALostOrForgedLineShows) {
    const std::string text = encode_manifest(sample());
    EXPECT_THROW(decode_manifest(as_bytes(text.substr(0, text.size() - 5))), Corrupt);
    const size_t last_line = text.rfind('\n', text.size() - 2) + 1;
    EXPECT_THROW(decode_manifest(as_bytes(text.substr(0, last_line))), Corrupt);
    std::string forged = text;
    forged.replace(forged.find("\"b\""), 3, "\"..\"");
    EXPECT_THROW(decode_manifest(as_bytes(forged)), Corrupt);
    EXPECT_THROW(decode_manifest(as_bytes("[1]\n")), Corrupt);
    EXPECT_THROW(decode_manifest({}), Corrupt);
}

TEST(Snapshots, AreChosenByLatestOrByUniqueDigits) {
    repository::Snapshot old{.time = TimePoint{nanoseconds{1}},
                             .tags = {tag_phone("a,b"), "complete"}};
    old.id.value[0] = std::byte{0xab};
    repository::Snapshot cut{.time = TimePoint{nanoseconds{2}},
                             .tags = {tag_phone("a,b"), "interrupted"}};
    cut.id.value[0] = std::byte{0xab};
    cut.id.value[3] = std::byte{1};
    const std::vector all{old, cut};
    EXPECT_EQ(choose_snapshot(all, "latest", "a,b").id, old.id);
    EXPECT_THROW(choose_snapshot(all, "latest", "other"), Missing);
    EXPECT_THROW(choose_snapshot(all, "ab00", ""), Misuse);
    EXPECT_EQ(choose_snapshot(all, "ab000001", "").id, cut.id);
    EXPECT_THROW(choose_snapshot(all, "xyz", ""), Misuse);
    EXPECT_THROW(choose_snapshot(all, "cccc", ""), Missing);
}

TEST(Snapshots, WhatAnotherProgramMadeIsLatestOnlyWhereNothingElseIs) {
    repository::Snapshot own{.time = TimePoint{nanoseconds{1}}, .tags = {"complete"}};
    own.id.value[0] = std::byte{1};
    repository::Snapshot imported{.time = TimePoint{nanoseconds{2}},
                                  .tags = {"complete", std::string(tag_imported)}};
    imported.id.value[0] = std::byte{2};
    EXPECT_EQ(choose_snapshot({own, imported}, "latest", "").id, own.id);
    EXPECT_EQ(choose_snapshot({imported, own}, "", "").id, own.id);
    EXPECT_EQ(choose_snapshot({imported}, "latest", "").id, imported.id);
}

}  // namespace
}  // namespace lifeboat::engine
