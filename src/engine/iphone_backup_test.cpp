#include "engine/engine_world.h"
#include "engine/iphone_contents.h"
#include "sim/ios/backup_maker.h"

#include <gmock/gmock.h>

namespace lifeboat::engine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* udid = "00008101-000A11112222801E";
constexpr const char* password_text = "correct horse";

// What an iPhone would send, already made; pushed as a phone does.
class PreparedIphone final : public SelfDrivingPhone {
public:
    MemoryTree raw{};

    PreparedIphone() : SelfDrivingPhone(udid) {}
    void backup(const FileTree*, ItemSink& sink, EventSink&, const std::stop_token&) override {
        sink.keep_all();
        walk(raw, ItemPath(), [&](const Item& item) {
            if (item.kind == ItemKind::file) sink.put(item, *raw.open(item.path));
        });
        sink.settle();
    }
};

class IphoneBackupTest : public EngineTest {
protected:
    void make(bool encrypted = true, const char* with_password = password_text) {
        const SecretText password(with_password);
        iphone.raw.remove(ItemPath(udid));
        sim::BackupMaker maker(iphone.raw, {.folder = udid, .udid = udid},
                               encrypted ? std::optional(password.duplicate()) : std::nullopt,
                               random);
        maker.add_folder({"CameraRollDomain", "Media/DCIM/100APPLE"}, 1'700'000'001);
        maker.add_file({"CameraRollDomain", "Media/DCIM/100APPLE/IMG_0001.HEIC"}, Bytes(5000),
                       1'700'000'002);
        maker.add_file({"CameraRollDomain", "Media/DCIM/100APPLE/IMG_0002.HEIC"}, Bytes(33),
                       1'700'000'003);
        maker.add_file({"MediaDomain", "Media/Recordings/memo.m4a"}, Bytes(70), 1'700'000'004);
        maker.add_file({"HomeDomain", "Library/SMS/sms.db"},
                       sim::make_database("CREATE TABLE message (guid TEXT);"
                                          "INSERT INTO message(guid) VALUES ('b'),('a');"),
                       1'700'000'005);
        maker.finish();
    }
    static ItemPath stored(std::string_view relative, std::string_view domain) {
        const std::string id = sim::backup_file_id(domain, relative);
        return ItemPath(fmt::format("{}/{}/{}", udid, id.substr(0, 2), id));
    }
    BackupReport run(const char* text = password_text) {
        const SecretText password(text);
        return backup(iphone, iphone.facts({}), *first, context(),
                      {.phone_password = password.empty() ? nullptr : &password});
    }
    std::optional<repository::Snapshot> newest() {
        return newest_backup(first->snapshots({}), udid);
    }

    PreparedIphone iphone{};
};

TEST_F(IphoneBackupTest, WhatWasRehearsedIsWrittenIntoTheSnapshot) {
    make();
    const auto report = run();
    ASSERT_TRUE(report.iphone && report.iphone->contents);
    EXPECT_EQ(report.iphone->rehearsal.files_checked, 4u);
    EXPECT_EQ(report.iphone->rehearsal.databases_whole, 1u);
    const auto tree = first->read(*newest(), {});
    const auto contents = load_iphone_contents(*tree);
    ASSERT_TRUE(contents);
    EXPECT_TRUE(contents->encrypted);
    EXPECT_EQ(contents->files, 4u);
    EXPECT_THAT(contents->inventory.at("messages").identities, ElementsAre("a", "b"));
    ASSERT_EQ(contents->media.size(), 3u);
    const MediaFile& photo = contents->media.at(ItemPath("Media/DCIM/100APPLE/IMG_0001.HEIC"));
    EXPECT_EQ(photo.size, 5000u);
    EXPECT_EQ(photo.modified, TimePoint{std::chrono::seconds{1'700'000'002}});
    EXPECT_TRUE(tree->find(photo.stored));
    EXPECT_TRUE(contents->media.contains(ItemPath("Media/Recordings/memo.m4a")));
    EXPECT_TRUE(verify("p", *first, *newest(), Depth::deep, context()).clean());
}

TEST_F(IphoneBackupTest, WithoutEncryptionItIsRehearsedWithoutAPassword) {
    make(false);
    const auto report = run("");
    ASSERT_TRUE(report.iphone && report.iphone->contents);
    EXPECT_FALSE(report.iphone->encrypted);
    EXPECT_EQ(report.iphone->rehearsal.files_checked, 4u);
}

TEST_F(IphoneBackupTest, AnUnknownPasswordIsSaidAndTheBackupKept) {
    make();
    EXPECT_EQ(run("").iphone->not_opened, NotOpened::no_password);
    const auto report = run("wrong");
    EXPECT_EQ(report.iphone->not_opened, NotOpened::wrong_password);
    EXPECT_FALSE(report.iphone->contents);
    EXPECT_FALSE(load_iphone_contents(*first->read(*newest(), {})));
}

TEST_F(IphoneBackupTest, APasswordThatOpensTheLastBackupWasChanged) {
    make();
    run();
    const auto before = *newest();
    make(true, "another one");
    const auto report = run();
    EXPECT_EQ(report.iphone->not_opened, NotOpened::wrong_password);
    EXPECT_EQ(report.iphone->opens_earlier, before.time);
    // Also when the newest backup is one that nobody has opened.
    EXPECT_EQ(run().iphone->opens_earlier, before.time);
    EXPECT_FALSE(run("wrong all the time").iphone->opens_earlier);
    const auto known = run("another one");
    EXPECT_EQ(known.iphone->not_opened, NotOpened::no);
    EXPECT_FALSE(known.iphone->opens_earlier);
}

// The phone compares names only: it would never send this file again.
TEST_F(IphoneBackupTest, AFileThatWasCutIsNoBackupAndWillBeSentAgain) {
    make();
    run();
    const auto before = *newest();
    const ItemPath victim = stored("Media/DCIM/100APPLE/IMG_0001.HEIC", "CameraRollDomain");
    Bytes bytes = read_all(*iphone.raw.open(victim), 10'000);
    bytes.resize(bytes.size() - 16);
    iphone.raw.add_file(victim, bytes);
    try {
        run();
        FAIL() << "a truncated photo was called a backup";
    } catch (const Corrupt& broken) {
        EXPECT_THAT(broken.message(), HasSubstr("1 of 4 files"));
        EXPECT_THAT(broken.message(), HasSubstr("IMG_0001.HEIC"));
    }
    EXPECT_EQ(newest()->id, before.id);
    EXPECT_TRUE(verify("p", *first, before, Depth::deep, context()).clean());
    const auto unfinished = first->snapshots({}).back();
    EXPECT_TRUE(has_tag(unfinished, tag_interrupted));
    EXPECT_FALSE(first->read(unfinished, {})->find(victim));
    EXPECT_TRUE(first->read(unfinished, {})->find(ItemPath(udid).child("Manifest.db")));
}

TEST_F(IphoneBackupTest, AMissingFileIsNoBackup) {
    make();
    iphone.raw.remove(stored("Library/SMS/sms.db", "HomeDomain"));
    EXPECT_THROW(run(), Corrupt);
    EXPECT_FALSE(newest());
}

TEST_F(IphoneBackupTest, AnUnfinishedBackupIsNone) {
    const SecretText password(password_text);
    sim::BackupMaker maker(iphone.raw,
                           {.folder = udid, .udid = udid, .snapshot_state = "uploading"},
                           password.duplicate(), random);
    maker.finish();
    EXPECT_THROW(run(), Corrupt);
    EXPECT_THROW(run(""), Corrupt) << "also when nobody can open it";
    EXPECT_FALSE(newest());
}

class IphoneAuditTest : public IphoneBackupTest {
protected:
    struct Content {
        std::vector<std::string> photos{"IMG_0001.HEIC", "IMG_0002.HEIC"};
        std::string messages = "('a'),('b'),('c')";
        unsigned bytes = 1;
        bool with_messages = true;
    };
    // A phone with this on it, backed up under keys of its own.
    void put_on_phone(const Content& content, const char* with_password = password_text) {
        iphone.raw.remove(ItemPath(udid));
        sim::BackupMaker maker(iphone.raw, {.folder = udid, .udid = udid},
                               SecretText(with_password), random);
        int64_t date = 1'700'000'000;
        for (const std::string& name : content.photos) {
            Bytes bytes(5000);
            sys::SeededRandom(content.bytes + name.size()).fill(bytes);
            maker.add_file({"CameraRollDomain", "Media/DCIM/100APPLE/" + name}, bytes, ++date);
        }
        if (content.with_messages) {
            maker.add_file({"HomeDomain", "Library/SMS/sms.db"},
                           sim::make_database("CREATE TABLE message (guid TEXT);"
                                              "INSERT INTO message(guid) VALUES " +
                                              content.messages),
                           1'700'000'005);
        }
        maker.finish();
    }
    AuditReport compare(const Content& now) {
        run();
        put_on_phone(now);
        const SecretText password(password_text);
        return audit_iphone(iphone, *first, *newest(), {.phone_password = &password}, context());
    }
    static const ClassChange& of(const AuditReport& report, std::string_view id) {
        return *std::find_if(report.classes.begin(), report.classes.end(),
                             [&](const ClassChange& one) { return one.id == id; });
    }
};

TEST_F(IphoneAuditTest, NewKeysAndANewSystemAreNoLoss) {
    put_on_phone({});
    const auto report = compare({.messages = "('c'),('a'),('b'),('d')"});
    EXPECT_FALSE(report.lost_something());
    EXPECT_EQ(report.same, 2u);
    EXPECT_EQ(of(report, "messages").change.added, 1u);
    EXPECT_EQ(report.not_comparable(), 0u);
    EXPECT_EQ(report.compared_with->id, first->snapshots({}).back().id);
    EXPECT_EQ(report.baseline.id, newest()->id)
        << "what was made to look is never what the next audit compares with";
}

TEST_F(IphoneAuditTest, AChangedPasswordIsSaidWithTheBackupThatItDoesNotOpen) {
    put_on_phone({});
    run();
    put_on_phone({}, "another one");
    const SecretText password("another one");
    try {
        audit_iphone(iphone, *first, *newest(), {.phone_password = &password}, context());
        FAIL() << "photos that nobody could read were compared";
    } catch (const Denied& changed) {
        EXPECT_THAT(changed.message(), HasSubstr("password of the iPhone's backups was changed"));
        EXPECT_THAT(changed.message(), HasSubstr(to_rfc3339(newest()->time)));
        EXPECT_THAT(changed.guidance(), HasSubstr("--baseline"));
    }
}

TEST_F(IphoneAuditTest, LostMessagesAndPhotosAreNamed) {
    put_on_phone({});
    const auto report = compare({.photos = {"IMG_0001.HEIC"}, .messages = "('a'),('c'),('x')"});
    EXPECT_TRUE(report.lost_something());
    ASSERT_EQ(report.lost.size(), 1u);
    EXPECT_EQ(report.lost[0].path, ItemPath("Media/DCIM/100APPLE/IMG_0002.HEIC"));
    EXPECT_EQ(report.lost[0].name(), ItemPath("CameraRollDomain/Media/DCIM/100APPLE/IMG_0002.HEIC"))
        << "as every other command names it";
    EXPECT_THAT(of(report, "messages").change.lost, ElementsAre("b"));
}

TEST_F(IphoneAuditTest, OtherBytesUnderTheSameDateAreDamage) {
    put_on_phone({});
    const auto report = compare({.bytes = 99});
    EXPECT_EQ(report.damaged.size(), 2u);
    EXPECT_TRUE(report.lost_something());
}

TEST_F(IphoneAuditTest, ADatabaseThatIsGoneIsNeverCalledUnchanged) {
    put_on_phone({});
    const auto report = compare({.with_messages = false});
    EXPECT_FALSE(of(report, "messages").change.comparable);
    EXPECT_EQ(report.not_comparable(), 1u);
}

TEST_F(IphoneAuditTest, ABackupThatNobodyOpenedIsNoBaseline) {
    put_on_phone({});
    run("");
    const SecretText password(password_text);
    EXPECT_THROW(audit_iphone(iphone, *first, *newest(), {.phone_password = &password}, context()),
                 Denied);
}

TEST(IphoneContentsTest, ComesBackAsItWasWritten) {
    IphoneContents contents{.encrypted = true, .files = 9, .files_checked = 4, .deep = true};
    contents.media[ItemPath("Media/DCIM/\xff.HEIC")] = {7, TimePoint{nanoseconds{5}},
                                                        ItemPath("u/ab/abc")};
    contents.inventory.classes.push_back({.id = "messages",
                                          .state = content::InventoryState::counted,
                                          .count = 2,
                                          .source = "sms.db",
                                          .identities = {"a", "b"},
                                          .has_identities = true});
    contents.inventory.classes.push_back(
        {.id = "calls", .state = content::InventoryState::absent, .why = "not encrypted"});
    const std::string text = encode_iphone_contents(contents);
    const IphoneContents back = decode_iphone_contents(as_bytes(text));
    EXPECT_EQ(back.media, contents.media);
    EXPECT_EQ(back.files_checked, 4u);
    EXPECT_TRUE(back.deep);
    EXPECT_EQ(back.inventory.at("messages").identities, contents.inventory.classes[0].identities);
    EXPECT_EQ(back.inventory.at("calls").state, content::InventoryState::absent);
    EXPECT_EQ(encode_iphone_contents(back), text);
    EXPECT_THROW(decode_iphone_contents(as_bytes("")), Corrupt);
    for (size_t size = 1; size < text.size(); ++size) {
        if (size == text.size() - 1) break;  // without the last line end it is whole
        EXPECT_THROW(decode_iphone_contents(as_bytes(std::string_view(text).substr(0, size))),
                     Corrupt)
            << size;
    }
}

}  // namespace
}  // namespace lifeboat::engine
