#include "mount/inodes.h"

#include "base/error.h"
#include "mount/handles.h"
#include "mount/session.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace lifeboat::mount {
namespace {

// A folder that is made up: names and what they are.
class FakeFolder;
class FakeListing final : public FolderListing {
public:
    explicit FakeListing(std::map<std::string, std::shared_ptr<const OpenFolder>> entries)
        : entries_(entries.begin(), entries.end()) {}
    size_t size() const override { return entries_.size(); }
    OpenEntry entry(size_t number) const override {
        const auto& [name, folder] = entries_.at(number);
        return {.name = name, .mode = folder ? S_IFDIR | 0750u : S_IFREG | 0640u, .size = 7};
    }
    bool can_be_shown(size_t number) const override { return entries_.at(number).first != ".."; }
    std::optional<size_t> find(std::string_view name) const override {
        for (size_t i = 0; i < entries_.size(); ++i) {
            if (entries_[i].first == name) return i;
        }
        return std::nullopt;
    }
    const std::string& link_target(size_t number) const override {
        return entries_.at(number).first;
    }
    std::shared_ptr<const OpenFolder> folder(size_t number) const override {
        return entries_.at(number).second;
    }
    std::unique_ptr<OpenFile> file(size_t, const std::stop_token&) const override {
        throw Missing("no file here");
    }

private:
    std::vector<std::pair<std::string, std::shared_ptr<const OpenFolder>>> entries_;
};

class FakeFolder final : public OpenFolder {
public:
    explicit FakeFolder(std::map<std::string, std::shared_ptr<const OpenFolder>> entries)
        : listing_(std::make_shared<FakeListing>(std::move(entries))) {}
    std::shared_ptr<const FolderListing> listing(const std::stop_token&) const override {
        return listing_;
    }

private:
    std::shared_ptr<const FolderListing> listing_;
};

std::shared_ptr<const OpenFolder> some_backup() {
    const auto inner = std::make_shared<FakeFolder>(
        std::map<std::string, std::shared_ptr<const OpenFolder>>{{"leaf", nullptr}});
    return std::make_shared<FakeFolder>(std::map<std::string, std::shared_ptr<const OpenFolder>>{
        {"..", nullptr}, {"dir", inner}, {"file", nullptr}});
}

TimePoint at(int seconds) {
    return TimePoint{std::chrono::seconds{seconds}};
}

Catalogue two_backups() {
    return {{.path = ItemPath("Phone/1"), .modified = at(10), .key = "a", .backup = some_backup()},
            {.path = ItemPath("Phone/2"), .modified = at(20), .key = "b", .backup = some_backup()},
            {.path = ItemPath("Phone/latest"), .modified = at(20), .key = "2", .link_target = "2"}};
}

class InodesTest : public testing::Test {
protected:
    void SetUp() override { inodes_.show(two_backups()); }
    Found must(Number folder, const std::string& name) {
        const auto found = inodes_.lookup(folder, name, {});
        if (!found) throw Missing("no " + name);
        return *found;
    }
    Inodes inodes_;
};

TEST_F(InodesTest, whatIsAboveTheBackups) {
    const Found phone = must(Inodes::root, "Phone");
    EXPECT_TRUE(S_ISDIR(phone.entry.mode));
    EXPECT_EQ(phone.entry.modified, at(20));
    EXPECT_FALSE(phone.fixed);
    const Found link = must(phone.number, "latest");
    EXPECT_TRUE(S_ISLNK(link.entry.mode));
    EXPECT_EQ(link.link_target, "2");
    EXPECT_EQ(inodes_.open_folder(phone.number, {}).entries.size(), 3u);
    EXPECT_FALSE(inodes_.lookup(phone.number, "3", {}));
    EXPECT_FALSE(inodes_.lookup(Inodes::root, "ids", {}));
}

TEST_F(InodesTest, numbersLeadBackToWhatTheyAre) {
    const Found backup = must(must(Inodes::root, "Phone").number, "1");
    const Found folder = must(backup.number, "dir");
    const Found leaf = must(folder.number, "leaf");
    const Found file = must(backup.number, "file");
    std::set<Number> numbers{backup.number, folder.number, leaf.number, file.number, 1};
    EXPECT_EQ(numbers.size(), 5u);
    EXPECT_EQ(inodes_.find(leaf.number, {}).entry.name, "leaf");
    EXPECT_EQ(inodes_.find(folder.number, {}).number, folder.number);
    EXPECT_TRUE(S_ISDIR(inodes_.find(folder.number, {}).entry.mode));
    EXPECT_EQ(inodes_.path_of(leaf.number, {}), "Phone/1/dir/leaf");
    EXPECT_EQ(inodes_.path_of(folder.number, {}), "Phone/1/dir");
    EXPECT_EQ(must(backup.number, "file").number, file.number);
    // The same folder in another backup is another one: the kernel knows no folder under two paths.
    EXPECT_NE(must(must(must(Inodes::root, "Phone").number, "2").number, "dir").number,
              folder.number);
}

TEST_F(InodesTest, aNameThatLeadsOutIsNotShown) {
    const Found backup = must(must(Inodes::root, "Phone").number, "1");
    EXPECT_FALSE(inodes_.lookup(backup.number, "..", {}));
}

TEST_F(InodesTest, aForgottenFolderTakesNoMemory) {
    const Number backup = must(must(Inodes::root, "Phone").number, "1").number;
    const size_t before = inodes_.folders_known();
    const Number folder = must(backup, "dir").number;
    EXPECT_EQ(must(backup, "dir").number, folder);
    EXPECT_EQ(inodes_.folders_known(), before + 1);
    inodes_.forget(folder, 1);
    EXPECT_EQ(inodes_.find(folder, {}).number, folder);
    inodes_.forget(folder, 1);
    EXPECT_EQ(inodes_.folders_known(), before);
    EXPECT_THROW(inodes_.find(folder, {}), Missing);
    EXPECT_NE(must(backup, "dir").number, folder) << "numbers never come back";
    // Files and what is above the backups are never forgotten: they take nothing, or stay.
    inodes_.forget(must(backup, "file").number, 100);
    inodes_.forget(backup, 100);
    EXPECT_TRUE(inodes_.lookup(backup, "file", {}));
}

TEST_F(InodesTest, backupsComeAndGo) {
    const Number phone = must(Inodes::root, "Phone").number;
    const Number first = must(phone, "1").number;
    Catalogue later = two_backups();
    later.erase(later.begin());
    later.push_back(
        {.path = ItemPath("Other/3"), .modified = at(30), .key = "c", .backup = some_backup()});
    inodes_.show(later);
    EXPECT_FALSE(inodes_.lookup(phone, "1", {}));
    EXPECT_TRUE(inodes_.lookup(first, "file", {})) << "whoever stands in it may stay";
    EXPECT_EQ(must(Inodes::root, "Phone").number, phone);
    EXPECT_TRUE(inodes_.lookup(must(Inodes::root, "Other").number, "3", {}));
    EXPECT_EQ(inodes_.find(Inodes::root, {}).entry.modified, at(30));
}

TEST_F(InodesTest, anotherBackupUnderTheSamePathIsAnother) {
    const Number phone = must(Inodes::root, "Phone").number;
    const Number first = must(phone, "1").number;
    Catalogue later = two_backups();
    later.front().key = "z";
    inodes_.show(later);
    EXPECT_NE(must(phone, "1").number, first);
}

TEST_F(InodesTest, whatNobodyKnowsIsMissing) {
    EXPECT_THROW(inodes_.find(Number{99} << 24, {}), Missing);
    EXPECT_THROW(inodes_.find((Number{99} << 24) | 5, {}), Missing);
    EXPECT_THROW(inodes_.lookup(Number{99} << 24, "x", {}), Missing);
    const Number backup = must(must(Inodes::root, "Phone").number, "1").number;
    EXPECT_THROW(inodes_.find(backup | 77, {}), Missing);
}

TEST(Handles, giveBackWhatTheyGot) {
    Handles<int> handles;
    const uint64_t one = handles.add(std::make_shared<const int>(1));
    const uint64_t two = handles.add(std::make_shared<const int>(2));
    EXPECT_NE(one, two);
    EXPECT_EQ(*handles.get(two), 2);
    handles.remove(one);
    handles.remove(one);
    EXPECT_EQ(handles.get(one), nullptr);
    EXPECT_EQ(handles.size(), 1u);
}

TEST(RequireFuse, saysWhatToDo) {
    try {
        require_fuse("/nonexistent/fuse");
        FAIL();
    } catch (const Unsupported& problem) {
        EXPECT_NE(problem.guidance().find("modprobe fuse"), std::string::npos);
    }
    EXPECT_THROW(require_mount_point("/nonexistent"), Missing);
    EXPECT_THROW(require_mount_point("/proc/self/exe"), Misuse);
}

}  // namespace
}  // namespace lifeboat::mount
