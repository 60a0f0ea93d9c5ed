#include "engine/app_return.h"

#include "ab/writer.h"
#include "engine/engine_fakes.h"
#include "engine/engine_world.h"

#include <gmock/gmock.h>

namespace lifeboat::engine {
namespace {

using testing::ElementsAre;
using testing::Key;

Bytes archive(const SecretText* password = nullptr) {
    Bytes file;
    ab::Writer writer(
        [&](ByteView part) { append(file, part); },
        {.version = 3, .password = password, .rounds = 10, .random = [](MutableByteView out) {
             std::ranges::fill(out, std::byte{0x9c});
         }});
    for (const char* app : {"com.example.a", "com.example.b", "com.example.c"}) {
        writer.add_app({.package = app, .version_code = 7, .sdk = 33, .has_apk = true});
        if (std::string_view(app).ends_with("c")) continue;  // it gave nothing
        writer.add({.app = app, .domain = "a", .name = "base.apk"}, as_bytes("PK"));
        writer.add({.app = app, .domain = "f", .name = "note"}, as_bytes(app));
    }
    MemorySource photo(to_bytes("jpeg"));
    writer.add(ab::TarEntry{.name = "shared/0/DCIM/a.jpg", .size = 4, .mode = 0600}, photo);
    writer.finish();
    return file;
}

ab::Listing listing(const Bytes& file, const std::string& password = "") {
    MemorySource source(file);
    return ab::read_listing(source, SecretText(password));
}

TEST(AppReturn, TheFileForThePhoneHasTheseAppsOnlyAndNoPassword) {
    const SecretText password("harbour");
    MemorySource source(archive(&password));
    Bytes filtered;
    filter_apps(source, password, {"com.example.b"},
                [&](ByteView part) { append(filtered, part); });
    const ab::Listing list = listing(filtered);
    EXPECT_THAT(list.apps, ElementsAre(Key("com.example.b")));
    EXPECT_THAT(list.apps.at("com.example.b").bytes_of_domain, ElementsAre(Key("f")));
    EXPECT_EQ(list.apps.at("com.example.b").manifest->version_code, 7u);
    EXPECT_EQ(list.shared_files, 0u);
    EXPECT_EQ(list.header.version, 3u);
}

TEST(AppReturn, APhoneWithoutItSaysSo) {
    MemoryPhone phone;
    EXPECT_THROW(plan_app_return(listing(archive()), {}, phone, {}), Unsupported);
}

}  // namespace
}  // namespace lifeboat::engine
