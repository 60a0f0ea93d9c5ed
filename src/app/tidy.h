// Letting backups go, in all places together, and getting back the room they took.
#pragma once

#include "app/wiring.h"
#include "repository/forget.h"
#include "repository/hold.h"

#include <string>
#include <vector>

namespace lifeboat::app {

// Backups that a person names, or a policy; one of the two.
struct ForgetWish {
    std::vector<std::string> named{};
    repository::KeepPolicy policy{};
    std::string phone{};  // only backups of this one: its key or its name; empty: of all
};

struct ForgetRow {
    repository::Snapshot snapshot{};
    std::vector<std::string> reasons{};  // why it stays; empty: it goes
    std::vector<std::string> goes_from{};
    // Places in which it is the newest backup of its phone: another place has a newer one, but a
    // place must not be left without.
    std::vector<std::string> stays_in{};
    bool goes() const { return !goes_from.empty(); }
};

// Newest last. Throws Misuse (nothing named and no rule, or both), Missing, Denied (named and on
// hold).
std::vector<ForgetRow> plan_forget(const OpenedPlaces& places, const ForgetWish& wish,
                                   const std::stop_token& stop);

// How it went in one place.
struct PlaceDone {
    std::string place{};
    std::string problem{};  // empty: well
    Exit exit = Exit::done;
};

// Each place by itself: what goes wrong in one does not end the rest.
std::vector<PlaceDone> forget(const OpenedPlaces& places, const std::vector<ForgetRow>& rows,
                              const std::stop_token& stop);

struct PlacePruned {
    PlaceDone done{};
    repository::PruneReport report{};
};
std::vector<PlacePruned> prune(World& world, const OpenedPlaces& places,
                               const repository::PruneOptions& options,
                               const std::stop_token& stop);

// "5%", "0", "200MB", "unlimited"; and "500MB". Throw Misuse.
repository::UnusedLimit parse_unused_limit(const std::string& text);
uint64_t parse_size(const std::string& text);

struct HeldRow {
    repository::Hold hold{};
    std::vector<std::string> places{};   // that hold it
    std::vector<std::string> lost_in{};  // of these: where its snapshot file is gone
};
// By id of the backup.
std::vector<HeldRow> held_rows(const OpenedPlaces& places, const std::stop_token& stop);
// The one that `wanted` (at least four digits of an id) names. Throws Missing, Misuse.
HeldRow find_held(const OpenedPlaces& places, const std::string& wanted,
                  const std::stop_token& stop);

// In every place that has the backup.
std::vector<PlaceDone> hold(const OpenedPlaces& places, const repository::SnapshotId& id,
                            const std::string& note, const std::stop_token& stop);
std::vector<PlaceDone> release(const OpenedPlaces& places, const HeldRow& held,
                               const std::stop_token& stop);
std::vector<PlaceDone> bring_back(const OpenedPlaces& places, const HeldRow& held,
                                  const std::stop_token& stop);

}  // namespace lifeboat::app
