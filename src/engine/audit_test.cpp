#include "engine/engine_world.h"

namespace lifeboat::engine {
namespace {

using AuditTest = EngineTest;

TEST_F(AuditTest, NothingLostWhenNothingHappened) {
    make_backup();
    const auto report = audit(phone, *first, latest(), context());
    EXPECT_FALSE(report.lost_something());
    EXPECT_EQ(report.same, 20u);
}

TEST_F(AuditTest, TellsLostMovedChangedDamagedAndNewApart) {
    make_backup();
    phone.files.remove(photo(1));
    const Bytes moved = read_all(*phone.files.open(photo(2)), 1 << 20);
    phone.files.remove(photo(2));
    phone.files.add_file(ItemPath("sdcard/Pictures/b.jpg"), moved);
    phone.files.add_file(photo(3), to_bytes("edited"), clock.now());
    phone.files.add_file(photo(4), Bytes{}, clock.now());
    Bytes rotten = read_all(*phone.files.open(photo(5)), 1 << 20);
    rotten[7] ^= std::byte{1};
    phone.files.add_file(photo(5), rotten, phone.files.find(photo(5))->modified);
    add_photo(500);

    const auto report = audit(phone, *first, latest(), context());
    EXPECT_TRUE(report.lost_something());
    ASSERT_EQ(report.lost.size(), 1u);
    EXPECT_EQ(report.lost[0].path, photo(1));
    EXPECT_EQ(report.lost[0].media_class, "photos");
    ASSERT_EQ(report.moved.size(), 1u);
    EXPECT_EQ(report.moved[0].note, "sdcard/Pictures/b.jpg");
    ASSERT_EQ(report.changed.size(), 1u);
    EXPECT_EQ(report.changed[0].path, photo(3));
    ASSERT_EQ(report.damaged.size(), 2u);
    ASSERT_EQ(report.added.size(), 1u);
    EXPECT_EQ(report.same, 15u);
}

TEST_F(AuditTest, PutsBackWhatWasLostAndThenNothingIsMissing) {
    make_backup();
    for (int i = 0; i < 10; ++i) phone.files.remove(photo(i));
    const auto report = audit(phone, *first, latest(), context());
    RestoreRequest request;
    for (const auto& lost : report.lost) request.only.push_back(lost.path);
    const auto restored = restore_to_phone(*first, latest(), phone, request, context());
    EXPECT_EQ(restored.files, 10u);
    EXPECT_EQ(restored.compared_equal, 10u);
    EXPECT_TRUE(restored.failed.empty());
    EXPECT_FALSE(audit(phone, *first, latest(), context()).lost_something());
}

TEST_F(AuditTest, RestoreNeverOverwritesWhatThePhoneHasUnlessAsked) {
    make_backup();
    phone.files.add_file(photo(3), to_bytes("edited"), clock.now());
    RestoreRequest request{.only = {ItemPath("DCIM")}};
    auto restored = restore_to_phone(*first, latest(), phone, request, context());
    EXPECT_EQ(restored.files, 0u);
    EXPECT_EQ(restored.already_there, 19u);
    ASSERT_EQ(restored.conflicts.size(), 1u);
    request.overwrite = Overwrite::replace;
    restored = restore_to_phone(*first, latest(), phone, request, context());
    EXPECT_EQ(restored.compared_equal, 1u);
}

}  // namespace
}  // namespace lifeboat::engine
