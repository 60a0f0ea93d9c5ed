#include "checklist/completeness.h"

#include "checklist/facts.h"

#include <gtest/gtest.h>

#include <numeric>

namespace lifeboat::checklist {
namespace {

using Paths = std::vector<std::string>;

Completeness sample_table() {
    return subtract({{"DCIM/1.jpg", 10, "photos"},
                     {"DCIM/2.jpg", 20, "photos"},
                     {"DCIM/3.jpg", 30, "photos"},
                     {"Documents/a.pdf", 7, "documents"},
                     {"Documents/locked.pdf", 9, "documents"},
                     {"strange", 1, "no such class"}},
                    {{"ssd", {{"DCIM/1.jpg", 10}, {"DCIM/2.jpg", 20}, {"Documents/a.pdf", 7}}},
                     {"nas", {{"DCIM/1.jpg", 10}, {"DCIM/2.jpg", 19}, {"gone/from/phone.jpg", 1}}}},
                    {{"Documents/locked.pdf", "documents", "Permission denied"},
                     {"Android/data/com.example", "private", "Permission denied"},
                     {"DCIM/secret", "folders", "Permission denied"},
                     {"DCIM/secret", "folders", "again"}});
}

TEST(Completeness, SubtractsEachPlaceFromThePhone) {
    const Completeness table = sample_table();
    const ClassRow* photos = table.find("photos");
    ASSERT_NE(photos, nullptr);
    EXPECT_EQ(photos->on_phone, 3u);
    EXPECT_EQ(photos->on_phone_bytes, 60u);
    ASSERT_EQ(photos->places.size(), 2u);
    EXPECT_EQ(photos->places[0].place, "ssd");
    EXPECT_EQ(photos->places[0].missing.paths, (Paths{"DCIM/3.jpg"}));
    // Half a file is no copy of it.
    EXPECT_EQ(photos->places[1].missing.paths, (Paths{"DCIM/2.jpg", "DCIM/3.jpg"}));
    EXPECT_EQ(photos->places[1].missing.bytes, 50u);
    EXPECT_EQ(photos->only_on_phone.paths, (Paths{"DCIM/3.jpg"}));
    EXPECT_EQ(photos->only_on_phone.bytes, 30u);
    EXPECT_EQ(table.only_on_phone(), 2u);
    EXPECT_EQ(table.missing(), 6u);
}

TEST(Completeness, RefusedPathsAreCountedOnceAndNotAsMissing) {
    const Completeness table = sample_table();
    const ClassRow* documents = table.find("documents");
    ASSERT_NE(documents, nullptr);
    EXPECT_EQ(documents->on_phone, 2u);
    ASSERT_EQ(documents->unreadable.size(), 1u);
    EXPECT_EQ(documents->unreadable[0].path, "Documents/locked.pdf");
    EXPECT_EQ(documents->places[0].missing.count(), 0u);
    EXPECT_EQ(documents->places[1].missing.paths, (Paths{"Documents/a.pdf"}));
    EXPECT_EQ(table.folders.size(), 1u);
    EXPECT_EQ(table.closed.size(), 1u);
}

TEST(Completeness, UnknownClassesAreOther) {
    const Completeness table = sample_table();
    EXPECT_EQ(table.classes.size(), facts::classes.size());
    EXPECT_EQ(table.find("other")->on_phone, 1u);
    EXPECT_EQ(table.find("no such class"), nullptr);
    EXPECT_EQ(table.find("videos")->on_phone, 0u);
}

TEST(Completeness, NumbersAddUpForManyFiles) {
    std::vector<PhoneFile> files;
    PlaceContents even{"even", {}};
    PlaceContents third{"third", {}};
    for (int i = 0; i < 3000; ++i) {
        const std::string path = "f" + std::to_string(i);
        files.push_back({path, 1, std::string(facts::classes[static_cast<size_t>(i) % 5])});
        if (i % 2 == 0) even.files.push_back({path, 1});
        if (i % 3 == 0) third.files.push_back({path, 1});
    }
    const Completeness table = subtract(files, {even, third}, {});
    EXPECT_EQ(table.missing(), 1500u + 2000u);
    EXPECT_EQ(table.only_on_phone(), 1000u);
    EXPECT_EQ(std::accumulate(table.classes.begin(), table.classes.end(), uint64_t{0},
                              [](uint64_t sum, const ClassRow& row) { return sum + row.on_phone; }),
              3000u);
}

TEST(Completeness, BecomesEvidenceForEveryNumber) {
    EvidenceBook book;
    const TimePoint now = *from_rfc3339("2026-11-25T10:00:00Z");
    add_evidence(book, sample_table(), now, "inventory minus manifest");
    const auto value = [&](std::string_view fact, std::string_view subject) {
        const Evidence* found = book.find(fact, subject);
        return found == nullptr ? std::string("nothing") : *found->value;
    };
    EXPECT_EQ(value(facts::class_on_phone, "photos"), "3");
    EXPECT_EQ(value(facts::class_missing, "photos@nas"), "2");
    EXPECT_EQ(value(facts::class_missing_bytes, "photos@nas"), "50");
    EXPECT_EQ(value(facts::class_missing, "videos@ssd"), "0");
    EXPECT_EQ(value(facts::class_only_on_phone, "photos"), "1");
    EXPECT_EQ(value(facts::class_unreadable, "documents"), "1");
    EXPECT_EQ(value(facts::class_unreadable, "folders"), "1");
    EXPECT_EQ(value(facts::class_unreadable, "private"), "1");
    for (const Evidence& entry : book.entries()) {
        EXPECT_EQ(entry.grade, Grade::proven);
        EXPECT_EQ(entry.observed, now);
    }
}

}  // namespace
}  // namespace lifeboat::checklist
