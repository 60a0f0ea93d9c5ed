#include "content/ios_backup/inventory.h"

#include "content/ios_backup/database.h"
#include "item/memory_items.h"
#include "plist/plist.h"
#include "sim/ios/database_maker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lifeboat::content {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

void add(MemoryTree& tree, const char* path, const std::string& sql) {
    tree.add_file(ItemPath(path), sim::make_database(sql));
}

constexpr const char* sms = "HomeDomain/Library/SMS/sms.db";
constexpr const char* photos = "CameraRollDomain/Media/PhotoData/Photos.sqlite";

TEST(Inventory, CountsWithIdentities) {
    MemoryTree tree;
    add(tree, sms, "CREATE TABLE message(guid TEXT); INSERT INTO message VALUES('b'),('a'),(NULL)");
    add(tree, "HomeDomain/Library/AddressBook/AddressBook.sqlitedb",
        "CREATE TABLE ABPerson(guid TEXT); INSERT INTO ABPerson VALUES('p')");
    add(tree, "HomeDomain/Library/CallHistoryDB/CallHistory.storedata",
        "CREATE TABLE ZCALLRECORD(ZUNIQUE_ID); INSERT INTO ZCALLRECORD VALUES('c'),('d')");
    add(tree, "HomeDomain/Library/Calendar/Calendar.sqlitedb",
        "CREATE TABLE CalendarItem(UUID); INSERT INTO CalendarItem VALUES('e')");
    add(tree, "AppDomainGroup-group.com.apple.notes/NoteStore.sqlite",
        "CREATE TABLE ZICCLOUDSYNCINGOBJECT(ZIDENTIFIER, ZNOTEDATA, ZMARKEDFORDELETION);"
        "INSERT INTO ZICCLOUDSYNCINGOBJECT VALUES('note',1,0),('folder',NULL,0),('gone',2,1)");
    add(tree, "HealthDomain/Health/healthdb_secure.sqlite",
        "CREATE TABLE samples(data_id INTEGER PRIMARY KEY); INSERT INTO samples VALUES(5),(6),(7)");
    add(tree, "AppDomainGroup-group.net.whatsapp.WhatsApp.shared/ChatStorage.sqlite",
        "CREATE TABLE ZWAMESSAGE(ZSTANZAID); INSERT INTO ZWAMESSAGE VALUES('w')");
    add(tree, "AppDomain-com.apple.mobilesafari/Library/Safari/Bookmarks.db",
        "CREATE TABLE bookmarks(type, external_uuid); INSERT INTO bookmarks VALUES(0,'x'),(1,'f')");
    const Inventory inventory = take_inventory(tree, {});
    const auto& messages = inventory.at("messages");
    EXPECT_EQ(messages.state, InventoryState::counted);
    EXPECT_EQ(messages.count, 3u);
    EXPECT_THAT(messages.identities, ElementsAre("a", "b"));
    EXPECT_EQ(messages.source, sms);
    EXPECT_EQ(inventory.at("contacts").count, 1u);
    EXPECT_EQ(inventory.at("calls").count, 2u);
    EXPECT_EQ(inventory.at("calendar").count, 1u);
    EXPECT_THAT(inventory.at("notes").identities, ElementsAre("note"));
    EXPECT_THAT(inventory.at("health").identities, ElementsAre("5", "6", "7"));
    EXPECT_EQ(inventory.at("whatsapp").count, 1u);
    EXPECT_THAT(inventory.at("bookmarks").identities, ElementsAre("x"));
    EXPECT_EQ(inventory.classes.size(), 12u);
}

TEST(Inventory, TellsPhotosThatAreOnlyInTheCloud) {
    MemoryTree tree;
    add(tree, photos,
        "CREATE TABLE ZASSET(Z_PK INTEGER, ZUUID, ZTRASHEDSTATE);"
        "INSERT INTO ZASSET VALUES(1,'here',0),(2,'cloud',0),(3,'trash',1),(4,'shared',0);"
        "CREATE TABLE ZINTERNALRESOURCE(ZASSET, ZRESOURCETYPE, ZVERSION, ZLOCALAVAILABILITY);"
        "INSERT INTO ZINTERNALRESOURCE VALUES(1,0,0,1),(1,0,1,-1),(2,0,0,-1),(2,1,0,-1),"
        "(3,0,0,-1),(4,0,0,-32768)");
    const Inventory inventory = take_inventory(tree, {});
    EXPECT_EQ(inventory.at("photos").count, 3u);
    EXPECT_THAT(inventory.at("photos_only_in_cloud").identities, ElementsAre("cloud"));
}

TEST(Inventory, TellsPhotosThatTheCloudDoesNotHaveYet) {
    MemoryTree tree;
    add(tree, photos,
        "CREATE TABLE ZASSET(ZUUID, ZTRASHEDSTATE, ZCLOUDLOCALSTATE);"
        "INSERT INTO ZASSET VALUES('sent',0,1),('waits',0,0),('trash',1,0),('odd',0,NULL)");
    const Inventory inventory = take_inventory(tree, {});
    EXPECT_EQ(inventory.at("photos").count, 3u);
    EXPECT_THAT(inventory.at("photos_not_in_cloud").identities, ElementsAre("waits"));
    MemoryTree silent;
    add(silent, photos, "CREATE TABLE ZASSET(ZUUID, ZTRASHEDSTATE)");
    const Inventory unknown = take_inventory(silent, {});
    EXPECT_EQ(unknown.at("photos").state, InventoryState::counted);
    EXPECT_EQ(unknown.at("photos_not_in_cloud").state, InventoryState::not_comparable);
    EXPECT_THAT(unknown.at("photos_not_in_cloud").why, HasSubstr("ZCLOUDLOCALSTATE"));
}

TEST(Inventory, WhatIsNotKnownIsNeverNone) {
    MemoryTree tree;
    const Inventory nothing = take_inventory(tree, {});
    for (const InventoryClass& one : nothing.classes) {
        EXPECT_EQ(one.state, InventoryState::absent) << one.id;
        EXPECT_FALSE(one.why.empty()) << one.id;
    }
    EXPECT_THAT(nothing.at("health").why, HasSubstr("encrypted"));
    add(tree, photos, "CREATE TABLE ZASSET(ZUUID)");
    add(tree, sms, "CREATE TABLE messages2(guid)");
    tree.add_file(ItemPath("HomeDomain/Library/Calendar/Calendar.sqlitedb"), to_bytes("garbage"));
    const Inventory odd = take_inventory(tree, {});
    for (const char* id :
         {"photos", "photos_only_in_cloud", "photos_not_in_cloud", "messages", "calendar"}) {
        EXPECT_EQ(odd.at(id).state, InventoryState::not_comparable) << id;
        EXPECT_FALSE(odd.at(id).why.empty()) << id;
    }
    EXPECT_THROW(odd.at("teapots"), Misuse);
}

TEST(Inventory, AnEmptyTableIsNone) {
    MemoryTree tree;
    add(tree, sms, "CREATE TABLE message(guid)");
    const Inventory inventory = take_inventory(tree, {});
    EXPECT_EQ(inventory.at("messages").state, InventoryState::counted);
    EXPECT_EQ(inventory.at("messages").count, 0u);
    EXPECT_EQ(inventory.at("messages").why, "");
}

TEST(Inventory, SeesWhatsAppWithoutItsChats) {
    MemoryTree tree;
    tree.add_file(ItemPath("AppDomainGroup-group.net.whatsapp.WhatsApp.shared/Media/a.jpg"), {});
    const InventoryClass found = take_inventory(tree, {}).at("whatsapp");
    EXPECT_EQ(found.state, InventoryState::absent);
    EXPECT_THAT(found.why, HasSubstr("chats are not saved"));
}

TEST(Inventory, ReadsBothListsOfNetworks) {
    using plist::Array;
    using plist::Dict;
    MemoryTree newer;
    newer.add_file(
        ItemPath("SystemPreferencesDomain/com.apple.wifi.known-networks.plist"),
        plist::write_binary(Dict{
            {"wifi.network.ssid.Home", Dict{}}, {"wifi.network.ssid.Cafe", Dict{}}, {"other", 1}}));
    EXPECT_THAT(take_inventory(newer, {}).at("wifi").identities, ElementsAre("Cafe", "Home"));
    MemoryTree older;
    const char* path = "SystemPreferencesDomain/SystemConfiguration/com.apple.wifi.plist";
    older.add_file(ItemPath(path),
                   plist::write_binary(Dict{
                       {"List of known networks", Array{Dict{{"SSID_STR", "Home"}}, Dict{}}}}));
    EXPECT_EQ(take_inventory(older, {}).at("wifi").count, 1u);
    older.add_file(ItemPath(path), plist::write_binary(Dict{{"something", 1}}));
    EXPECT_EQ(take_inventory(older, {}).at("wifi").state, InventoryState::not_comparable);
    older.add_file(ItemPath(path), to_bytes("?"));
    EXPECT_EQ(take_inventory(older, {}).at("wifi").state, InventoryState::not_comparable);
}

TEST(InventoryChange, NamesWhatIsGone) {
    const InventoryClass before{.id = "messages",
                                .state = InventoryState::counted,
                                .count = 3,
                                .identities = {"a", "b", "c"},
                                .has_identities = true};
    InventoryClass after = before;
    after.identities = {"b", "c", "d", "e"};
    after.count = 4;
    const InventoryChange change = compare_inventories(before, after);
    EXPECT_TRUE(change.comparable && change.by_identity && change.lost_something());
    EXPECT_THAT(change.lost, ElementsAre("a"));
    EXPECT_EQ(change.added, 2u);
    EXPECT_FALSE(compare_inventories(before, before).lost_something());
    after.has_identities = false;
    EXPECT_FALSE(compare_inventories(before, after).lost_something());
    after.count = 2;
    EXPECT_TRUE(compare_inventories(before, after).lost_something());
    after.state = InventoryState::not_comparable;
    after.why = "it has no table message";
    const InventoryChange unknown = compare_inventories(before, after);
    EXPECT_FALSE(unknown.comparable);
    EXPECT_THAT(unknown.why, HasSubstr("no table"));
    EXPECT_FALSE(compare_inventories(after, before).comparable);
}

TEST(IosDatabase, LargeOnesLieInAFileWithoutAName) {
    // 5,000 rows in pages of 1024 bytes, unlike what SQLite takes for an empty file.
    const Bytes bytes = sim::make_database(
        "PRAGMA page_size=1024; CREATE TABLE t(x); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL "
        "SELECT i+1 FROM n WHERE i<5000) INSERT INTO t SELECT hex(randomblob(50)) FROM n");
    for (const uint64_t in_memory : {uint64_t{0}, Database::memory_limit}) {
        MemorySource source(bytes);
        const Database database(source, bytes.size(), {}, in_memory);
        Rows rows = database.query("SELECT count(*), max(length(x)) FROM t");
        ASSERT_TRUE(rows.next());
        EXPECT_EQ(rows.integer(0), 5000);
        EXPECT_EQ(rows.integer(1), 100);
        EXPECT_EQ(database.check().integrity, Integrity::whole);
        EXPECT_THROW(database.query("INSERT INTO t VALUES(1)").next(), Corrupt);
        EXPECT_THROW(database.query("ATTACH 'x.db' AS y").next(), Corrupt);
    }
}

TEST(IosDatabase, OpensACopyThatLostItsLog) {
    Bytes bytes = sim::make_database("CREATE TABLE t(x)");
    bytes[18] = bytes[19] = std::byte{2};
    for (const uint64_t in_memory : {uint64_t{0}, Database::memory_limit}) {
        MemorySource source(bytes);
        const Database database(source, bytes.size(), {}, in_memory);
        EXPECT_TRUE(database.has_table("T"));
        EXPECT_TRUE(database.has_column("t", "X"));
        EXPECT_FALSE(database.has_column("t", "y"));
    }
}

TEST(IosDatabase, UnknownOrdersAreNotDamage) {
    // As the phone's contacts have: a sorting order that only its programs know.
    sim::DatabaseMaker maker;
    maker.run(
        "CREATE TABLE t(x); CREATE INDEX i ON t(x); PRAGMA writable_schema=ON;"
        "UPDATE sqlite_schema SET sql='CREATE INDEX i ON t(x COLLATE PhoneOrder)' WHERE "
        "name='i'");
    const Bytes bytes = maker.bytes();
    MemorySource source(bytes);
    const Database database(source, bytes.size(), {});
    EXPECT_EQ(database.check().integrity, Integrity::not_checkable);
}

TEST(IosDatabase, RefusesWhatIsNone) {
    for (const Bytes& bytes : {Bytes(), to_bytes("SQLite format 3"), Bytes(5000)}) {
        for (const uint64_t in_memory : {uint64_t{0}, Database::memory_limit}) {
            MemorySource source(bytes);
            EXPECT_THROW(Database(source, bytes.size(), {}, in_memory), Corrupt);
        }
    }
    const Bytes whole = sim::make_database("CREATE TABLE t(x)");
    MemorySource shorter({whole.begin(), whole.begin() + 600});
    EXPECT_THROW(Database(shorter, whole.size(), {}), Corrupt);
    MemorySource longer(whole);
    EXPECT_THROW(Database(longer, 512, {}), Corrupt);
}

TEST(IosDatabase, StopsInTheMidstOfAQuery) {
    const Bytes bytes = sim::make_database("CREATE TABLE t(x)");
    std::stop_source stop;
    MemorySource source(bytes);
    const Database database(source, bytes.size(), stop.get_token());
    Rows rows = database.query(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT count(*) FROM n");
    stop.request_stop();
    EXPECT_THROW(rows.next(), Cancelled);
}

}  // namespace
}  // namespace lifeboat::content
