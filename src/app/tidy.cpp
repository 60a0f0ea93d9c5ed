#include "app/tidy.h"

#include "app/snapshots.h"
#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace lifeboat::app {
namespace {

using repository::Snapshot;
using repository::SnapshotId;

std::set<SnapshotId> held_ids(const OpenedPlaces& places, const std::stop_token& stop) {
    std::set<SnapshotId> ids;
    for (const HeldRow& row : held_rows(places, stop)) ids.insert(row.hold.snapshot.id);
    return ids;
}

// Runs `work` for each place that opened.
template <class Work>
std::vector<PlaceDone> in_each(const OpenedPlaces& places, Work&& work) {
    std::vector<PlaceDone> done;
    for (const engine::Place& place : places.places) {
        PlaceDone one{.place = place.name, .problem = place.problem};
        if (place.repository == nullptr) {
            one.exit = exit_of(places.problems.at(place.name));
        } else {
            try {
                if (!work(place)) continue;
            } catch (const Error& error) {
                one.problem = error.full_text();
                if (!error.guidance().empty()) one.problem += ". " + error.guidance();
                one.exit = exit_of(kind_of(error));
            }
        }
        done.push_back(std::move(one));
    }
    return done;
}

class Forgetting {
public:
    Forgetting(const OpenedPlaces& places, const ForgetWish& wish, const std::stop_token& stop)
        : wish_(wish), held_(held_ids(places, stop)) {
        for (const SnapshotRow& row : snapshot_rows(places, stop)) {
            all_.push_back(row.snapshot);
            places_[row.snapshot.id] = row.places;
        }
    }

    std::vector<ForgetRow> by_name() {
        std::vector<ForgetRow> rows;
        for (const std::string& wanted : wish_.named) {
            const Snapshot snapshot = engine::choose_snapshot(all_, wanted, "");
            if (held_.contains(snapshot.id)) {
                throw Denied("The backup " + snapshot.id.hex() + " is on hold",
                             "Nothing was removed. Release it first: lifeboat snapshot release " +
                                 snapshot.id.hex().substr(0, 8));
            }
            rows.push_back({.snapshot = snapshot, .goes_from = places_[snapshot.id]});
        }
        return rows;
    }

    std::vector<ForgetRow> by_rules() {
        std::vector<ForgetRow> rows;
        for (const auto& group : repository::apply_policy(all_, held_, wish_.policy)) {
            for (const auto& choice : group.choices) {
                if (!is_wanted(choice.snapshot)) continue;
                ForgetRow row{.snapshot = choice.snapshot, .reasons = choice.reasons};
                if (!choice.keep) sort_out(row);
                rows.push_back(std::move(row));
            }
        }
        std::ranges::stable_sort(rows, {}, [](const ForgetRow& r) { return r.snapshot.time; });
        return rows;
    }

private:
    bool is_wanted(const Snapshot& snapshot) const {
        return wish_.phone.empty() || snapshot_phone(snapshot) == wish_.phone ||
               snapshot.hostname == wish_.phone;
    }

    void sort_out(ForgetRow& row) {
        for (const std::string& place : places_[row.snapshot.id]) {
            (is_newest_in(row.snapshot, place) ? row.stays_in : row.goes_from).push_back(place);
        }
    }

    bool is_newest_in(const Snapshot& snapshot, const std::string& place) const {
        if (repository::is_journal(snapshot, wish_.policy)) return false;
        return std::ranges::none_of(all_, [&](const Snapshot& other) {
            return other.time > snapshot.time && !repository::is_journal(other, wish_.policy) &&
                   repository::same_group(other, snapshot, wish_.policy) &&
                   std::ranges::count(places_.at(other.id), place) > 0;
        });
    }

    const ForgetWish& wish_;
    std::set<SnapshotId> held_;
    std::vector<Snapshot> all_{};
    std::map<SnapshotId, std::vector<std::string>> places_{};
};

}  // namespace

std::vector<ForgetRow> plan_forget(const OpenedPlaces& places, const ForgetWish& wish,
                                   const std::stop_token& stop) {
    if (wish.named.empty() == wish.policy.is_empty()) {
        throw Misuse(wish.named.empty() ? "It is not said which backups may go"
                                        : "Backups by name and rules do not go together",
                     "Name backups, or give rules as --keep-last 3 --keep-monthly 12. Nothing was "
                     "removed.");
    }
    Forgetting forgetting(places, wish, stop);
    return wish.named.empty() ? forgetting.by_rules() : forgetting.by_name();
}

std::vector<PlaceDone> forget(const OpenedPlaces& places, const std::vector<ForgetRow>& rows,
                              const std::stop_token& stop) {
    return in_each(places, [&](const engine::Place& place) {
        std::vector<SnapshotId> ids;
        for (const ForgetRow& row : rows) {
            if (std::ranges::count(row.goes_from, place.name) > 0) ids.push_back(row.snapshot.id);
        }
        if (!ids.empty()) place.repository->forget(ids, stop);
        return !ids.empty();
    });
}

std::vector<PlacePruned> prune(World& world, const OpenedPlaces& places,
                               const repository::PruneOptions& options,
                               const std::stop_token& stop) {
    std::map<std::string, repository::PruneReport> reports;
    const auto done = in_each(places, [&](const engine::Place& place) {
        reports[place.name] = place.repository->prune(options, world.events(), stop);
        return true;
    });
    std::vector<PlacePruned> pruned;
    for (const PlaceDone& one : done) pruned.push_back({one, reports[one.place]});
    return pruned;
}

uint64_t parse_size(const std::string& text) {
    constexpr std::string_view digits = "0123456789";
    const size_t end = std::min(text.find_first_not_of(digits), text.size());
    const auto number = parse_u64(std::string_view(text).substr(0, end));
    std::string unit = text.substr(end);
    if (unit.size() > 1 && unit.back() == 'B') unit.pop_back();
    constexpr std::array<std::pair<std::string_view, uint64_t>, 6> units{
        {{"", 1},
         {"B", 1},
         {"k", 1'000},
         {"M", 1'000'000},
         {"G", 1'000'000'000},
         {"T", 1'000'000'000'000}}};
    const auto* const found = std::ranges::find(units, unit, [](const auto& u) { return u.first; });
    if (!number || found == units.end() || *number > UINT64_MAX / found->second) {
        throw Misuse("'" + printable(text) + "' is no size", "As in: 500MB, 2GB, 0.");
    }
    return *number * found->second;
}

repository::UnusedLimit parse_unused_limit(const std::string& text) {
    if (text == "unlimited") return {.bytes = UINT64_MAX};
    if (!text.ends_with('%')) return {.bytes = parse_size(text)};
    const auto percent = parse_u64(std::string_view(text).substr(0, text.size() - 1));
    if (!percent || *percent > 100) {
        throw Misuse("'" + printable(text) + "' is no part", "As in: 5%, 0, 200MB, unlimited.");
    }
    return {.percent = static_cast<double>(*percent)};
}

std::vector<HeldRow> held_rows(const OpenedPlaces& places, const std::stop_token& stop) {
    std::map<SnapshotId, HeldRow> rows;
    for (const engine::Place& place : places.places) {
        if (place.repository == nullptr) continue;
        const auto holds = repository::list_holds(*place.repository, stop);
        if (holds.empty()) continue;
        std::set<SnapshotId> there;
        for (const Snapshot& snapshot : place.repository->snapshots(stop))
            there.insert(snapshot.id);
        for (const repository::Hold& hold : holds) {
            HeldRow& row = rows[hold.snapshot.id];
            if (row.places.empty() || !row.hold.problem.empty()) row.hold = hold;
            row.places.push_back(place.name);
            if (!there.contains(hold.snapshot.id)) row.lost_in.push_back(place.name);
        }
    }
    std::vector<HeldRow> found;
    for (auto& [id, row] : rows) found.push_back(std::move(row));
    return found;
}

HeldRow find_held(const OpenedPlaces& places, const std::string& wanted,
                  const std::stop_token& stop) {
    const std::vector<HeldRow> rows = held_rows(places, stop);
    std::vector<Snapshot> snapshots;
    for (const HeldRow& row : rows) snapshots.push_back(row.hold.snapshot);
    const bool is_prefix = wanted.size() >= 4;
    if (!is_prefix || std::ranges::none_of(snapshots, [&](const Snapshot& s) {
            return s.id.hex().starts_with(wanted);
        })) {
        throw Missing("No backup " + printable(wanted) + " is on hold",
                      "See `lifeboat snapshot list`.");
    }
    const SnapshotId id = engine::choose_snapshot(snapshots, wanted, "").id;
    return *std::ranges::find(rows, id, [](const HeldRow& row) { return row.hold.snapshot.id; });
}

std::vector<PlaceDone> hold(const OpenedPlaces& places, const SnapshotId& id,
                            const std::string& note, const std::stop_token& stop) {
    return in_each(places, [&](const engine::Place& place) {
        const auto snapshots = place.repository->snapshots(stop);
        if (std::ranges::count(snapshots, id, &Snapshot::id) == 0) return false;
        repository::hold_snapshot(*place.repository, id, note, stop);
        return true;
    });
}

std::vector<PlaceDone> release(const OpenedPlaces& places, const HeldRow& held,
                               const std::stop_token& stop) {
    return in_each(places, [&](const engine::Place& place) {
        if (std::ranges::count(held.places, place.name) == 0) return false;
        repository::release_snapshot(*place.repository, held.hold.snapshot.id, stop);
        return true;
    });
}

std::vector<PlaceDone> bring_back(const OpenedPlaces& places, const HeldRow& held,
                                  const std::stop_token& stop) {
    return in_each(places, [&](const engine::Place& place) {
        if (std::ranges::count(held.lost_in, place.name) == 0) return false;
        repository::bring_back(*place.repository, held.hold.snapshot.id, stop);
        return true;
    });
}

}  // namespace lifeboat::app
