#include "content/media_class.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace lifeboat::content {
namespace {

struct Case {
    const char* path;
    MediaClass expected;
};

TEST(MediaClass, KnowsFilesByNameAndFolder) {
    const std::vector<Case> cases = {
        {"DCIM/Camera/IMG_0001.HEIC", MediaClass::photos},
        {"DCIM/Camera/PXL_20241125.RAW-02.ORIGINAL.dng", MediaClass::photos},
        {"sdcard/DCIM/a.JpG", MediaClass::photos},
        {"Android/media/com.whatsapp/WhatsApp/Media/WhatsApp Stickers/STK-1.webp",
         MediaClass::photos},
        {"DCIM/a.CR3", MediaClass::photos},
        {"DCIM/VID_1.3gp", MediaClass::videos},
        {"DCIM/360.insv", MediaClass::videos},
        {"Movies/film.mkv", MediaClass::videos},
        {"Movies/film.MP4", MediaClass::videos},
        {"Android/media/com.whatsapp/WhatsApp/Media/WhatsApp Voice Notes/202448/PTT-1.opus",
         MediaClass::audio},
        {"Recordings/call.amr", MediaClass::audio},
        {"Music/a.b.flac", MediaClass::audio},
        {"Documents/letter.docx", MediaClass::documents},
        {"Documents/letter.odt", MediaClass::documents},
        {"Documents/plan.pages", MediaClass::documents},
        {"Download/book.epub", MediaClass::documents},
        {"contacts.vcf", MediaClass::documents},
        {"Download/ticket.pdf", MediaClass::documents},
        {"Download/archive.zip", MediaClass::other},
        {"Android/media/com.whatsapp/WhatsApp/Databases/msgstore.db.crypt15", MediaClass::other},
        {"Download/app.apk", MediaClass::other},
        {"DCIM/.thumbnails/1.jpg", MediaClass::other},
        {"Pictures/.Thumbnails/1.jpg", MediaClass::other},
        {"DCIM/.trashed-1700000000-IMG_1.jpg", MediaClass::other},
        {"DCIM/.pending-1700000000-VID_1.mp4", MediaClass::other},
        {"DCIM/.jpg", MediaClass::other},
        {"DCIM/jpg", MediaClass::other},
        {"DCIM/photo.jpg/no_ending", MediaClass::other},
        {"DCIM/dot.", MediaClass::other},
        {"", MediaClass::other},
        {"DCIM/.hidden.jpg", MediaClass::photos},
        {"DCIM/caf\xc3\xa9.jpeg", MediaClass::photos},
        {"DCIM/\xff\xfe.png", MediaClass::photos},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(to_text(classify(c.path)), to_text(c.expected)) << c.path;
    }
}

TEST(MediaClass, FindsEndingsAtBothEndsOfItsLists) {
    const std::vector<std::pair<const char*, MediaClass>> ends = {
        {"x.3fr", MediaClass::photos},    {"x.x3f", MediaClass::photos},
        {"x.360", MediaClass::videos},    {"x.wmv", MediaClass::videos},
        {"x.azw", MediaClass::documents}, {"x.xps", MediaClass::documents},
        {"x.3ga", MediaClass::audio},     {"x.xmf", MediaClass::audio}};
    for (const auto& [name, expected] : ends) EXPECT_EQ(classify(name), expected) << name;
}

TEST(MediaClass, NamesGoBothWays) {
    for (const MediaClass media_class : all_media_classes) {
        EXPECT_EQ(media_class_from_text(to_text(media_class)), media_class);
    }
    EXPECT_FALSE(media_class_from_text("Photos"));
}

TEST(AppPrivate, IsWhatAndroidClosesAndNoMore) {
    for (const char* path : {"Android/data", "Android/data/com.example/files/a.jpg", "Android/obb",
                             "sdcard/Android/Data/com.example", "sdcard/android/obb/x"}) {
        EXPECT_TRUE(is_app_private(path)) << path;
    }
    for (const char* path : {"Android", "Android/media/com.whatsapp/a.jpg", "data/Android/x",
                             "MyAndroid/data/x", "Android/database", "DCIM/android.data", ""}) {
        EXPECT_FALSE(is_app_private(path)) << path;
    }
}

}  // namespace
}  // namespace lifeboat::content
