// The same rules on the same backups: restic's `forget --dry-run` and ours must agree on each.
#include "repository/forget.h"

#include "repository/open_repository.h"
#include "repository/snapshot_file.h"
#include "restic_world.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <set>

namespace lifeboat::restic_test {
namespace {

using repository::KeepPolicy;
using Reasons = std::map<std::string, std::multiset<std::string>>;  // by id, of those that stay

// restic's words in ours.
std::string our_word(std::string word) {
    const std::string behind = " snapshot";
    if (word.ends_with(behind)) word.erase(word.size() - behind.size());
    if (!word.starts_with("has tags [")) return word;
    word = "tags " + word.substr(10, word.size() - 11);
    // restic parts the tags with ", ".
    for (size_t at = word.find(", "); at != std::string::npos; at = word.find(", ")) {
        word.erase(at + 1, 1);
    }
    return word;
}

struct ForgetWithRestic : testing::Test {
    World world{};
    std::unique_ptr<repository::Repository> opened{};

    // Over some years, in bursts, in several zones, by two hosts, some with tags.
    void make_snapshots() {
        world.restic({"init"});
        std::filesystem::create_directories(world.folder("source"));
        write_file(world.folder("source") + "/file", "content");
        world.restic_in(world.folder("source"), {"backup", "--host", "first", "."});
        opened = world.open();
        auto snapshots = opened->snapshots({});
        sys::SeededRandom random(5);
        constexpr int64_t start = 1'700'000'000;
        int64_t time = start;
        for (int i = 0; i < 240; ++i) {
            const bool burst = random.below(3) == 0;
            time += static_cast<int64_t>(burst ? random.below(4'000) : random.below(900'000));
            save(snapshots[0].tree, time, random);
        }
    }
    void save(const repository::BlobId& tree, int64_t seconds, sys::Random& random) {
        constexpr std::array zones{"Z", "+09:00", "-03:30", "+01:00"};
        constexpr std::array minutes{0, 540, -210, 60};
        const size_t zone = random.below(zones.size());
        std::string time = to_rfc3339(
            TimePoint{std::chrono::seconds{seconds} + std::chrono::minutes{minutes.at(zone)}} +
            nanoseconds{random.below(2) * 500'000'000});
        time.pop_back();
        repository::Snapshot snapshot{.tree = tree, .paths = {"/data"}};
        snapshot.hostname = random.below(2) == 0 ? "first" : "second";
        if (random.below(10) == 0) snapshot.tags = {"blue"};
        if (random.below(10) == 0) snapshot.tags = {"blue", "green"};
        std::string json = repository::encode_snapshot(snapshot);
        const size_t at = json.find("\"time\":\"") + 8;
        json.replace(at, json.find('"', at) - at, time + zones.at(zone));
        store().save_document("snapshots/", json, {});
    }
    repository::Store& store() {
        return dynamic_cast<repository::OpenRepository&>(*opened).store();
    }

    Reasons restic_keeps(std::vector<std::string> flags) {
        flags.insert(flags.begin(), {"forget", "--dry-run", "--json"});
        const auto groups = nlohmann::json::parse(world.restic(flags));
        Reasons reasons;
        for (const auto& group : groups) {
            if (group["keep"].is_null()) continue;
            // Both lists are in the same order; only one has the ids.
            for (size_t i = 0; i < group["keep"].size(); ++i) {
                auto& words = reasons[group["keep"][i]["id"].get<std::string>()];
                for (const auto& match : group["reasons"][i]["matches"]) {
                    words.insert(our_word(match.get<std::string>()));
                }
            }
        }
        return reasons;
    }
    Reasons we_keep(const KeepPolicy& policy) {
        Reasons reasons;
        for (const auto& group : repository::apply_policy(opened->snapshots({}), {}, policy)) {
            for (const auto& choice : group.choices) {
                if (!choice.keep || choice.reasons == std::vector<std::string>{"newest"}) continue;
                reasons[choice.snapshot.id.hex()] = {choice.reasons.begin(), choice.reasons.end()};
            }
        }
        return reasons;
    }
    void expect_same(const std::vector<std::string>& flags, const KeepPolicy& policy) {
        const Reasons theirs = restic_keeps(flags);
        EXPECT_FALSE(theirs.empty());
        EXPECT_EQ(we_keep(policy), theirs) << flags[0] << flags[1];
    }
};

TEST_F(ForgetWithRestic, keepsTheSameForTheSameReasons) {
    make_snapshots();
    expect_same({"--keep-last", "7"}, {.last = 7});
    expect_same({"--keep-hourly", "30"}, {.counts = {.hourly = 30}});
    expect_same({"--keep-daily", "14", "--keep-weekly", "8"},
                {.counts = {.daily = 14, .weekly = 8}});
    expect_same({"--keep-monthly", "12", "--keep-yearly", "5", "--keep-last", "1"},
                {.last = 1, .counts = {.monthly = 12, .yearly = 5}});
    expect_same({"--keep-within", "1m3d7h"},
                {.within = {.all = {.months = 1, .days = 3, .hours = 7}}});
    expect_same({"--keep-within-hourly", "10d", "--keep-within-daily", "2m", "--keep-within-weekly",
                 "6m", "--keep-within-monthly", "1y", "--keep-within-yearly", "3y"},
                {.within = {.hourly = {.days = 10},
                            .daily = {.months = 2},
                            .weekly = {.months = 6},
                            .monthly = {.years = 1},
                            .yearly = {.years = 3}}});
    expect_same({"--keep-tag", "green,blue", "--keep-weekly", "20"},
                {.counts = {.weekly = 20}, .tags = {{"green", "blue"}}});
}

}  // namespace
}  // namespace lifeboat::restic_test
