#include "engine/apps_at_risk.h"

#include "checklist/facts.h"
#include "item/memory_items.h"
#include "personal/collection.h"
#include "phone/android/personal/saved_apps.h"

#include <gtest/gtest.h>

namespace lifeboat::engine {
namespace {

namespace facts = checklist::facts;

checklist::Evidence evidence_of(const FileTree& snapshot) {
    checklist::EvidenceBook book;
    add_apps_at_risk(book, snapshot, TimePoint{});
    return *book.find(facts::apps_at_risk);
}

void put_apps(MemoryTree& tree, const std::string& apps) {
    MemorySource content(to_bytes(apps));
    tree.put({.path = personal::folder_of("apps").child("apps.jsonl"), .size = apps.size()},
             content);
}

TEST(AppsAtRisk, AreThoseMadeForAnOldAndroid) {
    MemoryTree snapshot;
    put_apps(snapshot, phone::android::write_apps({{.package = "org.old.notes", .target_sdk = 23},
                                                   {.package = "org.new.game", .target_sdk = 24},
                                                   {.package = "org.old.game", .target_sdk = 22},
                                                   {.package = "org.silent.app"}}));
    EXPECT_EQ(apps_at_risk(snapshot), (std::vector<std::string>{"org.old.game", "org.old.notes"}));
    EXPECT_EQ(evidence_of(snapshot).value, "org.old.game,org.old.notes");
}

TEST(AppsAtRisk, AListThatIsNotThereHasNoneAndADamagedOneIsUnknown) {
    EXPECT_EQ(evidence_of(MemoryTree()).value, "");
    MemoryTree snapshot;
    put_apps(snapshot, "{");
    const checklist::Evidence damaged = evidence_of(snapshot);
    EXPECT_FALSE(damaged.value);
    EXPECT_FALSE(damaged.why_unknown.empty());
}

}  // namespace
}  // namespace lifeboat::engine
