#include "repository/forget.h"

#include "base/text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace lifeboat::repository {

namespace {

namespace ch = std::chrono;

bool has_tag(const Snapshot& snapshot, std::string_view tag) {
    return std::ranges::find(snapshot.tags, tag) != snapshot.tags.end();
}

struct GroupKey {
    std::string phone{};
    std::string hostname{};
    std::vector<std::string> paths{};
    auto operator<=>(const GroupKey&) const = default;
};

GroupKey key_of(const Snapshot& snapshot, const KeepPolicy& policy) {
    for (const std::string& tag : snapshot.tags) {
        if (tag.starts_with(policy.phone_tag))
            return {.phone = tag.substr(policy.phone_tag.size())};
    }
    GroupKey key{.hostname = snapshot.hostname, .paths = snapshot.paths};
    std::ranges::sort(key.paths);
    return key;
}

// A snapshot's time as the clock showed it where it was made: its days are the days of that place.
ch::local_time<nanoseconds> local_time(const Snapshot& snapshot) {
    return ch::local_time<nanoseconds>{snapshot.time.time_since_epoch() + snapshot.zone};
}

ch::year_month_day date_of(const Snapshot& snapshot) {
    return ch::year_month_day{ch::floor<ch::days>(local_time(snapshot))};
}

// Numbers that are equal exactly for times of the same hour, day, week, month or year.
int64_t year_of(const Snapshot& snapshot) {
    return int{date_of(snapshot).year()};
}

int64_t month_of(const Snapshot& snapshot) {
    return year_of(snapshot) * 100 + unsigned{date_of(snapshot).month()};
}

int64_t day_of(const Snapshot& snapshot) {
    return ch::floor<ch::days>(local_time(snapshot)).time_since_epoch().count();
}

int64_t hour_of(const Snapshot& snapshot) {
    return ch::floor<ch::hours>(local_time(snapshot)).time_since_epoch().count();
}

// ISO 8601: weeks begin on Monday. 1970-01-01 was a Thursday.
int64_t week_of(const Snapshot& snapshot) {
    const int64_t since_monday = day_of(snapshot) + 3;
    return since_monday >= 0 ? since_monday / 7 : (since_monday - 6) / 7;
}

// Whether `snapshot` is younger than `span` before `newest`. Dates as Go's AddDate counts: 31
// October less a month is "31 September", which is 1 October. In seconds, which reach further back
// than nanoseconds can.
bool is_younger(const Snapshot& snapshot, const Snapshot& newest, const KeepSpan& span) {
    const ch::year_month_day date = date_of(newest);
    const auto local = ch::floor<ch::seconds>(local_time(newest));
    const ch::seconds clock = local - ch::floor<ch::days>(local);
    const ch::year_month month =
        ch::year_month{date.year(), date.month()} - ch::years{span.years} - ch::months{span.months};
    const ch::local_days day =
        ch::local_days{month / 1} + ch::days{unsigned{date.day()} - 1} - ch::days{span.days};
    const ch::seconds limit = day.time_since_epoch() + clock - ch::hours{span.hours} - newest.zone;
    const auto whole = ch::floor<ch::seconds>(snapshot.time);
    const auto newest_whole = ch::floor<ch::seconds>(newest.time);
    return std::pair(whole.time_since_epoch(), snapshot.time - whole) >
           std::pair(limit, newest.time - newest_whole);
}

// "The newest of each day": by number, by age, or both.
struct Rule {
    const char* name = "";
    int64_t (*period)(const Snapshot&) = nullptr;
    uint32_t left = 0;
    KeepSpan within{};
    std::optional<int64_t> last_counted{};
    std::optional<int64_t> last_within{};
};

class GroupJudge {
public:
    GroupJudge(const KeepPolicy& policy, const std::set<SnapshotId>& held)
        : policy_(policy), held_(held) {
        const KeepCounts& n = policy.counts;
        const KeepWithin& w = policy.within;
        rules_ = {Rule{"hourly", hour_of, n.hourly, w.hourly},
                  Rule{"daily", day_of, n.daily, w.daily},
                  Rule{"weekly", week_of, n.weekly, w.weekly},
                  Rule{"monthly", month_of, n.monthly, w.monthly},
                  Rule{"yearly", year_of, n.yearly, w.yearly}};
    }

    // Newest first.
    void judge(std::vector<ForgetChoice>& choices) {
        for (ForgetChoice& choice : choices) {
            auto& reasons = choice.reasons;
            if (held_.contains(choice.snapshot.id)) reasons.emplace_back("held");
            if (is_journal(choice.snapshot, policy_)) {
                if (newest_ == nullptr) reasons.emplace_back("journal");
            } else {
                if (newest_ == nullptr) newest_ = &choice.snapshot;
                apply_rules(choice.snapshot, reasons);
                if (newest_ == &choice.snapshot && reasons.empty()) reasons.emplace_back("newest");
            }
            choice.keep = !reasons.empty();
        }
    }

private:
    void apply_rules(const Snapshot& snapshot, std::vector<std::string>& reasons) {
        for (const auto& tags : policy_.tags) {
            const bool all = std::ranges::all_of(
                tags, [&](const std::string& tag) { return has_tag(snapshot, tag); });
            if (all) reasons.push_back(fmt::format("tags {}", fmt::join(tags, ",")));
        }
        if (is_within(snapshot, policy_.within.all)) {
            reasons.push_back("within " + to_text(policy_.within.all));
        }
        if (count(last_left_)) reasons.emplace_back("last");
        for (Rule& rule : rules_) {
            const int64_t period = rule.period(snapshot);
            if (rule.left > 0 && rule.last_counted != period) {
                count(rule.left);
                rule.last_counted = period;
                reasons.emplace_back(rule.name);
            }
            if (is_within(snapshot, rule.within) && rule.last_within != period) {
                rule.last_within = period;
                reasons.push_back(fmt::format("{} within {}", rule.name, to_text(rule.within)));
            }
        }
    }

    bool is_within(const Snapshot& snapshot, const KeepSpan& span) const {
        return !span.is_zero() && is_younger(snapshot, *newest_, span);
    }

    static bool count(uint32_t& left) {
        if (left == 0) return false;
        if (left != keep_unlimited) --left;
        return true;
    }

    const KeepPolicy& policy_;
    const std::set<SnapshotId>& held_;
    std::array<Rule, 5> rules_{};
    uint32_t last_left_ = policy_.last;
    const Snapshot* newest_ = nullptr;  // finished
};

}  // namespace

std::optional<KeepSpan> parse_keep_span(std::string_view text) {
    KeepSpan span;
    if (text.empty()) return std::nullopt;
    constexpr uint64_t limit = 9999;  // far beyond any repository, far below any overflow
    while (!text.empty()) {
        const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
        const auto value = parse_u64(text.substr(0, digits));
        if (!value || *value > limit || digits == text.size()) return std::nullopt;
        constexpr std::string_view units = "ymdh";
        const std::array<uint32_t*, 4> fields{&span.years, &span.months, &span.days, &span.hours};
        const size_t unit = units.find(text[digits]);
        if (unit == std::string_view::npos || *fields[unit] != 0) return std::nullopt;
        *fields[unit] = static_cast<uint32_t>(*value);
        text.remove_prefix(digits + 1);
    }
    return span;
}

std::string to_text(const KeepSpan& span) {
    std::string text;
    if (span.years != 0) text += fmt::format("{}y", span.years);
    if (span.months != 0) text += fmt::format("{}m", span.months);
    if (span.days != 0) text += fmt::format("{}d", span.days);
    if (span.hours != 0) text += fmt::format("{}h", span.hours);
    return text;
}

bool KeepPolicy::is_empty() const {
    const KeepCounts& n = counts;
    const bool counted = (last | n.hourly | n.daily | n.weekly | n.monthly | n.yearly) != 0;
    const std::array spans{within.all,    within.hourly,  within.daily,
                           within.weekly, within.monthly, within.yearly};
    const bool aged = std::ranges::any_of(spans, [](const KeepSpan& s) { return !s.is_zero(); });
    return !counted && !aged && tags.empty();
}

bool is_journal(const Snapshot& snapshot, const KeepPolicy& policy) {
    return has_tag(snapshot, policy.journal_tag);
}

bool same_group(const Snapshot& a, const Snapshot& b, const KeepPolicy& policy) {
    return key_of(a, policy) == key_of(b, policy);
}

std::vector<ForgetGroup> apply_policy(const std::vector<Snapshot>& snapshots,
                                      const std::set<SnapshotId>& held, const KeepPolicy& policy) {
    std::map<GroupKey, ForgetGroup> groups;
    for (const Snapshot& snapshot : snapshots) {
        const GroupKey key = key_of(snapshot, policy);
        ForgetGroup& group = groups[key];
        group.phone = key.phone;
        group.hostname = snapshot.hostname;
        group.paths = snapshot.paths;
        group.choices.push_back({.snapshot = snapshot});
    }
    std::vector<ForgetGroup> judged;
    for (auto& [key, group] : groups) {
        std::ranges::sort(group.choices, [](const ForgetChoice& a, const ForgetChoice& b) {
            return std::tie(b.snapshot.time, b.snapshot.id) <
                   std::tie(a.snapshot.time, a.snapshot.id);
        });
        GroupJudge(policy, held).judge(group.choices);
        judged.push_back(std::move(group));
    }
    return judged;
}

}  // namespace lifeboat::repository
