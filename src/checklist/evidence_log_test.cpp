#include "checklist/evidence_log.h"

#include "base/error.h"
#include "checklist/sample_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace lifeboat::checklist {
namespace {

LogRecord record(int n) {
    Evidence evidence = sample::fact("battery.percent", "", std::to_string(50 + n));
    evidence.id = "e" + std::to_string(n);
    return {.evidence = evidence,
            .device_key = "D1",
            .threshold = ">= 80",
            .rule_version = std::string(rule_version),
            .tool_version = "0.1.0",
            .monotonic = nanoseconds(n)};
}

std::vector<std::string> sample_lines(int count) {
    LogWriter writer;
    std::vector<std::string> all;
    for (int n = 0; n < count; ++n) all.push_back(writer.line(record(n)));
    return all;
}

std::string joined(const std::vector<std::string>& all) {
    std::string text;
    for (const std::string& line : all) text += line;
    return text;
}

TEST(EvidenceLog, ComesBackAsItWasWritten) {
    LogWriter writer;
    LogRecord unknown = record(1);
    unknown.evidence.value.reset();
    unknown.evidence.grade = Grade::unknown;
    unknown.evidence.why_unknown = "quote \" backslash \\ line\nend";
    std::string text = writer.line(record(0));
    text += writer.line(unknown);
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
    EXPECT_THAT(read_log(text), testing::ElementsAre(record(0), unknown));
    const LogState state = inspect_log(text);
    EXPECT_TRUE(state.sound());
    EXPECT_FALSE(state.torn);
    EXPECT_EQ(state.lines, 2u);
    EXPECT_EQ(state.valid_bytes, text.size());
    EXPECT_EQ(state.last_hash, writer.last_hash());
}

// The hash is that of `printf '%s' '{...the line up to prev_hash...}' | sha256sum`.
TEST(EvidenceLog, WritesTheLineTheDocumentsShow) {
    LogWriter writer;
    const std::string line = writer.line(record(0));
    EXPECT_EQ(line,
              R"({"id":"e0","rule_version":"1","device_key":"D1","fact":"battery.percent",)"
              R"("subject":"","method":"sample","raw_sha256":"","value":"50","why_unknown":"",)"
              R"("threshold":">= 80","grade":"proven","at":"2026-11-25T10:19:00Z","monotonic":0,)"
              R"("tool_version":"0.1.0","prev_hash":")" +
                  std::string(log_genesis) +
                  R"(","hash":"d084d8b9ca1c8f17c36a643d8f420c4081bc6cd43655c510d48fd76df94f40ed"})"
                  "\n");
}

TEST(EvidenceLog, AnEmptyLogIsSound) {
    EXPECT_TRUE(inspect_log("").sound());
    EXPECT_EQ(inspect_log("").last_hash, log_genesis);
    EXPECT_TRUE(read_log("").empty());
}

TEST(EvidenceLog, AnyChangedByteShows) {
    const auto all = sample_lines(3);
    const std::string text = joined(all);
    const size_t second = all[0].size();
    const size_t third = second + all[1].size();
    for (size_t i = second; i < third; ++i) {
        std::string edited = text;
        edited[i] = edited[i] == '1' ? '2' : '1';
        const LogState state = inspect_log(edited);
        ASSERT_TRUE(state.broken_line) << i;
        EXPECT_EQ(*state.broken_line, 2u) << i;
        EXPECT_EQ(state.valid_bytes, second) << i;
        EXPECT_THROW(read_log(edited), Corrupt);
    }
}

// Someone who edits a line and computes its hash anew breaks the next one.
TEST(EvidenceLog, ARewrittenLineBreaksTheNext) {
    auto all = sample_lines(3);
    LogWriter first;
    const std::string start = first.line(record(0));
    LogRecord lie = record(1);
    lie.evidence.value = "100";
    all[1] = LogWriter(first.last_hash()).line(lie);
    const LogState state = inspect_log(joined(all));
    EXPECT_EQ(state.broken_line, 3u);
    EXPECT_EQ(state.problem, "not-in-chain");
}

TEST(EvidenceLog, DeletedAndMovedLinesShow) {
    const auto all = sample_lines(4);
    EXPECT_EQ(inspect_log(all[1] + all[2] + all[3]).broken_line, 1u);
    EXPECT_EQ(inspect_log(all[0] + all[2] + all[3]).broken_line, 2u);
    EXPECT_EQ(inspect_log(all[0] + all[2] + all[1] + all[3]).broken_line, 2u);
    EXPECT_EQ(inspect_log(all[0] + all[1] + all[1]).broken_line, 3u);
    EXPECT_EQ(inspect_log(all[0] + "\n" + all[1]).broken_line, 2u);
}

TEST(EvidenceLog, ACutOffWriteIsReportedAndLeftOut) {
    const auto all = sample_lines(3);
    const std::string text = joined(all);
    const size_t whole = all[0].size() + all[1].size();
    for (size_t size = whole + 1; size < text.size(); ++size) {
        const LogState state = inspect_log(text.substr(0, size));
        EXPECT_TRUE(state.sound()) << size;
        EXPECT_TRUE(state.torn) << size;
        EXPECT_EQ(state.valid_bytes, whole) << size;
        EXPECT_EQ(state.lines, 2u) << size;
        EXPECT_EQ(read_log(text.substr(0, size)).size(), 2u) << size;
    }
    const LogState torn = inspect_log(text.substr(0, text.size() - 10));
    LogWriter again(torn.last_hash);
    EXPECT_TRUE(inspect_log(text.substr(0, torn.valid_bytes) + again.line(record(9))).sound());
}

TEST(EvidenceLog, AnAnchorShowsALostEnd) {
    const auto all = sample_lines(3);
    const LogAnchor anchor = inspect_log(joined(all)).anchor();
    EXPECT_EQ(anchor.lines, 3u);
    EXPECT_TRUE(inspect_log(joined(all), anchor).sound());
    LogWriter more(anchor.hash);
    EXPECT_TRUE(inspect_log(joined(all) + more.line(record(7)), anchor).sound());
    const LogState cut = inspect_log(all[0] + all[1], anchor);
    EXPECT_EQ(cut.broken_line, 3u);
    EXPECT_EQ(cut.problem, "lost-end");
    // A whole new log of the same length.
    LogWriter other;
    std::string forged;
    for (int n = 5; n < 8; ++n) forged += other.line(record(n));
    EXPECT_TRUE(inspect_log(forged).sound());
    EXPECT_EQ(inspect_log(forged, anchor).broken_line, 3u);
}

TEST(EvidenceLog, HostileTextIsNoCrash) {
    for (const std::string& line :
         {std::string("\n"), std::string("{}\n"), std::string("not json\n"),
          std::string(300, '[') + "\n", std::string(2'000'000, 'x') + "\n",
          std::string("\0\xff\n", 3)}) {
        EXPECT_EQ(inspect_log(line).broken_line, 1u);
        EXPECT_THROW(read_log(line), Corrupt);
    }
}

TEST(EvidenceLog, BytesThatAreNoTextAreShownAsSuch) {
    LogRecord odd = record(0);
    odd.evidence.value =
        "a\xff"
        "b";
    const std::string line = LogWriter().line(odd);
    EXPECT_EQ(read_log(line).front().evidence.value, "a\\xffb");
}

TEST(EvidenceLog, GivesTheBookOfOnePhone) {
    LogRecord other = record(3);
    other.device_key = "D2";
    LogWriter writer;
    std::string text;
    for (const LogRecord& one : {record(0), record(1), other}) text += writer.line(one);
    const auto book = book_in_log(text, "D1");
    ASSERT_TRUE(book);
    EXPECT_EQ(book->entries().size(), 1u);
    EXPECT_EQ(book->find("battery.percent")->value, "51");
    EXPECT_EQ(book_in_log(text, "D3")->entries().size(), 0u);
    EXPECT_TRUE(book_in_log(text.substr(0, text.size() - 1), "D2")->entries().empty());  // torn
    text[text.find("51")] = '9';
    EXPECT_FALSE(book_in_log(text, "D1"));
}

}  // namespace
}  // namespace lifeboat::checklist
