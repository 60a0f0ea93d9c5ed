// A repository in two places, ways to harm one of them, and what must hold after a repair.
#pragma once

#include "repository/repair.h"
#include "repository/test_world.h"

#include <gtest/gtest.h>

#include <functional>

namespace lifeboat::repository::testing_world {

inline Contents repair_contents(uint64_t number) {
    return {{"all/random", random_bytes(1000, 30'000)},
            {"own/random", random_bytes(number, 50'000)},
            {"own/deep/er/text", to_bytes("number " + std::to_string(number))},
            {"pair/" + std::to_string(number), random_bytes(2000 + number, 20'000)},
            {"pair/" + std::to_string(number + 1), random_bytes(2001 + number, 20'000)},
            {"empty", {}}};
}

struct RepairWorld : World {
    storage::MemoryBackend place{};
    storage::MemoryBackend other{};
    std::map<SnapshotId, Contents> expected{};
    std::map<TimePoint, Contents> by_time{};  // a backup that is rewritten keeps its time
    storage::MemoryBackend::Files whole{};    // of `place`, before it was harmed

    explicit RepairWorld(uint64_t backups = 2) {
        Codec codec(master, 3);
        place.save("config", seal_plain(codec, random, encode_config(config)), {});
        // Cheap to derive: what is tested is the file, not the password.
        const KeyFile key =
            wrap_master_key(master, SecretText("password"),
                            {.created = clock.now(), .cost = {.n = 16, .r = 1, .p = 1}}, random);
        const std::string json = encode_key_file(key);
        place.save("keys/" + Digest{crypto::sha256(as_bytes(json))}.hex(), as_bytes(json), {});
        for (uint64_t i = 0; i < backups; ++i) add(i);
        whole = place.files();
        other.set_files(whole);
    }

    SnapshotId add(uint64_t number) {
        const auto repository = open(place);
        by_time[clock.now()] = repair_contents(number);
        const Receipt receipt = back_up(*repository, repair_contents(number), nullptr, clock.now());
        clock.advance(std::chrono::hours{1});
        expected[receipt.snapshot] = repair_contents(number);
        return receipt.snapshot;
    }

    std::vector<std::string> names(const std::string& prefix) const {
        std::vector<std::string> found;
        for (const auto& [name, content] : place.files()) {
            if (name.starts_with(prefix)) found.push_back(name);
        }
        return found;
    }
    void change(const std::string& name, const std::function<void(Bytes&)>& harm) {
        Bytes bytes = place.load(name, {}, {});
        harm(bytes);
        place.save(name, bytes, {});
    }
    void flip(const std::string& name) {
        change(name, [](Bytes& bytes) { bytes[bytes.size() / 2] ^= std::byte{4}; });
    }
    // What a killed program, whose id still exists in a test, leaves.
    void remove_locks() {
        auto files = place.files();
        std::erase_if(files, [](const auto& file) { return file.first.starts_with("locks/"); });
        place.set_files(std::move(files));
    }
    // Of the type that only such packs hold.
    std::vector<std::string> packs(BlobType type) {
        std::vector<std::string> found;
        const auto repository = open(place);
        repository->store().with_index({}, [&](const Index& index) {
            index.for_each([&](size_t pack, size_t, const PackedBlob& blob) {
                const std::string name = pack_name(index.pack_id(pack));
                if (blob.type == type && std::count(found.begin(), found.end(), name) == 0) {
                    found.push_back(name);
                }
            });
        });
        return found;
    }

    RepairReport repair_from(storage::Backend& damaged,
                             const std::vector<storage::Backend*>& sources,
                             RepairOptions how = {}) {
        std::vector<std::unique_ptr<OpenRepository>> opened;
        for (storage::Backend* source : sources) {
            opened.push_back(open(*source));
            how.sources.push_back({.name = "other", .repository = opened.back().get()});
        }
        return repair(*open(damaged), how, events, {});
    }
    RepairReport repair_alone(const RepairOptions& how = {}) { return repair_from(place, {}, how); }
    RepairReport repair_with_other(const RepairOptions& how = {}) {
        return repair_from(place, {&other}, how);
    }

    void expect_sound(const std::string& after) { expect_sound(place, after); }
    void expect_sound(storage::Backend& backend, const std::string& after) {
        const auto repository = open(backend);
        const CheckReport report = repository->check({.read_data = true}, events, {});
        EXPECT_TRUE(report.affected.empty()) << after;
        for (const Damage& damage : report.damages) {
            ADD_FAILURE() << after << ": " << damage.file << ": " << damage.problem;
        }
        const auto snapshots = repository->snapshots({});
        EXPECT_EQ(snapshots.size(), expected.size()) << after;
        for (const Snapshot& snapshot : snapshots) {
            EXPECT_EQ(read_back(*repository->read(snapshot, {})), expected[snapshot.id]) << after;
        }
    }
    // Every file of every backup that can be read, as "time/path".
    std::map<std::string, Bytes> readable() { return readable(place); }
    std::map<std::string, Bytes> readable(storage::Backend& backend) {
        std::map<std::string, Bytes> files;
        const auto repository = open(backend);
        for (const Snapshot& snapshot : repository->snapshots({})) {
            read_what_can_be(*repository, snapshot, by_time.at(snapshot.time), files);
        }
        return files;
    }

private:
    static void read_what_can_be(Repository& repository, const Snapshot& snapshot,
                                 const Contents& contents, std::map<std::string, Bytes>& files) {
        for (const auto& [path, content] : contents) {
            try {
                const auto tree = repository.read(snapshot, {});
                files[to_rfc3339(snapshot.time) + "/" + path] =
                    read_all(*tree->open(ItemPath(path)), UINT64_MAX);
            } catch (const Error&) {
                continue;  // that is what is counted
            }
        }
    }
};

}  // namespace lifeboat::repository::testing_world
