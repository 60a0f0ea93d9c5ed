// A repository with several backups that share some of their data, and what tests ask about it
// before and after it is tidied.
#pragma once

#include "repository/test_world.h"

#include <gtest/gtest.h>

#include <numeric>

namespace lifeboat::repository::testing_world {

// Files that every one of `count` backups has, and some that only one has: after one is forgotten,
// packs are partly needed.
inline Contents contents_of(uint64_t number) {
    return {{"all/random", random_bytes(1000, 40'000)},
            {"all/text", to_bytes("the same in all of them")},
            {"own/random", random_bytes(number, 60'000)},
            {"own/deep/er/text", to_bytes("number " + std::to_string(number))},
            // Shared with the backup before and the one behind.
            {"pair/" + std::to_string(number), random_bytes(2000 + number, 30'000)},
            {"pair/" + std::to_string(number + 1), random_bytes(2001 + number, 30'000)}};
}

struct PruneWorld : World {
    storage::MemoryBackend backend{};
    std::map<SnapshotId, Contents> expected{};

    SnapshotId add(uint64_t number) {
        const auto repository = open(backend);
        const Receipt receipt = back_up(*repository, contents_of(number), nullptr, clock.now());
        clock.advance(std::chrono::hours{1});
        expected[receipt.snapshot] = contents_of(number);
        return receipt.snapshot;
    }
    std::vector<SnapshotId> add_several(uint64_t count) {
        std::vector<SnapshotId> ids;
        for (uint64_t i = 0; i < count; ++i) ids.push_back(add(i));
        return ids;
    }
    void forget(const SnapshotId& id) {
        open(backend)->forget({id}, {});
        expected.erase(id);
    }
    PruneReport prune(const PruneOptions& prune_options) {
        return open(backend)->prune(prune_options, events, {});
    }

    std::vector<std::string> names(const std::string& prefix) const {
        std::vector<std::string> found;
        for (const auto& [name, content] : backend.files()) {
            if (name.starts_with(prefix)) found.push_back(name);
        }
        return found;
    }
    uint64_t bytes_in(const std::string& prefix) const {
        uint64_t sum = 0;
        for (const auto& [name, content] : backend.files()) {
            if (name.starts_with(prefix)) sum += content.size();
        }
        return sum;
    }
    // What a killed program, whose id still exists in a test, leaves.
    void remove_locks() {
        auto files = backend.files();
        std::erase_if(files, [](const auto& file) { return file.first.starts_with("locks/"); });
        backend.set_files(std::move(files));
    }

    // Every backup that should be there is, whole, and the repository has no damage.
    void expect_sound(const std::string& after) {
        const auto repository = open(backend);
        const CheckReport report = repository->check({.read_data = true}, events, {});
        EXPECT_TRUE(report.clean()) << after;
        for (const Damage& damage : report.damages) {
            ADD_FAILURE() << after << ": " << damage.file << ": " << damage.problem;
        }
        const auto snapshots = repository->snapshots({});
        EXPECT_EQ(snapshots.size(), expected.size()) << after;
        for (const Snapshot& snapshot : snapshots) {
            EXPECT_EQ(read_back(*repository->read(snapshot, {})), expected[snapshot.id]) << after;
        }
    }
};

inline const PruneOptions nothing_unused{.max_unused = {.bytes = 0}};

}  // namespace lifeboat::repository::testing_world
