// The data of apps, as files, out of a backup into a folder.
#include "ab/writer.h"
#include "crypto/sha256.h"
#include "engine/app_backup.h"
#include "engine/engine_world.h"
#include "engine/tree_with_apps.h"
#include "item/folder_tree.h"
#include "storage/temporary_folder.h"

#include <gmock/gmock.h>

namespace lifeboat::engine {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* notes = "com.example.notes";

struct Form {
    bool compressed = true;
    const SecretText* password = nullptr;
};

Bytes archive(const Form& form) {
    Bytes file;
    ab::Writer writer(
        [&](ByteView part) { append(file, part); },
        {.compressed = form.compressed,
         .password = form.password,
         .rounds = 10,
         .random = [](MutableByteView out) { std::ranges::fill(out, std::byte{0x9c}); }});
    writer.add_app({.package = notes, .version_code = 1, .sdk = 33});
    for (uint64_t i = 0; i < 4; ++i) {
        Bytes noise(50'000);
        sys::SeededRandom(i).fill(noise);
        writer.add({.app = notes, .domain = "f", .name = std::to_string(i)}, noise);
    }
    MemorySource photo(to_bytes("not yours"));
    writer.add(ab::TarEntry{.name = "apps/DCIM/IMG_001.jpg", .size = 9, .mode = 0600}, photo);
    writer.finish();
    return file;
}

class RestoreApps : public EngineTest {
protected:
    // The record of an app has the name of its data.
    void store(Bytes file) {
        phone.files.add_file(app_backup_path(), std::move(file));
        phone.files.add_file(ItemPath("personal/apps/com.example.notes/app.json"), to_bytes("{}"));
        make_backup();
    }
    RestoreReport restore(std::vector<ItemPath> only, const std::string& password = "") {
        const SecretText secret(password);
        return restore_to_folder(*first, latest(), folder.path().string(),
                                 {.only = std::move(only), .app_password = &secret}, context());
    }
    std::vector<std::string> restored() const {
        std::vector<std::string> found;
        walk(FolderTree(folder.path().string()), ItemPath(), [&](const Item& item) {
            if (item.kind == ItemKind::file) found.push_back(item.path.text());
        });
        return found;
    }

    storage::TemporaryFolder folder{};
    const ItemPath app{std::string("apps/") + notes};
};

TEST_F(RestoreApps, AClosedAppIsNothingElse) {
    const SecretText password("harbour");
    store(archive({.password = &password}));
    EXPECT_THROW(restore({app}), Denied);
    EXPECT_THROW(restore({apps_folder()}), Denied);
    EXPECT_THROW(restore({app}, "another"), Denied);
    const RestoreRequest as_stored{.only = {app}, .as_stored = true};
    EXPECT_THROW(restore_to_folder(*first, latest(), folder.path().string(), as_stored, context()),
                 Missing);
    EXPECT_THROW(restore_to_phone(*first, latest(), phone, {.only = {app}}, context()), Missing);
    EXPECT_THAT(restored(), IsEmpty());
    const auto report = restore({app}, "harbour");
    EXPECT_EQ(report.compared_equal, 5u);
    EXPECT_THAT(report.failed, IsEmpty());
    EXPECT_THROW(restore({ItemPath("apps/com.example.other")}, "harbour"), Missing);
}

TEST_F(RestoreApps, OneThatWasLostIsNothingElse) {
    store(archive({}));
    phone.files.remove(app_backup_path());
    const auto draft = latest();
    clock.advance(std::chrono::hours(1));
    auto builder = first->build(nullptr, {});
    const auto tree = first->read(draft, {});
    walk(*tree, ItemPath{}, [&](const Item& item) {
        if (item.kind != ItemKind::file || item.path == app_backup_path()) return;
        builder->put(item, *tree->open(item.path));
    });
    builder->finish(draft, {});
    builder.reset();
    first->forget({draft.id}, {});
    EXPECT_THROW(restore({app}), Missing);
    EXPECT_THAT(restored(), IsEmpty());
}

TEST_F(RestoreApps, WhatIsNotProvenIsWrittenAndNamed) {
    const SecretText password("harbour");
    Bytes file = archive({.password = &password});
    file[file.size() / 2] ^= std::byte{1};
    store(file);
    const auto report = restore({app}, "harbour");
    EXPECT_EQ(report.files, 5u);
    EXPECT_EQ(report.compared_equal, 0u);
    ASSERT_EQ(report.failed.size(), 6u);  // and why
    EXPECT_EQ(report.failed[0].path, apps_folder());
    for (size_t i = 1; i < report.failed.size(); ++i) {
        EXPECT_THAT(report.failed[i].note, HasSubstr("not proven"));
    }
    const auto again = restore({app}, "harbour");
    EXPECT_EQ(again.already_there, 5u);
    EXPECT_EQ(again.failed.size(), 6u);
    const auto other = restore({photo(1)}, "harbour");
    EXPECT_THAT(other.failed, IsEmpty());
    EXPECT_EQ(other.compared_equal, 1u);
}

TEST_F(RestoreApps, DamageIsNamedHoweverTheAppIsCalled) {
    Bytes file = archive({.compressed = false});
    file.resize(170'000);  // within the last file
    store(file);
    for (const ItemPath& path : {app, ItemPath(notes), ItemPath(std::string(notes) + "/f")}) {
        const auto report = restore({path});
        ASSERT_EQ(report.failed.size(), 1u) << path.text();
        EXPECT_EQ(report.failed[0].path, apps_folder());
    }
    EXPECT_EQ(restored().size(), 4u);
    EXPECT_THROW(restore({app.child("f").child("3")}), Corrupt);
}

TEST_F(RestoreApps, NoAppStandsBeforeThePhonesOwnFiles) {
    store(archive({}));
    const auto report = restore({ItemPath("DCIM/IMG_001.jpg")});
    EXPECT_EQ(report.compared_equal, 1u);
    EXPECT_THAT(restored(), testing::ElementsAre("sdcard/DCIM/IMG_001.jpg"));
}

}  // namespace
}  // namespace lifeboat::engine
