#include "base/bytes.h"
#include "base/error.h"
#include "base/queue.h"
#include "base/task_group.h"
#include "base/text.h"
#include "base/time.h"

#include <gtest/gtest.h>

namespace lifeboat {
namespace {

TEST(Time, WritesAndReadsNanoseconds) {
    const auto time = from_rfc3339("2026-11-25T10:12:00.5+01:00");
    ASSERT_TRUE(time);
    EXPECT_EQ(to_rfc3339(*time), "2026-11-25T09:12:00.5Z");
    EXPECT_EQ(zone_of_rfc3339("2026-11-25T10:12:00.5+01:00").count(), 60);
    EXPECT_EQ(zone_of_rfc3339("2026-11-25T10:12:00-09:30").count(), -570);
    EXPECT_EQ(zone_of_rfc3339("2026-11-25T10:12:00Z").count(), 0);
    EXPECT_EQ(zone_of_rfc3339("no time").count(), 0);
    EXPECT_EQ(to_rfc3339(TimePoint{nanoseconds{-1}}), "1969-12-31T23:59:59.999999999Z");
    EXPECT_EQ(to_rfc3339(TimePoint::min()), "1677-09-21T00:12:43.145224192Z");
}

TEST(Time, RefusesWhatIsNoInstant) {
    for (const char* text :
         {"", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-01-01T00:00:00",
          "2026-01-01T25:00:00Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00Zx"}) {
        EXPECT_FALSE(from_rfc3339(text)) << text;
    }
}

TEST(Text, PrintableDisarmsControlBytesAndKeepsUtf8) {
    EXPECT_EQ(printable("a\x1b[2Jé\xff\xc2\x9b"), "a\\x1b[2Jé\\xff\\xc2\\x9b");
    EXPECT_EQ(printable("\u202Eab\u2066\u2069"), "\\xe2\\x80\\xaeab\\xe2\\x81\\xa6\\xe2\\x81\\xa9");
    EXPECT_EQ(printable("\u2013\u2029\u2065"), "\u2013\u2029\u2065");
}

TEST(Text, HumanBytes) {
    EXPECT_EQ(human_bytes(999), "999 B");
    EXPECT_EQ(human_bytes(18'200'000'000), "18.2 GB");
    EXPECT_EQ(human_bytes(999'999), "1.0 MB");
    EXPECT_EQ(human_count(22116), "22,116");
}

TEST(TaskGroup, FirstFailureStopsTheOthersAndComesOut) {
    TaskGroup group{std::stop_token{}};
    BoundedQueue<int> queue(1);
    group.run([&](const std::stop_token& stop) {
        while (queue.pop(stop)) {
        }
    });
    group.run([](const std::stop_token&) { throw Corrupt("bad"); });
    EXPECT_THROW(group.join(), Corrupt);
}

TEST(TaskGroup, AStopFromOutsideIsCancelled) {
    std::stop_source source;
    TaskGroup group{source.get_token()};
    BoundedQueue<int> queue(1);
    group.run([&](const std::stop_token& stop) { queue.pop(stop); });
    source.request_stop();
    EXPECT_THROW(group.join(), Cancelled);
}

TEST(Error, KeepsTypeAndGathersContext) {
    try {
        while_doing("reading a", [] { while_doing("reading b", [] { throw NoSpace("full"); }); });
        FAIL();
    } catch (const NoSpace& error) {
        EXPECT_EQ(error.full_text(), "full (while reading b, while reading a)");
    }
}

}  // namespace
}  // namespace lifeboat
