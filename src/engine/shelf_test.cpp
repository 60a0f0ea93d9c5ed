#include "engine/shelf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace lifeboat::engine {
namespace {

repository::Snapshot backup(int number, const std::string& host,
                            std::vector<std::string> tags = {}) {
    repository::Snapshot snapshot;
    snapshot.id.value[0] = static_cast<std::byte>(number);
    snapshot.time = TimePoint{std::chrono::seconds{number}};
    snapshot.hostname = host;
    snapshot.tags = std::move(tags);
    return snapshot;
}

std::map<std::string, std::string> shelf_of(const std::vector<repository::Snapshot>& snapshots) {
    std::map<std::string, std::string> paths;
    const auto date = [](TimePoint time) {
        return "day " + std::to_string(time.time_since_epoch().count() / 10'000'000'000);
    };
    for (const ShelfPlace& place : shelve(snapshots, date)) {
        paths[place.path.text()] =
            place.link_target.empty() ? std::to_string(place.snapshot) : place.link_target;
    }
    return paths;
}

TEST(Shelf, byPhoneByHostAndById) {
    EXPECT_EQ(shelf_of({backup(10, "Pixel 7", {"lifeboat", "phone:K1"}), backup(20, "desk"),
                        backup(30, "Pixel 7", {"lifeboat", "phone:K1"})}),
              (std::map<std::string, std::string>{{"Pixel 7/day 1", "0"},
                                                  {"Pixel 7/day 3", "2"},
                                                  {"Pixel 7/latest", "day 3"},
                                                  {"desk/day 2", "1"},
                                                  {"desk/latest", "day 2"},
                                                  {"ids/0a000000", "0"},
                                                  {"ids/14000000", "1"},
                                                  {"ids/1e000000", "2"}}));
}

TEST(Shelf, phonesOfOneModelAreToldApart) {
    const auto shelf =
        shelf_of({backup(10, "Pixel 7", {"phone:K1"}), backup(20, "Pixel 7", {"phone:K2"})});
    EXPECT_TRUE(shelf.contains("Pixel 7 (K1)/day 1"));
    EXPECT_TRUE(shelf.contains("Pixel 7 (K2)/day 2"));
}

TEST(Shelf, oneNameTwiceGetsANumber) {
    const auto shelf = shelf_of({backup(10, "desk"), backup(11, "desk"), backup(12, "desk")});
    EXPECT_EQ(shelf.at("desk/day 1"), "0");
    EXPECT_EQ(shelf.at("desk/day 1-2"), "1");
    EXPECT_EQ(shelf.at("desk/latest"), "day 1-3");
}

TEST(Shelf, latestIsWhatLatestMeansEverywhere) {
    const std::string own = "phone:K1", imported(tag_imported), audit(tag_audit);
    EXPECT_EQ(shelf_of({backup(10, "Pixel 7", {own}), backup(20, "Pixel 7", {own, imported})})
                  .at("Pixel 7/latest"),
              "day 1");
    EXPECT_EQ(shelf_of({backup(20, "Pixel 7", {own, imported})}).at("Pixel 7/latest"), "day 2");
    const auto audited =
        shelf_of({backup(10, "Pixel 7", {own}), backup(20, "Pixel 7", {own, audit})});
    EXPECT_EQ(audited.at("Pixel 7/latest"), "day 1");
    EXPECT_EQ(audited.at("Pixel 7/day 2"), "1");
}

TEST(Shelf, aRunThatWasCutOffIsOnlyAnId) {
    const auto shelf = shelf_of({backup(10, "Pixel 7", {"interrupted", "phone:K1"})});
    EXPECT_EQ(shelf, (std::map<std::string, std::string>{{"ids/0a000000", "0"}}));
}

TEST(Shelf, hostileNamesStayNames) {
    const std::vector<repository::Snapshot> snapshots{backup(10, "../../etc"),
                                                      backup(20, ".."),
                                                      backup(30, "ids"),
                                                      backup(40, ""),
                                                      backup(50, std::string(5000, 'x')),
                                                      backup(60, std::string("a\0b", 3))};
    const auto shelf = shelf_of(snapshots);
    EXPECT_TRUE(shelf.contains(".._.._etc/day 1"));
    EXPECT_TRUE(shelf.contains(".._/day 2"));
    EXPECT_TRUE(shelf.contains("ids_/day 3"));
    EXPECT_TRUE(shelf.contains("unnamed/day 4"));
    EXPECT_TRUE(shelf.contains("a_b/day 6"));
    EXPECT_EQ(shelf.size(), 18u);
}

}  // namespace
}  // namespace lifeboat::engine
