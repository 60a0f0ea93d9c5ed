#include "engine/free_space.h"

#include "engine/engine_world.h"

#include <gtest/gtest.h>

namespace lifeboat::engine {
namespace {

class FreeSpace : public EngineTest {
protected:
    void add(const std::string& path, size_t size, uint64_t seed, const char* when) {
        Bytes content(size);
        sys::SeededRandom(seed).fill(content);
        phone.files.add_file(ItemPath("sdcard/" + path), content, *from_rfc3339(when));
    }
    SpaceReport look(const SpaceWishes& wishes = {.video_bytes = 5000}) {
        auto all = places();
        return free_space(phone, all, wishes, context());
    }
    void copy_to_both() {
        make_backup();
        auto all = places();
        copy_place(all[0], all[1], context());
    }
    static const SpaceGroup* of(const SpaceReport& report, SpaceReason reason) {
        for (const SpaceGroup& group : report.groups) {
            if (group.reason == reason) return &group;
        }
        return nullptr;
    }
    void fill() {
        add("Movies/big.mp4", 9000, 1, "2026-11-20T10:00:00Z");
        add("Movies/small.mp4", 900, 2, "2026-01-01T10:00:00Z");
        add("Pictures/Screenshots/old.png", 800, 3, "2026-02-01T10:00:00Z");
        add("Pictures/Screenshots/new.png", 800, 4, "2026-11-20T10:00:00Z");
        add("Download/old.pdf", 700, 5, "2026-02-01T10:00:00Z");
        add("Download/empty.pdf", 0, 5, "2026-02-01T10:00:00Z");
        add("DCIM/Camera/one.jpg", 600, 6, "2026-03-01T10:00:00Z");
        add("Pictures/copy of one.jpg", 600, 6, "2026-01-01T10:00:00Z");
        add("Android/media/com.whatsapp/one.jpg", 600, 6, "2026-01-01T10:00:00Z");
        add("Android/media/com.whatsapp/film.mp4", 9500, 7, "2026-01-01T10:00:00Z");
    }
};

TEST_F(FreeSpace, ProposesWhatTwoPlacesGaveBack) {
    fill();
    copy_to_both();
    const SpaceReport report = look();
    EXPECT_EQ(report.free_bytes, 20'000'000'000u);
    EXPECT_EQ(report.places, (std::vector<std::string>{"place-1", "place-2"}));
    ASSERT_EQ(report.groups.size(), 4u);
    const auto only = [&](SpaceReason reason, const char* path) {
        const SpaceGroup* group = of(report, reason);
        ASSERT_NE(group, nullptr);
        ASSERT_EQ(group->proposed.size(), 1u) << path;
        EXPECT_TRUE(group->not_proven.empty()) << path;
        EXPECT_EQ(group->proposed[0].path.text(), path);
    };
    // The camera's own stays, although the other is older; apps' files are left alone.
    only(SpaceReason::duplicate, "sdcard/Pictures/copy of one.jpg");
    EXPECT_EQ(of(report, SpaceReason::duplicate)->proposed[0].twin.text(),
              "sdcard/DCIM/Camera/one.jpg");
    only(SpaceReason::large_video, "sdcard/Movies/big.mp4");
    only(SpaceReason::old_screenshot, "sdcard/Pictures/Screenshots/old.png");
    only(SpaceReason::old_download, "sdcard/Download/old.pdf");
    EXPECT_EQ(report.bytes(), 600u + 9000 + 800 + 700);
    EXPECT_TRUE(phone.files.find(ItemPath("sdcard/Movies/big.mp4"))) << "nothing is deleted";
}

TEST_F(FreeSpace, OnePlaceIsNotEnough) {
    fill();
    make_backup();  // place-2 has nothing
    SpaceReport report = look();
    EXPECT_EQ(report.bytes(), 0u);
    EXPECT_EQ(of(report, SpaceReason::large_video)->not_proven[0].why,
              "not given back by two places");
    // The same folder under two names is one place.
    auto twice = places();
    twice[1].repository = first.get();
    twice[1].location = twice[0].location;
    report = free_space(phone, twice, {.video_bytes = 5000}, context());
    EXPECT_EQ(report.bytes(), 0u);
}

TEST_F(FreeSpace, WhatChangedSinceTheCopyIsNotProven) {
    fill();
    copy_to_both();
    add("Movies/big.mp4", 9000, 99, "2026-11-20T10:00:00Z");  // other bytes, same size and date
    add("Download/old.pdf", 701, 5, "2026-02-01T10:00:00Z");
    add("Download/never copied.zip", 50, 8, "2026-02-01T10:00:00Z");
    const SpaceReport report = look();
    EXPECT_EQ(of(report, SpaceReason::large_video)->proposed.size(), 0u);
    EXPECT_EQ(of(report, SpaceReason::large_video)->not_proven[0].why,
              "the phone has other content than the copies");
    EXPECT_EQ(of(report, SpaceReason::old_download)->proposed.size(), 0u);
    EXPECT_EQ(of(report, SpaceReason::old_download)->not_proven.size(), 2u);
}

TEST_F(FreeSpace, ADuplicateGoesOnlyWhileItsTwinStays) {
    fill();
    copy_to_both();
    add("DCIM/Camera/one.jpg", 600, 55, "2026-03-01T10:00:00Z");
    const SpaceReport report = look();
    const SpaceGroup* group = of(report, SpaceReason::duplicate);
    ASSERT_NE(group, nullptr);
    EXPECT_TRUE(group->proposed.empty());
    EXPECT_EQ(group->not_proven[0].why, "the one to keep has other content");
}

TEST_F(FreeSpace, ADamagedPlaceGivesNothingBack) {
    fill();
    copy_to_both();
    auto files = second_disk.files();
    for (auto& [name, content] : files) {
        if (name.starts_with("data/"))
            for (auto& byte : content) byte = static_cast<std::byte>(~static_cast<unsigned>(byte));
    }
    second_disk.set_files(files);
    reopen();
    EXPECT_EQ(look().bytes(), 0u);
}

TEST_F(FreeSpace, WithoutACopyNothingIsProposed) {
    fill();
    const SpaceReport report = look();
    EXPECT_EQ(report.bytes(), 0u);
    EXPECT_TRUE(report.places.empty());
    EXPECT_EQ(of(report, SpaceReason::large_video)->not_proven[0].why,
              "no place has it as it is now");
    EXPECT_EQ(of(report, SpaceReason::duplicate), nullptr) << "nobody knows the hashes";
}

}  // namespace
}  // namespace lifeboat::engine
