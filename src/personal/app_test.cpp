#include "personal/app.h"

#include "base/error.h"

#include <gtest/gtest.h>

namespace lifeboat::personal {
namespace {

App notes() {
    return {.package = "org.example.notes",
            .version_name = "2.1 \"beta\"\nx",
            .version_code = 21,
            .installer = "com.android.vending",
            .update_owner = "",
            .signatures = {"38a0f7d5"},
            .min_sdk = 24,
            .target_sdk = 34,
            .installed = "2025-01-04 10:11:12",
            .updated = "2025-06-04 10:11:12",
            .files = {{"base.apk", 12}, {"split_config.xxhdpi.apk", 3}},
            .granted = {"android.permission.CAMERA"},
            .ops = {{"SYSTEM_ALERT_WINDOW", {"allow", false}}, {"MANAGE_MEDIA", {"deny", true}}}};
}

TEST(PersonalApp, ComesBackAsItWas) {
    EXPECT_EQ(decode_app(encode(notes())), notes());
    EXPECT_EQ(encode(notes()).find('\n'), std::string::npos);
}

TEST(PersonalApp, WhatWasSavedBeforeOpsWereReadHasNone) {
    std::string line = encode(notes());
    const size_t at = line.find(",\"ops\":{");
    ASSERT_NE(at, std::string::npos);
    line.erase(at, line.find("}}", at) + 2 - at);
    App old = notes();
    old.ops.clear();
    EXPECT_EQ(decode_app(line), old);
}

TEST(PersonalApp, AnUpdateIsNoChangeAndAnotherSignerIs) {
    App newer = notes();
    newer.version_code = 30;
    newer.version_name = "3.0";
    newer.files[0].size = 99;
    EXPECT_EQ(record_of(newer).identity, record_of(notes()).identity);
    EXPECT_EQ(record_of(newer).digest, record_of(notes()).digest);
    App other = notes();
    other.signatures = {"ffffffff"};
    EXPECT_NE(record_of(other).digest, record_of(notes()).digest);
    EXPECT_EQ(record_of(newer).label, "org.example.notes 3.0");
}

TEST(PersonalApp, NamesThatLeaveTheFolderAreRefused) {
    for (const std::string_view bad : {"../../x", "a/b", "", ".hidden", "a b", "x;reboot"}) {
        App app = notes();
        app.package = bad;
        EXPECT_THROW(decode_app(encode(app)), Corrupt) << bad;
        app = notes();
        app.files[0].name = bad;
        EXPECT_THROW(decode_app(encode(app)), Corrupt) << bad;
        app = notes();
        app.ops["MANAGE_MEDIA"].mode = bad;
        EXPECT_THROW(decode_app(encode(app)), Corrupt) << bad;
        if (bad.empty()) continue;
        app = notes();
        app.installer = bad;
        EXPECT_THROW(decode_app(encode(app)), Corrupt) << bad;
        app = notes();
        app.update_owner = bad;
        EXPECT_THROW(decode_app(encode(app)), Corrupt) << bad;
    }
    EXPECT_THROW(decode_app("{}"), Corrupt);
    EXPECT_THROW(decode_app("not json"), Corrupt);
    EXPECT_THROW(decode_app(R"({"package":1})"), Corrupt);
}

}  // namespace
}  // namespace lifeboat::personal
