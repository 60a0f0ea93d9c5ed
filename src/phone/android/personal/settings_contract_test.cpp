#include "phone/android/personal/networks_source.h"
#include "phone/android/personal/personal_world_test.h"
#include "phone/android/personal/ringtones_source.h"
#include "phone/android/personal/roles_source.h"
#include "phone/android/personal/settings_source.h"
#include "phone/android/personal/settings_table.h"

namespace lifeboat::phone::android {
namespace {

class SettingsContract : public PersonalContract {
protected:
    template <class Source>
    personal::Collection back_up(WatchedSink& sink) {
        Source source(link());
        return source.read({&sink, nullptr}, events_, {});
    }
    template <class Source>
    personal::RestoreOutcome put_back(const FileTree& snapshot, bool dry_run = false) {
        Source source(link());
        return source.restore(snapshot, dry_run, events_, {});
    }
    void set(const std::string& table, const std::string& name, const std::string& value) {
        phone_->device().state().with(
            [&](sim::DeviceState& s) { s.settings[table][name] = value; });
    }
    std::string get(const std::string& table, const std::string& name) {
        return phone_->device().snapshot().settings[table][name];
    }
};

TEST_F(SettingsContract, TablesAreReadExactly) {
    start();
    const std::map<std::string, std::string> odd{{"a_note", "first\nzzz=last\nscreen_brightness=1"},
                                                 {"b_empty", ""},
                                                 {"c_null", "null"},
                                                 {"d_end", "line\n\n"},
                                                 {"e_emoji", "\xf0\x9f\x98\x80 'quoted' \"x\""},
                                                 {"f_tail", " blanks "}};
    for (const auto& [name, value] : odd) set("secure", name, value);
    EXPECT_EQ(read_settings(link(), "secure", {}), phone_->device().snapshot().settings["secure"]);
    EXPECT_THROW(read_settings(link(), "nonsense", {}), Denied);
}

TEST_F(SettingsContract, OnlyWhatMeansTheSameEverywhereComesBack) {
    start();
    set("system", "font_scale", "1.3");
    WatchedSink sink;
    const auto collection = back_up<SettingsSource>(sink);
    EXPECT_EQ(collection.weight, personal::Weight::noted);
    EXPECT_NE(sink.content("personal/settings/secure.txt").find("android_id=6c0f7a9e12d83b45\n"),
              std::string::npos);
    set("system", "font_scale", "1.0");
    set("secure", "android_id", "0000000000000000");
    set("secure", "lock_screen_owner_info", "");
    const auto planned = put_back<SettingsSource>(sink.tree, true);
    EXPECT_EQ(planned.written, 2u);
    EXPECT_EQ(get("system", "font_scale"), "1.0");
    const auto outcome = put_back<SettingsSource>(sink.tree);
    EXPECT_EQ(outcome.written, 2u);
    EXPECT_EQ(outcome.compared_equal, 2u);
    EXPECT_EQ(outcome.wanted, outcome.already_there + 2);
    EXPECT_EQ(get("system", "font_scale"), "1.3");
    EXPECT_EQ(get("secure", "lock_screen_owner_info"),
              "If found:\nharbour office\nline=3, thank you");
    EXPECT_EQ(get("secure", "android_id"), "0000000000000000");
    EXPECT_EQ(put_back<SettingsSource>(sink.tree).written, 0u);
}

TEST_F(SettingsContract, RolesComeBackWhenTheirAppIsThere) {
    for (const char* who : {"pixel-a15", "a12-samsung", "a10"}) {
        SCOPED_TRACE(who);
        start_as(who);
        WatchedSink sink;
        shell("cmd role add-role-holder android.app.role.SMS org.thoughtcrime.securesms");
        const auto collection = back_up<RolesSource>(sink);
        ASSERT_EQ(collection.records.size(), 4u);
        EXPECT_EQ(collection.records[3].label, "messages: org.thoughtcrime.securesms");
        const auto change = [&](const std::string& holder) {
            phone_->device().state().with(
                [&](sim::DeviceState& s) { s.roles["android.app.role.SMS"] = holder; });
        };
        change("com.android.messaging");
        auto outcome = put_back<RolesSource>(sink.tree);
        EXPECT_EQ(outcome.compared_equal, 1u);
        EXPECT_EQ(outcome.already_there, 3u);
        change("com.android.messaging");
        shell("pm uninstall org.thoughtcrime.securesms");
        outcome = put_back<RolesSource>(sink.tree);
        EXPECT_EQ(outcome.written, 0u);
        ASSERT_EQ(outcome.failed.size(), 1u);
    }
}

TEST_F(SettingsContract, NetworksAreNamedAndOpenOnesComeBack) {
    start();
    WatchedSink sink;
    const auto collection = back_up<NetworksSource>(sink);
    ASSERT_EQ(collection.records.size(), 3u);
    EXPECT_EQ(collection.records[0].label, "Harbour (wpa2-psk)");
    EXPECT_EQ(collection.records[1].label, "Cafe \"am See\" (open)");
    EXPECT_EQ(collection.records[2].label, "two  blanks (wpa3-sae)");
    ASSERT_EQ(collection.gaps.size(), 1u);
    phone_->device().state().with([](sim::DeviceState& s) { s.networks.clear(); });
    const auto outcome = put_back<NetworksSource>(sink.tree);
    EXPECT_EQ(outcome.compared_equal, 1u);
    EXPECT_EQ(outcome.cannot_come_back.size(), 2u);
    EXPECT_EQ(put_back<NetworksSource>(sink.tree).already_there, 1u);
}

TEST_F(SettingsContract, SoundsComeBackByteByByte) {
    start();
    const std::string sound("RIFF\0\xff\r\n\x1a sound", 15);
    const std::string uri = "content://settings/system/ringtone_cache";
    Shell(*transport_, link().serial)
        .run({.text = "content write --uri " + uri, .input = sound}, {});
    WatchedSink sink;
    const auto collection = back_up<RingtonesSource>(sink);
    ASSERT_EQ(collection.records.size(), 1u);
    EXPECT_EQ(collection.records[0].identity, "ringtone");
    EXPECT_EQ(sink.content("personal/ringtones/ringtone"), sound);
    EXPECT_EQ(put_back<RingtonesSource>(sink.tree).already_there, 1u);
    Shell(*transport_, link().serial).run({.text = "content write --uri " + uri, .input = "x"}, {});
    EXPECT_EQ(put_back<RingtonesSource>(sink.tree).compared_equal, 1u);
    EXPECT_EQ(shell("content read --uri " + uri), sound);
}

TEST_F(SettingsContract, APhoneThatDoesNotShowItsNetworksSaysSo) {
    start_as("a10");
    WatchedSink sink;
    const auto collection = back_up<NetworksSource>(sink);
    EXPECT_EQ(collection.reading, personal::Reading::refused);
    EXPECT_NE(collection.why.find("No shell command implementation."), std::string::npos);
}

}  // namespace
}  // namespace lifeboat::phone::android
