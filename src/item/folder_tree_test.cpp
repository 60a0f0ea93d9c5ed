#include "item/folder_tree.h"

#include "base/error.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace lifeboat {
namespace {

namespace fs = std::filesystem;

class FolderTreeTest : public testing::Test {
protected:
    FolderTreeTest() {
        std::string form = (fs::temp_directory_path() / "lifeboat-XXXXXX").string();
        root_ = ::mkdtemp(form.data());
        fs::create_directories(root_ / "a/b");
        write("a/two.txt", "22");
        write("a/b/one.txt", "1");
    }
    ~FolderTreeTest() override { fs::remove_all(root_); }
    void write(const std::string& path, const std::string& text) {
        std::ofstream(root_ / path, std::ios::binary) << text;
    }

    fs::path root_{};
};

TEST_F(FolderTreeTest, ShowsWhatIsThereSortedAndGivesItsBytes) {
    const FolderTree tree(root_.string());
    std::vector<std::string> paths;
    walk(tree, ItemPath(), [&](const Item& item) { paths.push_back(item.path.text()); });
    EXPECT_EQ(paths, (std::vector<std::string>{"a", "a/b", "a/b/one.txt", "a/two.txt"}));
    EXPECT_EQ(tree.find(ItemPath("a/two.txt"))->size, 2u);
    EXPECT_EQ(to_text(read_all(*tree.open(ItemPath("a/b/one.txt")), 10)), "1");
    EXPECT_FALSE(tree.find(ItemPath("a/none")));
    EXPECT_FALSE(tree.find(ItemPath("none/none")));
    EXPECT_THROW(tree.open(ItemPath("a/none")), Missing);
    EXPECT_THROW(tree.list(ItemPath("none"), [](const Item&) {}), Missing);
    EXPECT_THROW(FolderTree((root_ / "none").string()), Missing);
}

TEST_F(FolderTreeTest, FollowsNoLink) {
    write("secret", "outside");
    fs::create_symlink(root_ / "secret", root_ / "a/file");
    fs::create_symlink(root_, root_ / "a/up");
    const FolderTree tree((root_ / "a").string());
    EXPECT_EQ(tree.find(ItemPath("file"))->kind, ItemKind::symlink);
    EXPECT_THROW(tree.open(ItemPath("file")), Error);
    EXPECT_THROW(tree.open(ItemPath("up/secret")), Error);
    EXPECT_THROW(tree.list(ItemPath("up"), [](const Item&) {}), Error);
}

}  // namespace
}  // namespace lifeboat
