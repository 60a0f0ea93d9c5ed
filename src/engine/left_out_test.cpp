#include "engine/engine_world.h"
#include "storage/temporary_folder.h"

namespace lifeboat::engine {
namespace {

// As a repair leaves a backup of which one file was lost: everything else, and the list as it was.
class LeftOutTest : public EngineTest {
protected:
    void SetUp() override { store_without({photo(3)}); }
    void store_without(const std::set<ItemPath>& lost) {
        clock.advance(std::chrono::hours(1));
        make_backup();
        const auto draft = latest();
        auto builder = first->build(nullptr, {});
        const auto tree = first->read(draft, {});
        walk(*tree, ItemPath{}, [&](const Item& item) {
            if (item.kind != ItemKind::file || lost.contains(item.path)) return;
            builder->put(item, *tree->open(item.path));
        });
        builder->finish(draft, {});
        builder.reset();  // and with it its lock
        first->forget({draft.id}, {});
    }
};

TEST_F(LeftOutTest, VerifyNamesTheFile) {
    const auto verified = verify("p", *first, latest(), Depth::deep, context());
    EXPECT_FALSE(verified.clean());
    ASSERT_EQ(verified.wrong.size(), 1u);
    EXPECT_EQ(verified.wrong[0].path, photo(3));
    EXPECT_EQ(verified.wrong[0].note, left_out_reason);
    EXPECT_EQ(verified.files, 19u);
}

TEST_F(LeftOutTest, ABackupWithoutItsListIsNotFine) {
    store_without({manifest_path()});
    const auto verified = verify("p", *first, latest(), Depth::deep, context());
    EXPECT_FALSE(verified.clean());
    ASSERT_EQ(verified.wrong.size(), 1u);
    EXPECT_EQ(verified.wrong[0].path, manifest_path());
}

TEST_F(LeftOutTest, RestoreBringsTheRestAndNamesTheFile) {
    const storage::TemporaryFolder folder;
    for (const std::vector<ItemPath>& only :
         {std::vector<ItemPath>{}, {ItemPath("sdcard/DCIM")}, {ItemPath("DCIM")}}) {
        const auto report =
            restore_to_folder(*first, latest(), folder.path().string(), {.only = only}, context());
        ASSERT_EQ(report.failed.size(), 1u);
        EXPECT_EQ(report.failed[0].path, photo(3));
        EXPECT_EQ(report.files + report.already_there, 19u);
    }
    const auto alone = restore_to_folder(*first, latest(), folder.path().string(),
                                         {.only = {photo(3)}}, context());
    EXPECT_EQ(alone.failed.size(), 1u);
    EXPECT_EQ(alone.files, 0u);
    const auto other = restore_to_folder(*first, latest(), folder.path().string(),
                                         {.only = {photo(4)}}, context());
    EXPECT_TRUE(other.failed.empty());
    EXPECT_THROW(restore_to_folder(*first, latest(), folder.path().string(),
                                   {.only = {ItemPath("sdcard/never")}}, context()),
                 Missing);
}

TEST_F(LeftOutTest, AuditTellsWhatCannotComeBackFromHere) {
    phone.files.remove(photo(3));
    phone.files.remove(photo(4));
    const auto report = audit(phone, *first, latest(), context());
    ASSERT_EQ(report.lost.size(), 2u);
    EXPECT_NE(report.lost[0].note.find(left_out_reason), std::string::npos);
    EXPECT_TRUE(report.lost[1].note.empty());
}

TEST_F(LeftOutTest, ReadyCountsTheFileAsOnlyOnThePhoneAndStoresItAgain) {
    const auto report = make_ready(strong());
    EXPECT_EQ(report.before.only_on_phone(), 1u);
    EXPECT_EQ(report.after.only_on_phone(), 0u);
    EXPECT_TRUE(verify("p", *first, latest(), Depth::deep, context()).clean());
}

}  // namespace
}  // namespace lifeboat::engine
