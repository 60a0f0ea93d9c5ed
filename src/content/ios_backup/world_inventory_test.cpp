// What is counted in the databases of a simulated iPhone is what was put there, before and after an
// update, and what an update lost is named.
#include "base/error.h"
#include "content/ios_backup/inventory.h"
#include "content/ios_backup/rehearsal.h"
#include "item/memory_items.h"
#include "sim/ios/backup_maker.h"
#include "sim/ios/world/world.h"
#include "sys/random.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <fstream>

namespace lifeboat::content {
namespace {

using sim::ios::World;
using sim::ios::WorldOptions;
using testing::IsSubsetOf;
using testing::UnorderedElementsAreArray;

namespace fs = std::filesystem;

constexpr TimePoint begins{std::chrono::sys_days{std::chrono::year{2025} / 11 / 1}};

Bytes read_bytes(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return to_bytes(std::string{std::istreambuf_iterator<char>(in), {}});
}

// Compacted, as the phone puts databases into a backup: with what stands in their logs.
Bytes read_database(const fs::path& path) {
    const std::string copy = path.string() + ".compact";
    sqlite3* database = nullptr;
    EXPECT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
    const std::string sql = "VACUUM INTO '" + copy + "'";
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << path << sqlite3_errmsg(database);
    sqlite3_close_v2(database);
    const Bytes content = read_bytes(copy);
    fs::remove(copy);
    return content;
}

class WorldInventory : public testing::Test {
protected:
    WorldInventory() {
        std::string path = testing::TempDir() + "world_inventory_XXXXXX";
        if (::mkdtemp(path.data()) == nullptr) throw Misuse("no folder for the test");
        folder_ = path;
    }
    ~WorldInventory() override { fs::remove_all(folder_); }

    World make(int major, const WorldOptions& options) {
        World world({.files = folder_, .major = major, .newest = begins});
        world.fill(options);
        return world;
    }

    // As a backup has them: databases compacted.
    std::map<std::string, Bytes> files() const {
        std::map<std::string, Bytes> found;
        for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
            const std::string name = entry.path().filename().string();
            if (!entry.is_regular_file() || name.ends_with("-wal") || name.ends_with("-shm")) {
                continue;
            }
            const Bytes content = read_bytes(entry.path());
            const bool is_database = as_text(content).starts_with("SQLite format 3");
            found[fs::relative(entry.path(), folder_).string()] =
                is_database ? read_database(entry.path()) : content;
        }
        return found;
    }
    Inventory count() const {
        MemoryTree tree;
        for (const auto& [path, content] : files()) tree.add_file(ItemPath(path), content);
        return take_inventory(tree, {});
    }

    std::string folder_;
};

WorldOptions some() {
    WorldOptions options;
    options.photos = 21;
    options.videos = 2;
    options.cloud_only = 7;
    options.not_uploaded = 4;
    options.trashed = 3;
    options.messages = 33;
    options.contacts = 9;
    options.calls = 11;
    options.events = 12;
    options.notes = 5;
    options.whatsapp = 17;
    options.bookmarks = 4;
    options.health = 36;
    options.networks = 6;
    return options;
}

void expect_all(const Inventory& inventory) {
    const std::map<std::string, uint64_t> wanted{{"photos", 30},
                                                 {"photos_only_in_cloud", 7},
                                                 {"photos_not_in_cloud", 4},
                                                 {"messages", 33},
                                                 {"contacts", 9},
                                                 {"calls", 11},
                                                 {"calendar", 12},
                                                 {"notes", 5},
                                                 {"health", 36},
                                                 {"wifi", 6},
                                                 {"whatsapp", 17},
                                                 {"bookmarks", 4}};
    ASSERT_EQ(inventory.classes.size(), wanted.size());
    for (const InventoryClass& one : inventory.classes) {
        EXPECT_EQ(one.state, InventoryState::counted) << one.id << one.why;
        EXPECT_EQ(one.count, wanted.at(one.id)) << one.id;
        EXPECT_EQ(one.identities.size(), one.count) << one.id;
    }
}

class EveryVersion : public WorldInventory, public testing::WithParamInterface<int> {};

TEST_P(EveryVersion, HoldsWhatWasAskedFor) {
    make(GetParam(), some());
    expect_all(count());
}

INSTANTIATE_TEST_SUITE_P(Ios, EveryVersion, testing::Values(14, 16, 17, 26));

struct Update {
    int from = 0, to = 0;
};
class EveryUpdate : public WorldInventory, public testing::WithParamInterface<Update> {};

TEST_P(EveryUpdate, KeepsEveryRowAndItsIdentity) {
    World world = make(GetParam().from, some());
    const Inventory before = count();
    world.update(GetParam().to);
    const Inventory after = count();
    expect_all(after);
    for (const InventoryClass& one : before.classes) {
        const InventoryChange change = compare_inventories(one, after.at(one.id));
        EXPECT_TRUE(change.comparable && change.by_identity) << one.id << change.why;
        EXPECT_FALSE(change.lost_something()) << one.id;
        EXPECT_EQ(change.added, 0u) << one.id;
    }
}

INSTANTIATE_TEST_SUITE_P(Ios, EveryUpdate,
                         testing::Values(Update{14, 16}, Update{14, 26}, Update{16, 17},
                                         Update{17, 26}));

TEST_F(WorldInventory, NamesWhatAnUpdateLost) {
    World world = make(17, some());
    const Inventory before = count();
    world.update(26);
    for (const std::string_view id : sim::ios::losable_classes()) {
        const auto gone = world.lose(id, 3);
        ASSERT_EQ(gone.size(), 3u) << id;
        const InventoryChange change = compare_inventories(before.at(id), count().at(id));
        EXPECT_TRUE(change.lost_something()) << id;
        EXPECT_THAT(change.lost, UnorderedElementsAreArray(gone)) << id;
        EXPECT_EQ(change.before, change.after + 3) << id;
    }
}

TEST_F(WorldInventory, SeesWhatCameAndWent) {
    World world = make(17, some());
    const Inventory before = count();
    const auto new_photos = world.add_photos(4);
    const auto new_messages = world.add_messages(2);
    const auto gone = world.delete_messages(5);
    const Inventory after = count();
    EXPECT_EQ(after.at("photos").count, 34u);
    EXPECT_EQ(after.at("messages").count, 30u);
    EXPECT_THAT(new_photos, IsSubsetOf(after.at("photos").identities));
    EXPECT_THAT(new_messages, IsSubsetOf(after.at("messages").identities));
    const auto change = compare_inventories(before.at("messages"), after.at("messages"));
    EXPECT_THAT(change.lost, UnorderedElementsAreArray(gone));
    EXPECT_EQ(change.added, 2u);
}

// The same phone, hashed, encrypted and opened again: every file is what it was.
TEST_F(WorldInventory, IsTheSameThroughAnEncryptedBackup) {
    make(17, some());
    MemoryTree raw;
    sys::SeededRandom random(3);
    sim::BackupMaker maker(raw, {.product_version = "17.6.1"}, SecretText("correct horse"), random);
    for (const auto& [path, content] : files()) {
        const size_t slash = path.find('/');
        maker.add_file({path.substr(0, slash), path.substr(slash + 1)}, content, 1'700'000'000,
                       path.starts_with("Health") ? 2 : 3);
    }
    maker.finish();
    const IosBackup backup(raw, SecretText("correct horse"));
    const RehearsalReport report = rehearse(backup, {.deep = true}, [](const auto&) {}, {});
    EXPECT_TRUE(report.passed());
    EXPECT_EQ(report.files_checked, files().size());
    EXPECT_EQ(report.databases_whole, 14u);
    for (const auto& [path, content] : files()) {
        EXPECT_EQ(read_all(*backup.open(ItemPath(path)), content.size() + 1), content) << path;
    }
    expect_all(take_inventory(backup, {}));
    EXPECT_THROW(IosBackup(raw, SecretText("wrong")), WrongBackupPassword);
}

TEST_F(WorldInventory, AnEmptyPhoneHasNoneOfEverything) {
    make(17, WorldOptions::none());
    const Inventory inventory = count();
    for (const InventoryClass& one : inventory.classes) {
        EXPECT_EQ(one.count, 0u) << one.id;
        EXPECT_EQ(one.state,
                  one.id == "whatsapp" ? InventoryState::absent : InventoryState::counted)
            << one.id << one.why;
    }
}

}  // namespace
}  // namespace lifeboat::content
