#include "personal/collection.h"

#include "base/error.h"
#include "item/memory_items.h"

#include <gtest/gtest.h>

namespace lifeboat::personal {
namespace {

Collection contacts(std::vector<Record> records) {
    return {.id = "contacts", .records = std::move(records)};
}

TEST(Collection, ComesBackAsItWasWritten) {
    const std::vector<Collection> all{
        {.id = "calls", .reading = Reading::refused, .why = "this phone does not show them"},
        {.id = "settings",
         .weight = Weight::noted,
         .records = {{"a", "1", "A \"quoted\"\nlabel"}, {"b", "2", "B"}},
         .gaps = {"some are hidden"}}};
    EXPECT_EQ(decode(as_bytes(encode(all))), all);
}

TEST(Collection, IsFoundInASnapshotAndOnlyThere) {
    MemoryTree tree;
    EXPECT_FALSE(load_collections(tree));
    const std::string text = encode({contacts({{"a", "1", "Ada"}})});
    const ByteView bytes = as_bytes(text);
    tree.add_file(inventory_path(), Bytes(bytes.begin(), bytes.end()));
    EXPECT_EQ(load_collections(tree)->front().records.front().label, "Ada");
}

TEST(Collection, ACutOrForgedFileIsRefused) {
    const std::string text = encode({contacts({{"a", "1", "Ada"}, {"b", "2", "Bo"}})});
    const std::string cut = text.substr(0, text.rfind('\n', text.size() - 2) + 1);
    EXPECT_THROW(decode(as_bytes(cut)), Corrupt);
    std::string orphan = text;
    orphan.replace(orphan.find("\"class\""), 7, "\"claxx\"");
    EXPECT_THROW(decode(as_bytes(orphan)), Corrupt);
    EXPECT_THROW(decode(as_bytes("")), Corrupt);
    EXPECT_THROW(decode(as_bytes("[]\n")), Corrupt);
}

TEST(Collection, AnotherVersionIsNotGuessedAt) {
    std::string text = encode({});
    text.replace(text.find("\"version\":1"), 11, "\"version\":9");
    EXPECT_THROW(decode(as_bytes(text)), Unsupported);
}

TEST(Change, NamesWhatIsLostChangedAndNew) {
    const auto change =
        compare(contacts({{"ada", "1", "Ada"}, {"bo", "2", "Bo"}, {"cy", "3", "Cy"}}),
                contacts({{"cy", "3", "Cy"}, {"bo", "9", "Bo"}, {"di", "4", "Di"}}));
    ASSERT_TRUE(change.comparable);
    EXPECT_EQ(change.same, 1u);
    ASSERT_EQ(change.lost.size(), 1u);
    EXPECT_EQ(change.lost.front().label, "Ada");
    ASSERT_EQ(change.changed.size(), 1u);
    EXPECT_EQ(change.changed.front().digest, "2");
    ASSERT_EQ(change.added.size(), 1u);
    EXPECT_EQ(change.added.front().label, "Di");
    EXPECT_TRUE(change.lost_something());
}

TEST(Change, EqualRecordsCountAsOftenAsTheyAreThere) {
    const Record twice{"sms", "1", "see you"};
    const auto change = compare(contacts({twice, twice}), contacts({twice}));
    EXPECT_EQ(change.same, 1u);
    EXPECT_EQ(change.lost.size(), 1u);
    EXPECT_TRUE(change.added.empty());
}

TEST(Change, WhatOneSideDidNotShowIsNotCompared) {
    Collection refused = contacts({});
    refused.reading = Reading::refused;
    refused.why = "not readable on this phone";
    const auto change = compare(contacts({{"a", "1", "Ada"}}), refused);
    EXPECT_FALSE(change.comparable);
    EXPECT_FALSE(change.lost_something());
    EXPECT_EQ(change.why, "not readable on this phone");
}

TEST(Change, OfWhatAnUpdateMayChangeIsNoLoss) {
    Collection before = contacts({{"a", "1", "A"}});
    before.weight = Weight::noted;
    EXPECT_FALSE(compare(before, contacts({})).lost_something());
}

TEST(Change, AClassThatWasNotReadAgainIsNamed) {
    const auto changes = compare({contacts({{"a", "1", "Ada"}})}, std::vector<Collection>{});
    ASSERT_EQ(changes.size(), 1u);
    EXPECT_FALSE(changes.front().comparable);
    EXPECT_FALSE(changes.front().why.empty());
}

}  // namespace
}  // namespace lifeboat::personal
