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
    explicit Opened(Bytes file, const std::string& password = "", TreeWithApps::Known known = {}) {
        auto snapshot = std::make_shared<MemoryTree>();
        snapshot->add_file(app_backup_path(), std::move(file));
        snapshot->add_file(ItemPath("sdcard/DCIM/b.jpg"), to_bytes("other"));
        tree = std::make_unique<TreeWithApps>(snapshot, SecretText(password), events,
                                              std::stop_token(), std::move(known));
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

// What a person is told, and by which kind of error.
template <class Kind>
std::string refusal(const TreeWithApps& tree) {
    try {
        tree.require_open();
    } catch (const Kind& error) {
        return error.message();
    }
    return "";
}

TEST(TreeWithApps, SaysWhyItIsClosed) {
    const SecretText password("harbour");
    EXPECT_THAT(refusal<Denied>(*Opened(archive(&password)).tree), HasSubstr("is encrypted"));
    EXPECT_THAT(refusal<Denied>(*Opened(archive(&password), "x").tree), HasSubstr("does not open"));
    EXPECT_THAT(refusal<Missing>(*Opened(Bytes()).tree), HasSubstr("it is empty"));
    EXPECT_THAT(refusal<Corrupt>(*Opened(to_bytes("ANDROID")).tree), HasSubstr("is closed"));
    EXPECT_THAT(refusal<Unsupported>(*Opened(to_bytes("ANDROID BACKUP\n9\n")).tree),
                HasSubstr("version 9"));
    EXPECT_NO_THROW(Opened(archive()).tree->require_open());
}

TEST(TreeWithApps, NobodyGetsWrongBytesUnasked) {
    const SecretText password("harbour");
    Bytes file = archive(&password);
    file.resize(file.size() - 512);
    const Opened opened(file, "harbour");
    const ItemPath note(note_path);
    EXPECT_TRUE(opened.tree->find(note));
    EXPECT_FALSE(opened.tree->is_proven(note));
    EXPECT_THROW(opened.tree->open(note), Corrupt);
    EXPECT_EQ(read_all(*opened.tree->open_unproven(note), 10), to_bytes("milk"));
    EXPECT_TRUE(opened.tree->is_proven(ItemPath("sdcard/DCIM/b.jpg")));
    EXPECT_THAT(opened.notes(), ElementsAre(HasSubstr("any of them may be")));
    // A plain one that is cut is as good as ever up to there.
    Bytes plain = archive();
    plain.resize(50'000);
    EXPECT_TRUE(Opened(plain).tree->is_proven(note));
}

TEST(TreeWithApps, TheSameFileIsReadOnceForAll) {
    const auto known = std::make_shared<KnownApps>();
    const auto reads = [&](const Opened& opened) {
        EXPECT_EQ(opened.files().size(), 6u);
        EXPECT_EQ(opened.events.all<PhaseStarted>().size(), opened.events.all<PhaseEnded>().size());
        return opened.events.all<PhaseStarted>().size();
    };
    const KnownApps::Key one(1), two(2);
    auto first = std::make_unique<Opened>(archive(), "", TreeWithApps::Known{known, one});
    EXPECT_EQ(reads(*first), 1u);
    first.reset();
    const Opened again(archive(), "", {known, one});
    EXPECT_EQ(reads(again), 0u);
    EXPECT_EQ(read_all(*again.tree->open(ItemPath("apps/com.example.notes/db/b")), 1 << 20).size(),
              100'000u);
    EXPECT_EQ(reads(Opened(archive(), "", {known, two})), 1u);
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
