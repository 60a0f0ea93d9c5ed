#include "content/ios_backup/ios_backup.h"

#include "content/ios_backup/decrypt_source.h"
#include "content/ios_backup/rehearsal.h"
#include "item/memory_items.h"
#include "plist/plist.h"
#include "sim/ios/backup_maker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lifeboat::content {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* password_text = "correct horse";
constexpr const char* photo = "CameraRollDomain/Media/DCIM/100APPLE/IMG_0001.HEIC";
constexpr size_t photo_size = 300'000;

Bytes pattern(size_t size, unsigned seed) {
    Bytes bytes(size);
    sys::SeededRandom(seed).fill(bytes);
    return bytes;
}

Bytes small_database() {
    return sim::make_database(
        "CREATE TABLE message (ROWID INTEGER PRIMARY KEY, guid TEXT);"
        "INSERT INTO message(guid) VALUES ('a'),('b');");
}

struct World {
    MemoryTree raw{};
    sys::SeededRandom random{7};
    bool encrypted = true;

    std::optional<SecretText> password() const {
        return encrypted ? std::optional<SecretText>(password_text) : std::nullopt;
    }
    void make(sim::MadeBackup backup = {}) {
        sim::BackupMaker maker(raw, std::move(backup), password(), random);
        fill(maker);
        maker.finish();
    }
    static void fill(sim::BackupMaker& maker) {
        maker.add_folder({"CameraRollDomain", ""}, 1'700'000'000);
        maker.add_folder({"CameraRollDomain", "Media/DCIM/100APPLE"}, 1'700'000'001);
        maker.add_file({"CameraRollDomain", "Media/DCIM/100APPLE/IMG_0001.HEIC"},
                       pattern(photo_size, 1), 1'700'000'002);
        maker.add_file({"CameraRollDomain", "Media/DCIM/100APPLE/IMG_0002.HEIC"}, pattern(32, 2),
                       1'700'000'003, 4);
        maker.add_file({"HomeDomain", "Library/empty"}, {}, 5, 1);
        maker.add_file({"HomeDomain", "Library/SMS/sms.db"}, small_database(), 6);
        maker.add_link({"HomeDomain", "Library/link"}, "../somewhere");
    }
    IosBackup open() const { return IosBackup(raw, SecretText(encrypted ? password_text : "")); }

    // Changes one stored file, named by its path on the phone.
    void change(std::string_view domain, std::string_view relative,
                const std::function<void(Bytes&)>& how) {
        const std::string id = sim::backup_file_id(domain, relative);
        const ItemPath path(id.substr(0, 2) + "/" + id);
        Bytes bytes = read_all(*raw.open(path), 1 << 24);
        how(bytes);
        raw.add_file(path, bytes);
    }
};

std::vector<std::string> names(const FileTree& tree, const std::string& folder) {
    std::vector<std::string> found;
    tree.list(ItemPath(folder), [&](const Item& item) { found.push_back(item.path.text()); });
    return found;
}

class AnIosBackup : public testing::TestWithParam<bool> {
protected:
    AnIosBackup() { world_.encrypted = GetParam(); }
    World world_;
};
INSTANTIATE_TEST_SUITE_P(EncryptedOrNot, AnIosBackup, testing::Bool());

TEST_P(AnIosBackup, ShowsDomainsAndRealPaths) {
    world_.make();
    const IosBackup backup = world_.open();
    EXPECT_THAT(names(backup, ""), ElementsAre("CameraRollDomain", "HomeDomain"));
    EXPECT_THAT(names(backup, "HomeDomain/Library"),
                ElementsAre("HomeDomain/Library/SMS", "HomeDomain/Library/empty",
                            "HomeDomain/Library/link"));
    const auto item = backup.find(ItemPath(photo));
    ASSERT_TRUE(item);
    EXPECT_EQ(item->size, photo_size);
    EXPECT_EQ(item->kind, ItemKind::file);
    EXPECT_EQ(item->mode, 0644u);
    EXPECT_EQ(item->modified, TimePoint(std::chrono::seconds(1'700'000'002)));
    EXPECT_EQ(backup.find(ItemPath("HomeDomain/Library/link"))->link_target, "../somewhere");
    // A folder without a row of its own, and one with.
    EXPECT_EQ(backup.find(ItemPath("CameraRollDomain/Media"))->kind, ItemKind::folder);
    EXPECT_EQ(backup.find(ItemPath("CameraRollDomain/Media/DCIM/100APPLE"))->modified,
              TimePoint(std::chrono::seconds(1'700'000'001)));
    EXPECT_FALSE(backup.find(ItemPath("HomeDomain/Library/empty/below")));
    EXPECT_THROW(names(backup, photo), Missing);
    EXPECT_THROW(backup.open(ItemPath("HomeDomain")), Missing);
    EXPECT_EQ(backup.manifest().device_name, "Ada's iPhone");
    EXPECT_EQ(backup.info()->installed_apps.size(), 1u);
    EXPECT_TRUE(backup.status()->finished());
}

TEST_P(AnIosBackup, GivesTheBytesOfThePhone) {
    world_.make({.folder = "00008101-000A11112222801E"});
    const IosBackup backup = world_.open();
    EXPECT_EQ(read_all(*backup.open(ItemPath(photo)), 1 << 20), pattern(photo_size, 1));
    EXPECT_EQ(read_all(*backup.open(ItemPath("HomeDomain/Library/empty")), 10), Bytes());
    // Whole blocks: their padding is a block of its own.
    EXPECT_EQ(
        read_all(*backup.open(ItemPath("CameraRollDomain/Media/DCIM/100APPLE/IMG_0002.HEIC")), 99),
        pattern(32, 2));
}

TEST_P(AnIosBackup, AnswersToShortNamesWithoutListingThem) {
    world_.make();
    const IosBackup backup = world_.open();
    EXPECT_THAT(names(backup, "DCIM/100APPLE"),
                ElementsAre("DCIM/100APPLE/IMG_0001.HEIC", "DCIM/100APPLE/IMG_0002.HEIC"));
    EXPECT_EQ(read_all(*backup.open(ItemPath("DCIM/100APPLE/IMG_0001.HEIC")), 1 << 20),
              pattern(photo_size, 1));
    EXPECT_EQ(backup.find(ItemPath("DCIM"))->path.text(), "DCIM");
    EXPECT_FALSE(backup.find(ItemPath("DCIMx")));
    EXPECT_FALSE(backup.find(ItemPath("WhatsApp")));
    size_t photos = 0;
    walk(backup, ItemPath(), [&](const Item& item) { photos += item.path.name() == "DCIM"; });
    EXPECT_EQ(photos, 1u);
}

// As the phone shows its media folder to computers: both domains in one.
TEST_P(AnIosBackup, AnswersToTheNamesOfTheMediaFolder) {
    sim::BackupMaker maker(world_.raw, {}, world_.password(), world_.random);
    World::fill(maker);
    maker.add_folder({"MediaDomain", "Media/DCIM"}, 1);
    maker.add_file({"MediaDomain", "Media/Recordings/memo.m4a"}, pattern(7, 3), 1);
    maker.finish();
    const IosBackup backup = world_.open();
    const ItemPath listed("Media/DCIM/100APPLE/IMG_0002.HEIC");
    EXPECT_EQ(backup.find(listed)->path, listed);
    EXPECT_EQ(read_all(*backup.open(listed), 99), pattern(32, 2));
    EXPECT_EQ(read_all(*backup.open(ItemPath("Media/Recordings/memo.m4a")), 99), pattern(7, 3));
    EXPECT_THAT(names(backup, "Media"),
                testing::UnorderedElementsAre("Media/DCIM", "Media/Recordings"));
    EXPECT_FALSE(backup.find(ItemPath("Media/nothing")));
    EXPECT_THROW(names(backup, "Media/nothing"), Missing);
}

TEST_P(AnIosBackup, RehearsesEverything) {
    world_.make();
    const IosBackup backup = world_.open();
    uint64_t told = 0;
    const auto report = rehearse(backup, {.deep = true},
                                 [&](const RehearsalProgress& now) { told = now.bytes_done; }, {});
    EXPECT_TRUE(report.passed());
    EXPECT_EQ(report.encrypted, GetParam());
    EXPECT_EQ(report.files_in_backup, 4u);
    EXPECT_EQ(report.files_checked, 4u);
    EXPECT_EQ(report.digests_compared, 4u);
    EXPECT_EQ(report.databases_whole, 1u);
    EXPECT_EQ(report.bytes_checked, told);
    EXPECT_EQ(report.checked_by_class, (std::map<uint32_t, uint64_t>{{1, 1}, {3, 2}, {4, 1}}));
}

RehearsalReport deep(const IosBackup& backup) {
    return rehearse(backup, {.deep = true}, [](const RehearsalProgress&) {}, {});
}

TEST_P(AnIosBackup, NamesEveryWrongFile) {
    world_.make();
    world_.change("CameraRollDomain", "Media/DCIM/100APPLE/IMG_0001.HEIC",
                  [](Bytes& bytes) { bytes[1000] ^= std::byte{1}; });
    world_.change("CameraRollDomain", "Media/DCIM/100APPLE/IMG_0002.HEIC",
                  [](Bytes& bytes) { bytes.resize(16); });
    const std::string id = sim::backup_file_id("HomeDomain", "Library/empty");
    world_.raw.remove(ItemPath(id.substr(0, 2) + "/" + id));
    const auto report = deep(world_.open());
    EXPECT_FALSE(report.passed());
    EXPECT_EQ(report.files_missing, 1u);
    ASSERT_EQ(report.wrong.size(), 3u);
    EXPECT_THAT(report.wrong[0].path, HasSubstr("Library/empty"));
    EXPECT_THAT(report.wrong[0].why, HasSubstr("not in the backup"));
    EXPECT_THAT(report.wrong[1].path, HasSubstr("IMG_0001"));
    EXPECT_THAT(report.wrong[1].why, HasSubstr("digest"));
    EXPECT_THAT(report.wrong[2].path, HasSubstr("IMG_0002"));
    EXPECT_THAT(report.wrong[2].why, HasSubstr("16 bytes are stored for a file of 32"));
}

TEST_P(AnIosBackup, SeesADamagedDatabaseWithoutADigest) {
    world_.encrypted = GetParam();
    sim::BackupMaker maker(world_.raw, {.with_digests = false}, world_.password(), world_.random);
    Bytes database = small_database();
    ASSERT_GE(database.size(), 8192u);
    for (size_t i = 4096; i < 4200; ++i) database[i] = std::byte{0xff};
    maker.add_file({"HomeDomain", "Library/broken.db"}, database, 0);
    maker.finish();
    const auto report = deep(world_.open());
    ASSERT_EQ(report.wrong.size(), 1u);
    EXPECT_THAT(report.wrong[0].why, HasSubstr("damaged"));
}

TEST_P(AnIosBackup, ASampleHasEveryClass) {
    sim::BackupMaker maker(world_.raw, {}, world_.password(), world_.random);
    for (int i = 0; i < 40; ++i) {
        const std::string name = "Library/" + std::to_string(i);
        maker.add_file({"HomeDomain", name}, pattern(20, 3), 0, i % 2 == 0 ? 2 : 3);
    }
    maker.finish();
    const auto report =
        rehearse(world_.open(), {.sample_per_class = 3}, [](const RehearsalProgress&) {}, {});
    EXPECT_TRUE(report.passed());
    EXPECT_EQ(report.checked_by_class, (std::map<uint32_t, uint64_t>{{2, 3}, {3, 3}}));
    std::stop_source stopped;
    stopped.request_stop();
    EXPECT_THROW(rehearse(
                     world_.open(), {}, [](const RehearsalProgress&) {}, stopped.get_token()),
                 Cancelled);
}

TEST_P(AnIosBackup, UnfinishedIsNoSuccess) {
    world_.make({.snapshot_state = "uploading"});
    const auto report = deep(world_.open());
    EXPECT_TRUE(report.wrong.empty());
    EXPECT_FALSE(report.passed());
}

TEST_P(AnIosBackup, HostileRowsAreNamedAndHideNothing) {
    sim::BackupMaker maker(world_.raw, {}, world_.password(), world_.random);
    World::fill(maker);
    const std::string id(40, 'a');
    const Bytes good = sim::mb_file_archive({.relative_path = "x", .size = 1});
    const auto row = [&](char digit, std::string_view domain, std::string_view path, ByteView file,
                         int flags = 1) {
        maker.add_row(std::string(39, 'a') + digit, {domain, path}, flags, file);
    };
    row('0', "HomeDomain", "../../etc/passwd", good);
    row('1', "Home/Domain", "x", good);
    row('2', "", "x", good);
    row('3', "HomeDomain", "/absolute", good);
    row('4', "HomeDomain", "Library/broken", as_bytes("bplist00 no"));
    row('5', "HomeDomain", "Library/SMS", good);  // a file where a folder is
    row('6', "HomeDomain", "Library/fifo", sim::mb_file_archive({.mode = 010644}), 0);
    maker.add_row("not hex", {"HomeDomain", "Library/id"}, 1, good);
    // No flags, but the mode says what it is.
    row('7', "HomeDomain", "Library/by_mode", sim::mb_file_archive({.mode = 040755}), 0);
    maker.finish();
    const IosBackup backup = world_.open();
    EXPECT_EQ(backup.index().bad_row_count(), 8u);
    EXPECT_EQ(backup.index().bad_rows().size(), 8u);
    EXPECT_EQ(read_all(*backup.open(ItemPath(photo)), 1 << 20), pattern(photo_size, 1));
    EXPECT_EQ(backup.find(ItemPath("HomeDomain/Library/SMS"))->kind, ItemKind::folder);
    EXPECT_EQ(backup.find(ItemPath("HomeDomain/Library/by_mode"))->kind, ItemKind::folder);
    EXPECT_FALSE(deep(backup).passed());
}

TEST_P(AnIosBackup, AStrangeNameInTheBackupIsWrong) {
    sim::BackupMaker maker(world_.raw, {}, world_.password(), world_.random);
    const std::string id(40, 'b');
    maker.add_row(id, {"HomeDomain", "x"}, 1, sim::mb_file_archive({.relative_path = "x"}));
    maker.finish();
    world_.raw.add_file(ItemPath("bb/" + id), {});
    const auto report = deep(world_.open());
    ASSERT_EQ(report.wrong.size(), 1u);
    EXPECT_THAT(report.wrong[0].why, HasSubstr("another file"));
}

TEST_P(AnIosBackup, BrokenManifestsAreToldByName) {
    const auto told = [&](const char* name, const Bytes& content) {
        World world;
        world.encrypted = GetParam();
        world.make();
        world.raw.add_file(ItemPath(name), content);
        try {
            world.open();
        } catch (const Corrupt& error) {
            return error.full_text();
        }
        return std::string("opened");
    };
    for (const char* name : {"Manifest.plist", "Status.plist", "Info.plist", "Manifest.db"}) {
        EXPECT_THAT(told(name, {}), HasSubstr(name));
        EXPECT_THAT(told(name, to_bytes("<html>no</html>")), HasSubstr(name));
        EXPECT_THAT(told(name, pattern(4096, 9)), HasSubstr(name));
    }
    EXPECT_THAT(told("Manifest.plist", plist::write_binary(plist::Array{})),
                HasSubstr("Manifest.plist"));
    EXPECT_THAT(told("Manifest.plist", plist::write_binary(plist::Dict{{"IsEncrypted", true}})),
                HasSubstr("no keybag"));
    world_.make();
    world_.raw.remove(ItemPath("Manifest.db"));
    EXPECT_THROW(world_.open(), Corrupt);
}

TEST(IosBackupPassword, WrongOrMissingIsSaid) {
    World world;
    world.make();
    EXPECT_THROW(IosBackup(world.raw, SecretText("wrong")), WrongBackupPassword);
    EXPECT_THROW(IosBackup(world.raw, SecretText()), WrongBackupPassword);
    const auto kind = recognise_ios_backup(world.raw);
    ASSERT_TRUE(kind);
    EXPECT_TRUE(kind->encrypted);
    EXPECT_EQ(kind->product_version, "17.6.1");
    EXPECT_NE(open_ios_backup(world.raw, SecretText(password_text)), nullptr);
}

TEST(IosBackupPlace, OtherThingsAreNoBackup) {
    MemoryTree empty;
    EXPECT_FALSE(recognise_ios_backup(empty));
    EXPECT_THROW(IosBackup(empty, SecretText()), NoIosBackup);
    MemoryTree old;
    old.add_file(ItemPath("Manifest.mbdb"), to_bytes("mbdb"));
    EXPECT_THROW(IosBackup(old, SecretText()), Unsupported);
    World two;
    two.make({.folder = "a"});
    two.make({.folder = "b"});
    EXPECT_THROW(two.open(), Misuse);
}

TEST(IosBackupManifest, MustHaveTheTable) {
    World world;
    world.encrypted = false;
    world.make();
    world.raw.add_file(ItemPath("Manifest.db"), sim::make_database("CREATE TABLE Files (fileID)"));
    EXPECT_THROW(world.open(), Corrupt);
    // A view in place of the table is refused as well: views can run anything.
    world.raw.add_file(ItemPath("Manifest.db"),
                       sim::make_database("CREATE TABLE t (fileID,domain,relativePath,flags,file);"
                                          "CREATE VIEW Files AS SELECT * FROM t"));
    EXPECT_THROW(world.open(), Corrupt);
}

std::unique_ptr<ByteSource> decrypting(const Bytes& cipher, uint64_t size) {
    return std::make_unique<DecryptSource>(std::make_unique<MemorySource>(cipher),
                                           SecretBytes(pattern(32, 5)), size);
}

TEST(DecryptSource, GivesTheSameInPartsOfAnySize) {
    for (const size_t size : {0, 1, 15, 16, 17, 4095, 4096, 4097, 70'000}) {
        const Bytes plain = pattern(size, 6);
        const Bytes cipher = sim::encrypt_backup_file(pattern(32, 5), plain);
        for (const size_t part : {1, 7, 4095, 4096, 5000, 1 << 17}) {
            const auto source = decrypting(cipher, size);
            Bytes all;
            Bytes buffer(part);
            while (const size_t got = source->read(buffer))
                append(all, ByteView(buffer).first(got));
            EXPECT_EQ(all, plain) << size << " in parts of " << part;
        }
    }
}

TEST(DecryptSource, RefusesWrongLengthsAndPadding) {
    const auto refused = [](const Bytes& cipher, uint64_t size) {
        for (const size_t part : {100, 1 << 16}) {
            const auto source = decrypting(cipher, size);
            Bytes buffer(part);
            EXPECT_THROW(while (source->read(buffer) > 0){}, Corrupt) << cipher.size() << size;
        }
    };
    const Bytes key = pattern(32, 5);
    const Bytes cipher = sim::encrypt_backup_file(key, pattern(100, 6));
    refused(cipher, 99);
    refused(cipher, 101);
    refused(cipher, 200);
    refused(cipher, 50);
    refused({cipher.begin(), cipher.begin() + 105}, 100);
    refused({cipher.begin(), cipher.begin() + 96}, 100);
    refused({}, 1);
    Bytes longer = cipher;
    append(longer, ByteView(cipher).first(16));
    refused(longer, 100);
    Bytes damaged = cipher;
    damaged[damaged.size() - 17] ^= std::byte{4};  // the padding's bytes are then not all the same
    refused(damaged, 100);
}

TEST(DecryptSource, OldFilesOfWholeBlocksNeedNoPadding) {
    const Bytes plain = pattern(64, 6);
    Bytes cipher = sim::encrypt_backup_file(pattern(32, 5), plain);
    cipher.resize(64);
    EXPECT_EQ(read_all(*decrypting(cipher, 64), 100), plain);
}

}  // namespace
}  // namespace lifeboat::content
