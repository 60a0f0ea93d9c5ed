// Places as a person manages them: add, look at, try out, forget.
#pragma once

#include "app/wiring.h"

#include <optional>
#include <string>
#include <vector>

namespace lifeboat::app {

enum class PlaceOrigin {
    made_new,    // the first repository
    made_copy,   // a further place of the repository that is there
    taken_over,  // the folder held one already
};
std::string_view to_text(PlaceOrigin origin);

struct PlaceAdded {
    std::string path{};
    PlaceOrigin origin = PlaceOrigin::made_new;
    std::string repository{};  // id; empty on a dry run
    std::optional<repository::PasswordStrength> strength{};
};

// Checks everything first, so that a place that cannot work leaves no trace.
// Throws Misuse (name or folder in use), Unreachable, Denied, WrongPassword, ...
PlaceAdded add_place(World& world, const PlaceSetting& place, bool dry_run,
                     const std::stop_token& stop);

struct PlaceStatus {
    PlaceSetting setting{};
    std::string device{};
    std::string problem{};  // empty: it answers
    bool has_repository = false;
    std::optional<storage::Space> space{};
    uint64_t backups = 0;  // snapshot files, interrupted runs among them
};

// Never asks for the password; what is wrong with a place is in its status.
std::vector<PlaceStatus> look_at_places(World& world, const std::stop_token& stop);

struct PlaceTest {
    std::string name{};
    uint64_t written_bytes = 0;
    nanoseconds write_time{};
    nanoseconds read_time{};
    std::optional<storage::Space> space{};
    std::string repository{};
    uint64_t backups = 0;
};

// Throws what goes wrong.
PlaceTest test_place(World& world, const PlaceSetting& place, const std::stop_token& stop);

// Only in the configuration.
void forget_place(const World& world, const std::string& name);

}  // namespace lifeboat::app
