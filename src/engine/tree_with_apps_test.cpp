#include "engine/tree_with_apps.h"

#include "ab/writer.h"
#include "engine/app_backup.h"
#include "engine/engine_fakes.h"
#include "engine/engine_world.h"

#include <gmock/gmock.h>

namespace lifeboat::engine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Bytes archive(const SecretText* password = nullptr) {
    Bytes file;
    ab::Writer writer(
        [&](ByteView part) { append(file, part); },
        {.compressed = false,
         .password = password,
         .rounds = 10,
         .random = [](MutableByteView out) { std::ranges::fill(out, std::byte{0x9c}); }});
    writer.add_app({.package = "com.example.notes", .version_code = 1, .sdk = 33});
    writer.add({.app = "com.example.notes", .domain = "f", .name = "a"}, as_bytes("milk"));
    writer.add({.app = "com.example.notes", .domain = "db", .name = "b"}, Bytes(100'000));
    MemorySource photo(to_bytes("jpeg"));
    writer.add(ab::TarEntry{.name = "shared/0/DCIM/a.jpg", .size = 4, .mode = 0600}, photo);
    writer.finish();
    return file;
}

struct Opened {
    explicit Opened(Bytes file, const std::string& password = "") {
        auto snapshot = std::make_shared<MemoryTree>();
        snapshot->add_file(app_backup_path(), std::move(file));
        snapshot->add_file(ItemPath("sdcard/DCIM/b.jpg"), to_bytes("other"));
        tree = std::make_unique<TreeWithApps>(snapshot, SecretText(password), events,
                                              std::stop_token());
    }
    std::vector<std::string> files() const {
        std::vector<std::string> found;
        walk(*tree, ItemPath(), [&](const Item& item) {
            if (item.kind == ItemKind::file) found.push_back(item.path.text());
        });
        return found;
    }
    std::vector<std::string> notes() const {
        std::vector<std::string> texts;
        for (const Noted& note : events.all<Noted>()) texts.push_back(note.text);
        return texts;
    }
    CollectingEvents events{};
    std::unique_ptr<TreeWithApps> tree{};
};

constexpr const char* note_path = "apps/com.example.notes/f/a";

TEST(TreeWithApps, ShowsWhatAppsGaveBesideTheRest) {
    const Opened opened(archive());
    EXPECT_THAT(opened.files(),
                ElementsAre("apps/com.example.notes/_manifest", "apps/com.example.notes/db/b",
                            note_path, "apps/shared/0/DCIM/a.jpg", "personal/legacy/adb-backup.ab",
                            "sdcard/DCIM/b.jpg"));
    const auto read = [&](const char* path) {
        const auto source = opened.tree->open(ItemPath(path));
        return std::string(as_text(read_all(*source, 1000)));
    };
    EXPECT_EQ(read(note_path), "milk");
    EXPECT_EQ(read("apps/shared/0/DCIM/a.jpg"), "jpeg");
    EXPECT_EQ(read("sdcard/DCIM/b.jpg"), "other");
    EXPECT_TRUE(opened.tree->digest(ItemPath(note_path)));
    EXPECT_FALSE(opened.tree->digest(ItemPath("sdcard/DCIM/b.jpg")));
    EXPECT_THAT(opened.notes(), IsEmpty());
}

TEST(TreeWithApps, ComesInTheOrderOfTheFile) {
    const Opened opened(archive());
    std::vector<Item> items;
    walk(*opened.tree, ItemPath(), [&](const Item& item) { items.push_back(item); });
    opened.tree->sort_to_read(items);
    std::vector<std::string> last;
    for (auto it = items.end() - 4; it != items.end(); ++it) last.push_back(it->path.text());
    EXPECT_THAT(last, ElementsAre("apps/com.example.notes/_manifest", note_path,
                                  "apps/com.example.notes/db/b", "apps/shared/0/DCIM/a.jpg"));
}

TEST(TreeWithApps, AClosedOneSaysWhyOnceAndHidesNothingElse) {
    const SecretText password("harbour");
    const Opened closed(archive(&password));
    EXPECT_THAT(closed.files(), ElementsAre("personal/legacy/adb-backup.ab", "sdcard/DCIM/b.jpg"));
    EXPECT_FALSE(closed.tree->find(ItemPath(note_path)));
    EXPECT_THAT(closed.notes(), ElementsAre(HasSubstr("it is encrypted")));
    const Opened wrong(archive(&password), "another");
    EXPECT_EQ(wrong.files().size(), 2u);
    EXPECT_THAT(wrong.notes(), ElementsAre(HasSubstr("does not open it")));
    const Opened right(archive(&password), "harbour");
    EXPECT_EQ(right.files().size(), 6u);
    const Opened broken(to_bytes("ANDROID"));
    EXPECT_EQ(broken.files().size(), 2u);
    EXPECT_EQ(broken.notes().size(), 1u);
    EXPECT_NE(broken.tree->damage(), "");
}

TEST(TreeWithApps, ADamagedOneIsShownUpToTheDamage) {
    Bytes file = archive();
    file.resize(50'000);
    const Opened opened(file);
    EXPECT_THAT(opened.files(), ElementsAre("apps/com.example.notes/_manifest", note_path,
                                            "personal/legacy/adb-backup.ab", "sdcard/DCIM/b.jpg"));
    EXPECT_THAT(opened.notes(), ElementsAre(HasSubstr("not whole")));
    EXPECT_THAT(opened.tree->damage(), HasSubstr("cut"));
}

TEST(TreeWithApps, ItsOwnFolderStaysWhatItIs) {
    MemoryTree snapshot;
    EXPECT_FALSE(has_closed_apps(snapshot));
    snapshot.add_file(app_backup_path(), archive());
    EXPECT_TRUE(has_closed_apps(snapshot));
    snapshot.add_file(ItemPath("apps/mine"), {});
    EXPECT_FALSE(has_closed_apps(snapshot));
}

}  // namespace
}  // namespace lifeboat::engine
