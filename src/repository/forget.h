// Which backups to keep and which to let go: the rules of restic's `forget`, and a few that a phone
// needs. Pure: nothing is read or removed here.
#pragma once

#include "repository/repository.h"

#include <set>

namespace lifeboat::repository {

// "1y5d12h": a span in the calendar, so that a month is as long as it then was.
struct KeepSpan {
    uint32_t years = 0, months = 0, days = 0, hours = 0;
    bool operator==(const KeepSpan&) const = default;
    bool is_zero() const { return *this == KeepSpan{}; }
};
// Numbers with y, m, d or h behind them, each unit at most once; nothing for other text.
std::optional<KeepSpan> parse_keep_span(std::string_view text);
std::string to_text(const KeepSpan& span);

inline constexpr uint32_t keep_unlimited = UINT32_MAX;

// Of the newest backup of each of so many hours, days, ...
struct KeepCounts {
    uint32_t hourly = 0, daily = 0, weekly = 0, monthly = 0, yearly = 0;
};
// The same without a number, as long as they are younger than this (before the newest one).
struct KeepWithin {
    KeepSpan all{};  // every one
    KeepSpan hourly{}, daily{}, weekly{}, monthly{}, yearly{};
};

// A backup stays when any rule wants it.
struct KeepPolicy {
    uint32_t last = 0;
    KeepCounts counts{};
    KeepWithin within{};
    std::vector<std::vector<std::string>> tags{};  // those that have all tags of one of the lists

    // Backups of one phone are judged together: the tag that names it starts with this. Those
    // without it are judged by host and paths, as restic does.
    std::string phone_tag = "phone:";
    // A snapshot with this tag is what a backup that was cut off had copied: no backup, only a
    // journal, which is of use until there is a newer backup.
    std::string journal_tag = "interrupted";

    bool is_empty() const;
};

struct ForgetChoice {
    Snapshot snapshot{};
    bool keep = true;
    // Why it stays: "last", "daily", "within 7d", "daily within 1y", "tags a,b", "held", "newest",
    // "journal".
    std::vector<std::string> reasons{};
};

struct ForgetGroup {
    std::string phone{};  // its key; empty when they are judged by host and paths
    std::string hostname{};
    std::vector<std::string> paths{};
    std::vector<ForgetChoice> choices{};  // newest first
};

// Whatever the rules say: a backup on hold stays, and so does the newest one of each group.
std::vector<ForgetGroup> apply_policy(const std::vector<Snapshot>& snapshots,
                                      const std::set<SnapshotId>& held, const KeepPolicy& policy);

// Whether two snapshots are judged together.
bool same_group(const Snapshot& a, const Snapshot& b, const KeepPolicy& policy);
bool is_journal(const Snapshot& snapshot, const KeepPolicy& policy);

}  // namespace lifeboat::repository
