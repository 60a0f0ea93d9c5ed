#include "sim/ios/world/world.h"

#include "base/error.h"
#include "sim/ios/backup_keybag.h"
#include "sim/ios/world/messages_maker.h"
#include "sim/ios/world/phone_database.h"
#include "sim/ios/world/photo_library.h"
#include "sim/ios/world/planner_maker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

namespace lifeboat::sim::ios {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr TimePoint begins{std::chrono::sys_days{std::chrono::year{2025} / 11 / 1}};

std::string read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

class WorldTest : public testing::Test {
protected:
    WorldTest() {
        std::string path = testing::TempDir() + "sim_world_XXXXXX";
        if (::mkdtemp(path.data()) == nullptr) throw Misuse("no folder for the test");
        folder_ = path;
    }
    ~WorldTest() override { fs::remove_all(folder_); }

    World make(const std::string& name, int major, WorldOptions options = {}) {
        World world({.files = folder_ + "/" + name, .major = major, .newest = begins});
        world.fill(options);
        return world;
    }
    std::map<std::string, std::string> all(const std::string& name) const {
        std::map<std::string, std::string> found;
        const fs::path root = folder_ + "/" + name;
        for (const auto& entry : fs::recursive_directory_iterator(root)) {
            if (!entry.is_regular_file()) continue;
            found[fs::relative(entry.path(), root).string()] = read_file(entry.path());
        }
        return found;
    }

    std::string folder_;
};

TEST_F(WorldTest, IsTheSameForTheSameOptions) {
    WorldOptions options;
    options.open_logs = false;
    make("a", 17, options);
    make("b", 17, options);
    EXPECT_EQ(all("a"), all("b"));
    options.seed = 2;
    make("c", 17, options);
    EXPECT_NE(all("a"), all("c"));
}

// The hashed names that real phones give these files.
TEST_F(WorldTest, PutsFilesWhereRealPhonesHaveThem) {
    make("old", 14);
    make("new", 26);
    std::map<std::string, std::string> ids;
    for (const char* name : {"old", "new"}) {
        for (const auto& [path, content] : all(name)) {
            const size_t slash = path.find('/');
            ids[backup_file_id(path.substr(0, slash), path.substr(slash + 1)).substr(0, 8)] = path;
        }
    }
    for (const char* id :
         {"3d0d7e5f", "31bb7ba8", "5a4935c7", "2041457d", "4f98687d", "12b144c0", "992df473",
          "7c7fba66", "b8548dc3", "d1f062e2", "1a0e7afc", "e74113c1", "fa2e5ac3", "516d7e19",
          "51a4616e", "0fa75546", "ade0340f", "e999feed", "2f771621", "943624fd"}) {
        EXPECT_TRUE(ids.contains(id)) << id;
    }
}

TEST_F(WorldTest, LeavesTheNewestInTheLogs) {
    make("a", 17);
    const std::string path = folder_ + "/a/HomeDomain/Library/SMS/sms.db";
    EXPECT_GT(fs::file_size(path + "-wal"), 0u);
    EXPECT_GT(fs::file_size(folder_ + "/a/CameraRollDomain/Media/PhotoData/Photos.sqlite-wal"), 0u);
    // The file alone does not have them.
    const std::string copy = folder_ + "/copy.db";
    fs::copy_file(path, copy);
    EXPECT_EQ(PhoneDatabase(copy).number("SELECT count(*) FROM message"), 0);
    EXPECT_EQ(PhoneDatabase(path).number("SELECT count(*) FROM message"), 40);
}

TEST_F(WorldTest, OriginalsInTheCloudHaveNoFile) {
    World world = make("a", 17);
    PhoneDatabase photos(world.place().path(camera_domain, photos_database));
    const auto names = photos.texts(
        "SELECT a.ZDIRECTORY||'/'||a.ZFILENAME FROM ZASSET a JOIN ZINTERNALRESOURCE r ON "
        "r.ZASSET=a.Z_PK WHERE r.ZVERSION=0 AND r.ZRESOURCETYPE=0 AND r.ZLOCALAVAILABILITY=-1");
    EXPECT_EQ(names.size(), 3u);
    for (const std::string& name : names) {
        EXPECT_FALSE(fs::exists(folder_ + "/a/CameraRollDomain/Media/" + name)) << name;
        EXPECT_TRUE(fs::exists(folder_ + "/a/CameraRollDomain/Media/PhotoData/Thumbnails/V2/" +
                               name + "/5005.JPG"));
    }
    const auto here =
        photos.texts("SELECT ZDIRECTORY||'/'||ZFILENAME FROM ZASSET WHERE ZSAVEDASSETTYPE=3");
    EXPECT_EQ(here.size(), 14u);
    for (const std::string& name : here) {
        EXPECT_TRUE(fs::exists(folder_ + "/a/CameraRollDomain/Media/" + name)) << name;
    }
}

TEST_F(WorldTest, UploadsTheOldestToTheCloud) {
    WorldOptions options;
    options.not_uploaded = 5;
    World world = make("a", 17, options);
    const auto waiting = [&] {
        return PhoneDatabase(world.place().path(camera_domain, photos_database))
            .texts(
                "SELECT ZUUID FROM ZASSET WHERE ZCLOUDLOCALSTATE=0 AND ZTRASHEDSTATE=0 "
                "ORDER BY Z_PK");
    };
    const auto before = waiting();
    ASSERT_EQ(before.size(), 5u);
    EXPECT_EQ(world.upload_photos(2), (std::vector(before.begin(), before.begin() + 2)));
    EXPECT_EQ(waiting(), (std::vector(before.begin() + 2, before.end())));
    const auto added = world.add_photos(1);
    EXPECT_EQ(added, (std::vector{waiting().back()}));
    EXPECT_EQ(world.upload_photos(100).size(), 4u);
    EXPECT_THAT(waiting(), IsEmpty());
}

TEST_F(WorldTest, NamesAreNeverUsedAgain) {
    World world = make("a", 17);
    const auto gone = world.delete_photos(1000);
    EXPECT_EQ(gone.size(), 16u);
    EXPECT_THAT(world.delete_photos(5), IsEmpty());
    for (const std::string& added : world.add_photos(3)) {
        EXPECT_EQ(std::ranges::count(gone, added), 0) << added;
    }
    const auto lost = world.delete_messages(1000);
    EXPECT_EQ(lost.size(), 40u);
    for (const std::string& added : world.add_messages(3)) {
        EXPECT_EQ(std::ranges::count(lost, added), 0) << added;
    }
    // Their pictures went with them, and the new ones begin behind number 40.
    size_t pictures = 0;
    for (const auto& [path, content] : all("a")) pictures += path.starts_with("MediaDomain/");
    EXPECT_EQ(pictures, 0u);
}

TEST_F(WorldTest, AnUpdateChangesTablesAndMovesFiles) {
    World world = make("a", 14);
    EXPECT_TRUE(fs::exists(folder_ + "/a/HomeDomain/Library/Safari/Bookmarks.db"));
    world.update(26);
    EXPECT_FALSE(fs::exists(folder_ + "/a/HomeDomain/Library/Safari"));
    EXPECT_TRUE(
        fs::exists(folder_ + "/a/AppDomain-com.apple.mobilesafari/Library/Safari/Bookmarks.db"));
    PhoneDatabase messages(world.place().path(home_domain, messages_database));
    EXPECT_TRUE(messages.has_column("message", "date_edited"));
    EXPECT_TRUE(messages.has_column("message", "schedule_type"));
    EXPECT_THAT(messages.texts("SELECT value FROM _SqliteDatabaseProperties WHERE "
                               "key='_ClientVersion'"),
                ElementsAre("26000"));
    // What an update makes of an old phone has the tables of a new one.
    World fresh = make("b", 26);
    PhoneDatabase other(fresh.place().path(home_domain, messages_database));
    const std::string columns = "SELECT group_concat(name) FROM pragma_table_info('message')";
    EXPECT_EQ(messages.texts(columns), other.texts(columns));
}

TEST_F(WorldTest, RefusesToLoseWhatItDoesNotKnow) {
    World world = make("a", 17, WorldOptions::none());
    EXPECT_THROW(world.lose("teapots", 1), Misuse);
    EXPECT_THROW(world.lose("whatsapp", 1), Misuse);  // never opened
    EXPECT_THAT(world.lose("contacts", 5), IsEmpty());
}

TEST_F(WorldTest, AHalfDoneChangeIsNone) {
    const std::string path = folder_ + "/x.db";
    {
        PhoneDatabase database(path);
        database.run("CREATE TABLE t (a)");
        database.commit();
        database.insert("t", {{"a", 1}});
    }
    PhoneDatabase again(path);
    EXPECT_EQ(again.number("SELECT count(*) FROM t"), 0);
    EXPECT_THROW(again.run("no sql"), Misuse);
    EXPECT_THROW(again.insert("nothing", {{"a", 1}}), Misuse);
}

TEST(NoteBody, IsAGzipOfAMessage) {
    const Bytes body = note_body("hello");
    EXPECT_EQ(load_le<uint16_t>(body), 0x8b1f);
    // Ten bytes of header, five of a stored block, the message, a sum and a size.
    const size_t size = load_le<uint16_t>(body, 11);
    EXPECT_EQ(body.size(), 10 + 5 + size + 8);
    EXPECT_EQ(load_le<uint32_t>(body, body.size() - 4), size);
    EXPECT_THAT(as_text(body), HasSubstr("\x12\x05hello"));
}

TEST(AttributedBody, HoldsItsTextAndItsLength) {
    EXPECT_THAT(to_text(attributed_body("hi")), HasSubstr(std::string("\x2b\x02hi\x86")));
    const std::string text(300, 'x');
    const std::string body = to_text(attributed_body(text));
    EXPECT_THAT(body, HasSubstr("\x2b\x81\x2c\x01" + text));
    EXPECT_THAT(body, HasSubstr("iI\x01\x81\x2c\x01\x92"));
    // Four bytes, two units.
    const std::string ship = "\xf0\x9f\x9a\xa2";
    EXPECT_THAT(to_text(attributed_body(ship)), HasSubstr("\x2b\x04" + ship));
    EXPECT_THAT(to_text(attributed_body(ship)), HasSubstr("iI\x01\x02\x92"));
}

}  // namespace
}  // namespace lifeboat::sim::ios
