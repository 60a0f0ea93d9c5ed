#include "ab/archive_tree.h"

#include "ab/writer.h"
#include "crypto/sha256.h"
#include "item/memory_items.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace lifeboat::ab {
namespace {

using testing::ElementsAre;

constexpr const char* app = "com.example.notes";

Bytes noise(size_t size, uint64_t seed) {
    std::mt19937_64 engine(seed);
    Bytes bytes(size);
    for (std::byte& b : bytes) b = static_cast<std::byte>(engine());
    return bytes;
}

// Three large files, which do not stay in memory, and a small one between them.
Bytes archive(const Form& form = {}) {
    Bytes file;
    Writer writer([&](ByteView part) { append(file, part); }, form);
    writer.add_app({.package = app, .version_code = 1, .sdk = 33});
    writer.add({.app = app, .domain = "r", .name = "z"}, noise(200'000, 1));
    writer.add({.app = app, .domain = "f", .name = "note.txt", .mode = 0200}, as_bytes("milk"));
    writer.add({.app = app, .domain = "f", .name = "b"}, noise(300'000, 2));
    writer.add({.app = app, .domain = "db", .name = "a"}, noise(400'000, 3));
    writer.finish();
    return file;
}

// Counts how often the file was read from its start.
struct Opened {
    explicit Opened(Bytes bytes) : file(std::move(bytes)) {}
    ArchiveTree tree(const std::string& password = "") {
        return ArchiveTree(
            [this] {
                ++starts;
                return std::make_unique<MemorySource>(file);
            },
            SecretText(password));
    }
    Bytes file;
    int starts = 0;
};

std::vector<std::string> paths(const FileTree& tree, ItemKind kind = ItemKind::file) {
    std::vector<std::string> found;
    walk(tree, ItemPath(), [&](const Item& item) {
        if (item.kind == kind) found.push_back(item.path.text());
    });
    return found;
}

Bytes content(const FileTree& tree, const std::string& path) {
    return read_all(*tree.open(ItemPath(path)), uint64_t{1} << 30);
}

TEST(ArchiveTree, ShowsTheFilesOfTheApps) {
    Opened opened(archive());
    const ArchiveTree tree = opened.tree();
    EXPECT_THAT(paths(tree),
                ElementsAre("apps/com.example.notes/_manifest", "apps/com.example.notes/db/a",
                            "apps/com.example.notes/f/b", "apps/com.example.notes/f/note.txt",
                            "apps/com.example.notes/r/z"));
    const auto note = tree.find(ItemPath("apps/com.example.notes/f/note.txt"));
    EXPECT_EQ(note->size, 4u);
    EXPECT_EQ(note->mode, 0600u);
    EXPECT_EQ(tree.damage(), "");
    EXPECT_THROW(tree.open(ItemPath("apps/com.example.notes/f")), Missing);
    EXPECT_THROW(tree.list(ItemPath("apps/com.example.notes/f/b"), [](const Item&) {}), Missing);
    EXPECT_FALSE(tree.find(ItemPath("apps/com.example.notes/f/b/c")));
}

TEST(ArchiveTree, FilesInAnyOrderAreTheSame) {
    const SecretText password("harbour");
    Opened opened(archive({.password = &password, .rounds = 10, .random = [](MutableByteView out) {
                               std::ranges::fill(out, std::byte{0x9c});
                           }}));
    const ArchiveTree tree = opened.tree("harbour");
    EXPECT_EQ(opened.starts, 1);
    const std::string base = "apps/com.example.notes/";
    EXPECT_EQ(content(tree, base + "r/z"), noise(200'000, 1));
    EXPECT_EQ(content(tree, base + "f/b"), noise(300'000, 2));
    EXPECT_EQ(content(tree, base + "f/note.txt"), to_bytes("milk"));
    EXPECT_EQ(content(tree, base + "db/a"), noise(400'000, 3));
    EXPECT_EQ(opened.starts, 2);  // in the order of the file: read once
    EXPECT_EQ(content(tree, base + "f/b"), noise(300'000, 2));
    EXPECT_EQ(opened.starts, 3);
    EXPECT_EQ(content(tree, base + "f/b"), noise(300'000, 2));
    EXPECT_EQ(opened.starts, 3);  // it is in memory
    const auto two = tree.open(ItemPath(base + "r/z"));
    std::array<std::byte, 10> part{};
    two->read(part);
    EXPECT_EQ(content(tree, base + "db/a"), noise(400'000, 3));  // while another is read
    EXPECT_EQ(tree.digest(ItemPath(base + "db/a")).value, crypto::sha256(noise(400'000, 3)));
    EXPECT_LT(tree.position(ItemPath(base + "f/b")), tree.position(ItemPath(base + "db/a")));
    EXPECT_THROW(opened.tree("another"), WrongPassword);
}

TEST(ArchiveTree, AFolderInTheOrderOfItsNamesIsNotReadAnewForEach) {
    constexpr size_t files = 60;
    Bytes file;
    Writer writer([&](ByteView part) { append(file, part); }, {});
    writer.add_app({.package = app, .version_code = 1, .sdk = 33});
    for (size_t i = files; i-- > 0;) {
        writer.add({.app = app, .domain = "f", .name = std::to_string(100 + i)}, noise(100'000, i));
    }
    MemorySource large(Bytes(ArchiveTree::most_along + 1));
    writer.add({.app = app, .domain = "f", .name = "large"}, ArchiveTree::most_along + 1, large);
    writer.add({.app = app, .domain = "f", .name = "last"}, noise(100'000, 99));
    writer.finish();
    Opened opened(file);
    const ArchiveTree tree = opened.tree();
    const std::string base = "apps/com.example.notes/f/";
    for (size_t i = 0; i < files; ++i) {
        EXPECT_EQ(content(tree, base + std::to_string(100 + i)), noise(100'000, i)) << i;
    }
    EXPECT_LE(opened.starts, 4);
    EXPECT_EQ(content(tree, base + "last"), noise(100'000, 99));
    EXPECT_EQ(content(tree, base + "large").size(), ArchiveTree::most_along + 1);
    EXPECT_EQ(content(tree, base + "large").size(), ArchiveTree::most_along + 1);
    EXPECT_LE(opened.starts, 7);
}

TEST(ArchiveTree, WhatIsBeforeTheDamageIsShown) {
    Bytes file = archive({.compressed = false});
    file.resize(file.size() - 100'000);  // within the last one
    Opened opened(file);
    const ArchiveTree tree = opened.tree();
    EXPECT_EQ(paths(tree).size(), 4u);
    EXPECT_NE(tree.damage(), "");
    EXPECT_EQ(content(tree, "apps/com.example.notes/f/b"), noise(300'000, 2));
    for (size_t size = 24; size < file.size(); size += 30'011) {
        Opened cut(Bytes(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size)));
        const ArchiveTree part = cut.tree();
        EXPECT_NE(part.damage(), "");
        for (const std::string& path : paths(part)) content(part, path);
    }
}

TEST(ArchiveTree, NothingOfAPackedFileIsProvenBeforeItsEnd) {
    const SecretText password("harbour");
    const auto fill = [](MutableByteView out) { std::ranges::fill(out, std::byte{0x9c}); };
    const Form packed{};
    const Form sealed{.password = &password, .rounds = 10, .random = fill};
    for (const Form& form : {packed, sealed}) {
        const std::string opens = form.password == nullptr ? "" : "harbour";
        const Bytes whole = archive(form);
        Opened fine(whole);
        EXPECT_TRUE(fine.tree(opens).is_proven());
        // Noise is stored as it is: only the sum at the end knows better.
        Bytes bent = whole;
        bent[bent.size() / 2] ^= std::byte{1};
        Opened opened(bent);
        const ArchiveTree tree = opened.tree(opens);
        EXPECT_EQ(paths(tree).size(), 5u);
        EXPECT_NE(tree.damage(), "");
        EXPECT_FALSE(tree.is_proven());
        Opened cut(Bytes(whole.begin(), whole.end() - 64));
        EXPECT_FALSE(cut.tree(opens).is_proven());
    }
    const Bytes plain = archive({.compressed = false});
    Opened cut(Bytes(plain.begin(), plain.end() - 1024));
    EXPECT_NE(cut.tree().damage(), "");
    EXPECT_TRUE(cut.tree().is_proven());
    Bytes bent = plain;
    bent[24 + 1024 + 512 + 200'192] ^= std::byte{1};  // in the header of the second file
    Opened opened(bent);
    const ArchiveTree tree = opened.tree();
    EXPECT_EQ(paths(tree).size(), 2u);
    EXPECT_FALSE(tree.is_proven());
}

TEST(ArchiveTree, WhatIsOfNoAppIsLeftOut) {
    Bytes file;
    Writer writer([&](ByteView part) { append(file, part); }, {});
    MemorySource nothing({});
    const auto add = [&](const std::string& name, TarKind kind = TarKind::file) {
        writer.add(TarEntry{.name = name, .kind = kind, .mode = 0777}, nothing);
    };
    add("apps/", TarKind::folder);
    add("apps/a.b/", TarKind::folder);
    add("apps/a.b/f/x");
    add("apps/shared/f/x");
    add("apps/DCIM/Camera/evil.jpg");
    std::string deep = "shared/0";
    while (deep.size() + 201 < 4080) deep += "/" + std::string(200, 'd');
    add(deep + "/" + std::string(4091 - deep.size() - 1, 'e'));  // "apps/" fits before it
    add(deep + "/" + std::string(4092 - deep.size() - 1, 'e'));
    add(deep + "/" + std::string(4096 - deep.size() - 1, 'e'), TarKind::folder);
    writer.finish();
    Opened opened(file);
    const ArchiveTree tree = opened.tree();
    EXPECT_EQ(tree.damage(), "");
    EXPECT_EQ(paths(tree).size(), 2u);
    EXPECT_EQ(tree.left_out(), 4u);
}

TEST(ArchiveTree, NamesThatStandForTwoThingsAreLeftOut) {
    Bytes file;
    Writer writer([&](ByteView part) { append(file, part); }, {});
    MemorySource nothing({});
    const auto add = [&](const std::string& name, TarKind kind) {
        writer.add(TarEntry{.name = name, .kind = kind, .mode = 0777}, nothing);
    };
    add("apps/a.b/f/x", TarKind::file);
    add("apps/a.b/f/x/y", TarKind::file);  // below a file
    add("apps/a.b/f", TarKind::file);      // in place of a folder
    add("apps/a.b/f/x", TarKind::file);    // once more: the last one counts
    add("../out", TarKind::file);
    add("elsewhere/a", TarKind::file);
    add("shared/0/DCIM", TarKind::folder);
    writer.finish();
    Opened opened(file);
    const ArchiveTree tree = opened.tree();
    EXPECT_THAT(paths(tree), ElementsAre("apps/a.b/f/x"));
    EXPECT_THAT(paths(tree, ItemKind::folder), ElementsAre("apps", "apps/a.b", "apps/a.b/f",
                                                           "shared", "shared/0", "shared/0/DCIM"));
    EXPECT_EQ(tree.left_out(), 4u);
}

TEST(ArchiveTree, StopsWhenAsked) {
    std::stop_source stop;
    stop.request_stop();
    const Bytes file = archive();
    EXPECT_THROW(ArchiveTree([&] { return std::make_unique<MemorySource>(file); }, SecretText(),
                             stop.get_token()),
                 Cancelled);
}

}  // namespace
}  // namespace lifeboat::ab
