#include "phone/android/personal/content_rows.h"

#include "phone/android/personal/content_commands.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace lifeboat::phone::android {
namespace {

using Texts = std::vector<std::string>;

TEST(NumberRows, AreReadOrRefused) {
    const Texts columns{"_id", "date"};
    const auto rows =
        parse_number_rows("Row: 0 _id=3, date=-7\nRow: 1 _id=9, date=NULL\n", columns);
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_EQ(rows[0], (std::vector<Number>{3, -7}));
    EXPECT_EQ(rows[1], (std::vector<Number>{9, std::nullopt}));
    EXPECT_TRUE(parse_number_rows("No result found.\n", columns).empty());
    for (const char* bad :
         {"Row: 0 _id=3, date=7", "Row: 1 _id=3, date=7\n", "Row: 0 _id=3\n",
          "Row: 0 _id=3, date=x\n", "Row: 0 _id=3, date=7, more=1\n", "Row: 0 date=3, _id=7\n",
          "\n", "Row: 0 _id=3, date=99999999999999999999\n", "hello\n"}) {
        EXPECT_THROW(parse_number_rows(bad, columns), Garbled) << bad;
    }
}

TEST(NumberRows, ShowWhetherLineEndsWereDoubled) {
    EXPECT_TRUE(has_returns("Row: 0 _id=1\r\nRow: 1 _id=2\r\n"));
    EXPECT_FALSE(has_returns("Row: 0 _id=1\r\nRow: 1 _id=2\n"));
    EXPECT_FALSE(has_returns(""));
    EXPECT_EQ(without_returns("a\r\nb\r\r\nc\r"), "a\nb\r\nc\r");
}

// A table as the content tool prints it.
struct Printed {
    std::vector<ExpectedRow> rows{};
    std::vector<Texts> values{};
    std::string text(const TextColumns& columns, size_t count) const {
        std::string out;
        for (size_t i = 0; i < count; ++i) {
            out += fmt::format("Row: {} _id={}", i, rows[i].id);
            for (size_t k = 0; k < columns.names.size(); ++k) {
                out += fmt::format(", {}={}", columns.names[k], values[i][k]);
            }
            if (!columns.seal.empty()) out += fmt::format(", {}={}", columns.seal, rows[i].seal);
            out += '\n';
        }
        return out;
    }
    void add(int64_t id, std::string seal, Texts texts) {
        rows.push_back({id, std::move(seal)});
        values.push_back(std::move(texts));
    }
};

// What is believed must be right; returns how many rows were not believed.
size_t check(const Printed& table, const TextColumns& columns) {
    const auto found = parse_text_rows(table.text(columns, table.rows.size()), table.rows, columns);
    EXPECT_EQ(found.seen, table.rows.size());
    size_t doubtful = 0;
    for (size_t i = 0; i < found.rows.size(); ++i) {
        if (!found.rows[i])
            ++doubtful;
        else
            EXPECT_EQ(*found.rows[i], table.values[i]) << i;
    }
    return doubtful;
}

TEST(TextRows, CommasLineEndsAndRowsInsideOfTexts) {
    Printed table;
    table.add(3, "10", {"Ada, Bo", "a\nb"});
    table.add(5, "10", {"", ", b"});
    table.add(8, "NULL", {"Row: 1 _id=5, a=x", "\nRow: 9 _id=9, a=fake, c=, s=1"});
    table.add(9, "12", {"=\n\n", "\xF0\x9F\x98\x80\r"});
    EXPECT_EQ(check(table, {{"a", "b"}, "s"}), 0u);
}

TEST(TextRows, ALookAlikeIsNeverBelieved) {
    const TextColumns columns{{"a", "b"}, "s"};
    Printed separator;
    separator.add(3, "10", {"x, b=y", "z"});
    separator.add(4, "11", {"plain", "plain"});
    EXPECT_EQ(check(separator, columns), 1u);
    Printed boundary;
    boundary.add(3, "10", {"x", "z, s=10\nRow: 1 _id=4, a=fake, b=fake, s=11\nRow: 2 _id=6, a="});
    boundary.add(4, "11", {"one", "two"});
    boundary.add(6, "12", {"three", "four"});
    EXPECT_EQ(check(boundary, columns), 3u);
    Printed last;
    last.add(3, "10", {"x", "z"});
    last.add(4, "11", {"", ", s=10\nRow: 1 _id=4, a=, b="});
    EXPECT_EQ(check(last, columns), 2u);
}

TEST(TextRows, ACutOrAnotherTableIsRefused) {
    const TextColumns columns{{"a", "b"}, "s"};
    Printed table;
    table.add(3, "10", {"one", "two\nthree"});
    table.add(4, "11", {"four", "five"});
    const std::string whole = table.text(columns, 2);
    const std::string first = table.text(columns, 1);
    for (size_t size = 1; size < whole.size(); ++size) {
        if (size == first.size()) continue;
        EXPECT_THROW(parse_text_rows(whole.substr(0, size), table.rows, columns), Garbled) << size;
    }
    EXPECT_EQ(parse_text_rows(first, table.rows, columns).seen, 1u);
    EXPECT_EQ(parse_text_rows("No result found.\n", table.rows, columns).seen, 0u);
    table.rows[1].id = 5;
    EXPECT_THROW(parse_text_rows(whole, table.rows, columns), Garbled);
}

TEST(LoneText, IsEverythingBetweenItsKnownEnds) {
    const ExpectedRow row{7, "3"};
    const std::string value = "x, s=3\nRow: 1 _id=8, a=, s=3";
    EXPECT_EQ(parse_lone_text("Row: 0 _id=7, a=" + value + ", s=3\n", row, "a", "s"), value);
    EXPECT_EQ(parse_lone_text("Row: 0 _id=7, a=\n", row, "a", ""), "");
    EXPECT_FALSE(parse_lone_text("Row: 0 _id=8, a=x, s=3\n", row, "a", "s"));
    EXPECT_FALSE(parse_lone_text("Row: 0 _id=7, a=x, s=", row, "a", "s"));
}

TEST(ContentError, ReadsWhatTheToolSays) {
    EXPECT_FALSE(content_error(""));
    EXPECT_FALSE(content_error("WARNING: linker: /system/lib64/libx.so: unused DT entry\n"));
    const auto denied = content_error(
        "Error while accessing provider:call_log\njava.lang.SecurityException: Permission Denial: "
        "opening provider x from (null) requires android.permission.READ_CALL_LOG\n"
        "        at android.os.Parcel.readException(Unknown Source:63)\n");
    ASSERT_TRUE(denied);
    EXPECT_EQ(denied->problem, ContentProblem::permission);
    EXPECT_NE(denied->said.find("READ_CALL_LOG"), std::string::npos);
    const auto column = content_error(
        "Error while accessing provider:sms\njava.lang.IllegalArgumentException: Invalid column "
        "hex(body)\n");
    ASSERT_TRUE(column);
    EXPECT_EQ(column->problem, ContentProblem::column);
    EXPECT_EQ(column->detail, "hex(body)");
    EXPECT_EQ(content_error("android.database.sqlite.SQLiteException: no such column: foo (code 1 "
                            "SQLITE_ERROR): , while compiling: SELECT foo\n")
                  ->detail,
              "foo");
    EXPECT_EQ(
        content_error("Error while accessing provider:x\njava.lang.RuntimeException: y\n")->said,
        "java.lang.RuntimeException: y");
    EXPECT_EQ(
        content_error("android.database.sqlite.SQLiteBlobTooBigException: Row too big\n")->problem,
        ContentProblem::too_large);
}

TEST(ContentWords, AreQuotedForEachReader) {
    EXPECT_EQ(select_command({.uri = "content://x/y?a=b",
                              .projection = {"_id", "a"},
                              .where = "a='it''s'",
                              .sort = "_id ASC"}),
              "content query --uri 'content://x/y?a=b' --projection '_id:a' --where "
              "'a='\\''it'\\'''\\''s'\\''' --sort '_id ASC'");
    EXPECT_EQ(sql_text("it's"), "'it''s'");
    EXPECT_EQ(both_conditions("a", ""), "a");
    EXPECT_EQ(both_conditions("a OR b", "c"), "(a OR b) AND (c)");
    EXPECT_EQ(uri_part("a b/c:d"), "a%20b%2Fc%3Ad");
}

}  // namespace
}  // namespace lifeboat::phone::android
