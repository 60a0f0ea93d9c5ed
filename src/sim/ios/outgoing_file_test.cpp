#include "sim/ios/outgoing_file.h"

#include "base/error.h"
#include "item/memory_items.h"
#include "sim/ios/backup_keybag.h"
#include "sim/ios/computer_test.h"
#include "sim/ios/incoming_file.h"
#include "sim/ios/manifest_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

namespace lifeboat::sim::ios {
namespace {

using testing_parts::TemporaryFolder;
using testing_parts::write_file;

TEST(OutgoingFile, EncryptsAsAWholeAndComesBack) {
    const TemporaryFolder folder;
    const Bytes key(32, std::byte{3});
    for (const size_t size : {0, 1, 15, 16, 17, 65535, 65536, 200'001}) {
        const std::string text(size, 'x');
        MemorySource plain(to_bytes(text));
        EncryptingSource encrypting(plain, key, Padding::pkcs7);
        const Bytes sent = read_all(encrypting, uint64_t{1} << 30);
        EXPECT_EQ(sent, encrypt_backup_file(key, as_bytes(text))) << size;
        MemorySource stored{Bytes(sent)};
        DecryptingSource decrypting(stored, key);
        const std::string path = folder.path() + "/back";
        const Arrived arrived = write_incoming(decrypting, path, size);
        EXPECT_EQ(arrived.size, size);
        EXPECT_EQ(arrived.digest, crypto::sha1(as_bytes(text)));
        EXPECT_EQ(std::filesystem::file_size(path), size);
    }
}

TEST(OutgoingFile, WrongSizesAreSeen) {
    const TemporaryFolder folder;
    const Bytes key(32, std::byte{3});
    for (const uint64_t told : {uint64_t{1}, uint64_t{99}, uint64_t{5000}}) {
        MemorySource stored(encrypt_backup_file(key, as_bytes(std::string(1000, 'x'))));
        DecryptingSource decrypting(stored, key);
        EXPECT_THROW(write_incoming(decrypting, folder.path() + "/f", told), Corrupt) << told;
    }
    MemorySource cut(Bytes(17));
    DecryptingSource decrypting(cut, key);
    EXPECT_THROW(write_incoming(decrypting, folder.path() + "/f", std::nullopt), Corrupt);
    MemorySource odd(Bytes(17));
    EncryptingSource encrypting(odd, key, Padding::none);
    EXPECT_THROW(read_all(encrypting, 100), Corrupt);
}

TEST(OutgoingFile, DatabasesAreSentWithTheirJournalAndThePhoneIsNotTouched) {
    const TemporaryFolder folder;
    const std::string path = folder.path() + "/it's a.db";
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
    sqlite3_exec(
        database,
        "PRAGMA journal_mode=WAL; CREATE TABLE t (x); INSERT INTO t VALUES ('first');"
        "INSERT INTO t SELECT randomblob(5000) FROM t, t, t; DELETE FROM t WHERE x <> 'first';",
        nullptr, nullptr, nullptr);
    ASSERT_TRUE(std::filesystem::exists(path + "-wal"));
    const auto before = std::filesystem::file_size(path + "-wal");
    std::filesystem::create_directories(folder.path() + "/scratch");
    const auto compact = compact_database(path, folder.path() + "/scratch");
    ASSERT_TRUE(compact);
    EXPECT_EQ(std::filesystem::file_size(path + "-wal"), before);
    sqlite3_close(database);
    sqlite3* copy = nullptr;
    ASSERT_EQ(sqlite3_open(compact->c_str(), &copy), SQLITE_OK);
    int rows = 0;
    sqlite3_exec(
        copy, "SELECT x FROM t WHERE x = 'first'",
        [](void* count, int, char**, char**) {
            ++*static_cast<int*>(count);
            return 0;
        },
        &rows, nullptr);
    sqlite3_close(copy);
    EXPECT_EQ(rows, 1);
}

TEST(OutgoingFile, WhatIsNoDatabaseGivesNoCopy) {
    const TemporaryFolder folder;
    write_file(folder.path() + "/a.db", "SQLite format 3 but not really, and long enough to look");
    EXPECT_FALSE(compact_database(folder.path() + "/a.db", folder.path()));
    EXPECT_FALSE(compact_database(folder.path() + "/absent.db", folder.path()));
}

TEST(ManifestStore, RowsComeBackAsTheyWere) {
    const TemporaryFolder folder;
    const std::string path = folder.path() + "/m.db";
    ManifestRow row{.id = backup_file_id("HomeDomain", "a b"),
                    .domain = "HomeDomain",
                    .facts = {.relative_path = "a b",
                              .size = 12,
                              .mode = 0100600,
                              .modified = 5,
                              .changed = 6,
                              .born = 4,
                              .protection_class = 2,
                              .inode = 99,
                              .digest = Bytes(20, std::byte{1}),
                              .encryption_key = Bytes(44, std::byte{2})}};
    {
        ManifestStore store = ManifestStore::create(path);
        store.put(row);
        row.facts.size = 13;
        store.put(row);
        ManifestRow gone{.id = backup_file_id("X", "y"), .domain = "X"};
        gone.facts.relative_path = "y";
        store.put(gone);
        store.erase(gone.id);
    }
    const ManifestRows rows = ManifestStore::open(path).rows();
    ASSERT_EQ(rows.size(), 1u);
    const BackupFileFacts& facts = rows.at(row.id).facts;
    EXPECT_EQ(facts.size, 13u);
    EXPECT_EQ(facts.modified, 5);
    EXPECT_EQ(facts.mode, 0100600u);
    EXPECT_EQ(facts.digest, row.facts.digest);
    EXPECT_EQ(facts.encryption_key, row.facts.encryption_key);
}

TEST(ManifestStore, HostileOnesAreRefused) {
    const TemporaryFolder folder;
    const std::string path = folder.path() + "/m.db";
    write_file(path, "no database");
    EXPECT_THROW(ManifestStore::open(path), Corrupt);
    EXPECT_THROW(ManifestStore::open(folder.path() + "/absent"), Corrupt);
    ManifestStore::create(path).put({.id = std::string(40, '0'), .domain = "HomeDomain"});
    EXPECT_THROW(ManifestStore::open(path).rows(), Corrupt);  // not the name of this file
}

}  // namespace
}  // namespace lifeboat::sim::ios
