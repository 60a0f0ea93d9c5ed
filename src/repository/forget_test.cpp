#include "repository/forget.h"

#include "repository/snapshot_file.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lifeboat::repository {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

SnapshotId id_of(size_t number) {
    SnapshotId id;
    id.value[0] = static_cast<std::byte>(number >> 8);
    id.value[1] = static_cast<std::byte>(number);
    id.value[2] = std::byte{1};
    return id;
}

class Snapshots {
public:
    Snapshot& add(const std::string& time, std::vector<std::string> tags = {"phone:ada"}) {
        Snapshot snapshot{.id = id_of(all_.size()),
                          .time = from_rfc3339(time).value(),
                          .zone = zone_of_rfc3339(time),
                          .paths = {"/sdcard"},
                          .hostname = "phone",
                          .tags = std::move(tags)};
        all_.push_back(std::move(snapshot));
        return all_.back();
    }
    // Numbers, in the order they were added, of those that stay.
    std::vector<size_t> kept(const KeepPolicy& policy, const std::set<size_t>& held = {}) const {
        std::set<SnapshotId> ids;
        for (const size_t number : held) ids.insert(id_of(number));
        std::vector<size_t> numbers;
        for (const ForgetGroup& group : apply_policy(all_, ids, policy)) {
            for (const ForgetChoice& choice : group.choices) {
                EXPECT_EQ(choice.keep, !choice.reasons.empty());
                if (choice.keep) numbers.push_back(number_of(choice.snapshot.id));
            }
        }
        std::ranges::sort(numbers);
        return numbers;
    }
    std::vector<std::string> reasons(size_t number, const KeepPolicy& policy,
                                     const std::set<SnapshotId>& held = {}) const {
        for (const ForgetGroup& group : apply_policy(all_, held, policy)) {
            for (const ForgetChoice& choice : group.choices) {
                if (choice.snapshot.id == id_of(number)) return choice.reasons;
            }
        }
        return {"there is none"};
    }
    const std::vector<Snapshot>& all() const { return all_; }

private:
    static size_t number_of(const SnapshotId& id) {
        return std::to_integer<size_t>(id.value[0]) << 8 | std::to_integer<size_t>(id.value[1]);
    }
    std::vector<Snapshot> all_{};
};

TEST(KeepSpan, isReadAndWritten) {
    EXPECT_EQ(parse_keep_span("1y5d12h"), (KeepSpan{.years = 1, .days = 5, .hours = 12}));
    EXPECT_EQ(parse_keep_span("2m"), (KeepSpan{.months = 2}));
    EXPECT_EQ(parse_keep_span("12h1y"), (KeepSpan{.years = 1, .hours = 12}));
    EXPECT_EQ(to_text(*parse_keep_span("5d1y12h3m")), "1y3m5d12h");
    for (const char* bad : {"", "7", "d", "7w", "7d ", "-7d", "7d7d", "99999d", "7dd", "7.5d",
                            "18446744073709551616d"}) {
        EXPECT_FALSE(parse_keep_span(bad)) << bad;
    }
}

TEST(Forget, keepsTheLastOnes) {
    Snapshots snapshots;
    for (int day = 1; day <= 9; ++day) snapshots.add(fmt::format("2026-03-0{}T10:00:00Z", day));
    EXPECT_THAT(snapshots.kept({.last = 3}), ElementsAre(6, 7, 8));
    EXPECT_THAT(snapshots.reasons(8, {.last = 3}), ElementsAre("last"));
    EXPECT_THAT(snapshots.reasons(1, {.last = 3}), IsEmpty());
    EXPECT_EQ(snapshots.kept({.last = keep_unlimited}).size(), 9u);
}

TEST(Forget, keepsTheNewestOfEachDayWeekMonthAndYear) {
    Snapshots snapshots;
    snapshots.add("2024-12-30T10:00:00Z");  // 0: Monday, week 1 of 2025
    snapshots.add("2024-12-31T10:00:00Z");  // 1
    snapshots.add("2025-01-05T10:00:00Z");  // 2: Sunday of the same week
    snapshots.add("2025-01-06T10:00:00Z");  // 3
    snapshots.add("2025-01-06T10:59:00Z");  // 4
    snapshots.add("2025-01-06T11:00:00Z");  // 5
    EXPECT_THAT(snapshots.kept({.counts = {.hourly = 2}}), ElementsAre(4, 5));
    EXPECT_THAT(snapshots.kept({.counts = {.daily = 3}}), ElementsAre(1, 2, 5));
    EXPECT_THAT(snapshots.kept({.counts = {.weekly = 9}}), ElementsAre(2, 5));
    EXPECT_THAT(snapshots.kept({.counts = {.monthly = 9}}), ElementsAre(1, 5));
    EXPECT_THAT(snapshots.kept({.counts = {.yearly = keep_unlimited}}), ElementsAre(1, 5));
    const KeepPolicy both{.last = 1, .counts = {.daily = 1, .yearly = 2}};
    EXPECT_THAT(snapshots.reasons(5, both), ElementsAre("last", "daily", "yearly"));
}

TEST(Forget, daysAreThoseOfThePlaceWhereABackupWasMade) {
    Snapshots snapshots;
    snapshots.add("2026-03-01T22:30:00+09:00");
    snapshots.add("2026-03-02T00:30:00+09:00");  // in UTC the same day
    snapshots.add("2026-03-02T10:00:00+09:00");
    EXPECT_THAT(snapshots.kept({.counts = {.daily = 9}}), ElementsAre(0, 2));
}

TEST(Forget, daysBefore1970AreDaysToo) {
    Snapshots snapshots;
    snapshots.add("1969-12-28T23:00:00Z");  // Sunday
    snapshots.add("1969-12-29T01:00:00Z");  // Monday
    snapshots.add("1970-01-01T01:00:00Z");
    EXPECT_THAT(snapshots.kept({.counts = {.weekly = 9}}), ElementsAre(0, 2));
    EXPECT_THAT(snapshots.kept({.counts = {.daily = 9}}), ElementsAre(0, 1, 2));
}

TEST(Forget, keepsWhatIsYoungEnough) {
    Snapshots snapshots;
    snapshots.add("2026-02-28T10:00:00Z");
    snapshots.add("2026-03-02T10:00:00Z");  // exactly a month and a day before the last
    snapshots.add("2026-03-02T10:00:00.000000001Z");
    snapshots.add("2026-04-03T10:00:00Z");
    const KeepPolicy policy{.within = {.all = {.months = 1, .days = 1}}};
    EXPECT_THAT(snapshots.kept(policy), ElementsAre(2, 3));
    EXPECT_THAT(snapshots.reasons(2, policy), ElementsAre("within 1m1d"));
    EXPECT_EQ(snapshots.kept({.within = {.all = {.years = 9999, .hours = 9999}}}).size(), 4u);
    const KeepPolicy monthly{.within = {.monthly = {.years = 1}}};
    EXPECT_THAT(snapshots.kept(monthly), ElementsAre(0, 2, 3));
    EXPECT_THAT(snapshots.reasons(0, monthly), ElementsAre("monthly within 1y"));
}

TEST(Forget, aMonthBeforeThe31stOfOctoberIsThe1stOfOctober) {
    Snapshots snapshots;
    snapshots.add("2026-09-30T12:00:00Z");
    snapshots.add("2026-10-01T11:00:00Z");
    snapshots.add("2026-10-01T13:00:00Z");
    snapshots.add("2026-10-31T12:00:00Z");
    EXPECT_THAT(snapshots.kept({.within = {.all = {.months = 1}}}), ElementsAre(2, 3));
}

TEST(Forget, keepsWhatHasAllTagsOfAList) {
    Snapshots snapshots;
    snapshots.add("2026-03-01T10:00:00Z", {"phone:ada", "a"});
    snapshots.add("2026-03-02T10:00:00Z", {"phone:ada", "a", "b"});
    snapshots.add("2026-03-03T10:00:00Z", {"phone:ada", "c"});
    snapshots.add("2026-03-04T10:00:00Z", {"phone:ada"});
    const KeepPolicy policy{.tags = {{"a", "b"}, {"c"}}};
    EXPECT_THAT(snapshots.kept(policy), ElementsAre(1, 2, 3));
    EXPECT_THAT(snapshots.reasons(1, policy), ElementsAre("tags a,b"));
    EXPECT_THAT(snapshots.reasons(3, policy), ElementsAre("newest"));
}

TEST(Forget, judgesEachPhoneAlone) {
    Snapshots snapshots;
    snapshots.add("2026-03-01T10:00:00Z", {"phone:ada", "complete"});
    snapshots.add("2026-03-02T10:00:00Z", {"phone:ada", "partial"}).hostname = "renamed";
    snapshots.add("2026-03-01T10:00:00Z", {"phone:bob"});
    snapshots.add("2026-03-01T10:00:00Z", {}).paths = {"/a", "/b"};
    snapshots.add("2026-03-02T10:00:00Z", {}).paths = {"/b", "/a"};
    snapshots.add("2026-03-01T10:00:00Z", {}).hostname = "other";
    EXPECT_THAT(snapshots.kept({.last = 1}), ElementsAre(1, 2, 4, 5));
    const auto groups = apply_policy(snapshots.all(), {}, {.last = 1});
    ASSERT_EQ(groups.size(), 4u);
    EXPECT_EQ(std::ranges::count(groups, "ada", &ForgetGroup::phone), 1);
}

TEST(Forget, neverLetsTheNewestOrAHeldOneGo) {
    Snapshots snapshots;
    for (int day = 1; day <= 4; ++day) snapshots.add(fmt::format("2026-03-0{}T10:00:00Z", day));
    const KeepPolicy nothing_fits{.tags = {{"no such tag"}}};
    EXPECT_THAT(snapshots.kept(nothing_fits), ElementsAre(3));
    EXPECT_THAT(snapshots.kept(nothing_fits, {1}), ElementsAre(1, 3));
    EXPECT_THAT(snapshots.reasons(1, nothing_fits, {id_of(1)}), ElementsAre("held"));
    // A held one still counts for the rules, as it is a backup like the others.
    EXPECT_THAT(snapshots.kept({.last = 2}, {3}), ElementsAre(2, 3));
}

TEST(Forget, aJournalIsNoBackupAndGoesWithTheNextOne) {
    Snapshots snapshots;
    snapshots.add("2026-03-01T10:00:00Z");
    snapshots.add("2026-03-02T10:00:00Z", {"phone:ada", "interrupted"});
    snapshots.add("2026-03-03T10:00:00Z");
    snapshots.add("2026-03-04T10:00:00Z", {"phone:ada", "interrupted"});
    snapshots.add("2026-03-05T10:00:00Z", {"phone:bob", "interrupted"});
    EXPECT_THAT(snapshots.kept({.last = 2}), ElementsAre(0, 2, 3, 4));
    EXPECT_THAT(snapshots.kept({.last = 1}), ElementsAre(2, 3, 4));
    EXPECT_THAT(snapshots.kept({.counts = {.hourly = 9}}), ElementsAre(0, 2, 3, 4));
    EXPECT_THAT(snapshots.reasons(3, {.last = 1}), ElementsAre("journal"));
    EXPECT_THAT(snapshots.kept({.last = 1}, {1}), ElementsAre(1, 2, 3, 4));
}

TEST(Forget, aPolicyIsEmptyOnlyWithoutAnyRule) {
    EXPECT_TRUE(KeepPolicy{}.is_empty());
    EXPECT_FALSE(KeepPolicy{.last = 1}.is_empty());
    EXPECT_FALSE((KeepPolicy{.counts = {.weekly = 1}}.is_empty()));
    EXPECT_FALSE((KeepPolicy{.within = {.yearly = {.days = 1}}}.is_empty()));
    EXPECT_FALSE((KeepPolicy{.tags = {{"a"}}}.is_empty()));
}

TEST(Forget, aSnapshotFileTellsItsZone) {
    const Snapshot snapshot = decode_snapshot(R"({"time":"2026-03-01T22:30:00+09:00","tree":")" +
                                              std::string(64, '1') + R"(","paths":[]})");
    EXPECT_EQ(snapshot.zone, std::chrono::hours{9});
}

}  // namespace
}  // namespace lifeboat::repository
