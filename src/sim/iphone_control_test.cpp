#include "sim/iphone_control.h"

#include "base/error.h"
#include "base/text.h"
#include "sim/control.h"
#include "sim/ios/fault_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <thread>

namespace lifeboat::sim {
namespace {

using testing::HasSubstr;

class IphoneControl : public testing::Test {
protected:
    IphoneControl() { phone_.start(); }
    ~IphoneControl() override { std::filesystem::remove_all(folder_); }

    static std::string make_folder() {
        std::string path = testing::TempDir() + "sim_iphone_XXXXXX";
        if (::mkdtemp(path.data()) == nullptr) throw Misuse("no folder for the test");
        return path;
    }
    static Iphone::Config config(const std::string& folder) {
        Iphone::Config config;
        config.world = folder + "/world";
        config.content = ios::WorldOptions{};
        config.reboot_time = std::chrono::milliseconds(1);
        return config;
    }
    nlohmann::json ask(const std::vector<std::string>& words) {
        return nlohmann::json::parse(run_iphone_control(phone_, words));
    }
    // The phone comes back on a thread of its own.
    void wait_until_plugged() {
        while (!phone_.is_plugged()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }

    std::string folder_ = make_folder();
    sys::SystemClock clock_;
    Iphone phone_{config(folder_), clock_};
};

TEST_F(IphoneControl, ChangesAndTellsTheState) {
    for (const std::vector<std::string>& words :
         std::vector<std::vector<std::string>>{{"battery", "12", "discharging"},
                                               {"disk-free", "77"},
                                               {"find-my", "on"},
                                               {"setup-done", "off"},
                                               {"passcode-set", "off"},
                                               {"requires-encryption", "on"},
                                               {"wifi-sync", "on"},
                                               {"cloud-backup", "on"},
                                               {"lock"},
                                               {"consent", "wait"}}) {
        EXPECT_EQ(ask(words)["ok"], true) << words.front();
    }
    const auto state = ask({"state"});
    EXPECT_EQ(state["battery"]["percent"], 12);
    EXPECT_EQ(state["battery"]["charging"], false);
    EXPECT_EQ(state["disk_free"], 77);
    EXPECT_EQ(state["find_my"], true);
    EXPECT_EQ(state["setup_done"], false);
    EXPECT_EQ(state["passcode_set"], false);
    EXPECT_EQ(state["requires_encryption"], true);
    EXPECT_EQ(state["wifi_sync"], true);
    EXPECT_EQ(state["cloud_backup"], true);
    EXPECT_EQ(state["locked"], true);
    EXPECT_EQ(state["consent"], "wait");
    EXPECT_EQ(state["version"], "17.6.1");
    EXPECT_EQ(ask({"unlock"})["ok"], true);
    EXPECT_EQ(ask({"state"})["locked"], false);
}

TEST_F(IphoneControl, RemembersWhenICloudSavedIt) {
    const auto saved = [&] {
        return phone_.device().values("com.apple.mobile.backup").i64("LastCloudBackupDate");
    };
    EXPECT_EQ(saved(), std::nullopt);
    ask({"cloud-backup", "on", "3"});
    ASSERT_TRUE(saved());
    const auto now = static_cast<int64_t>(plist::Date::from(clock_.now()).seconds);
    EXPECT_NEAR(static_cast<double>(now - *saved()), 3 * 86'400.0, 600.0);
    ask({"cloud-backup", "off"});
    EXPECT_TRUE(saved());
    EXPECT_EQ(ask({"cloud-backup", "on", "40000"})["ok"], false);
}

TEST_F(IphoneControl, GivesBackupsAnotherPassword) {
    phone_.device().change(
        [](ios::DeviceState& s) { s.keybag_cost = {.iterations = 10, .double_iterations = 10}; });
    EXPECT_EQ(ask({"backup-password", "a tide table"})["ok"], true);
    EXPECT_EQ(ask({"state"})["will_encrypt"], true);
    ASSERT_TRUE(phone_.device().begin_backup());
    EXPECT_EQ(ask({"backup-password", "off"})["ok"], false);
    phone_.device().end_backup();
    EXPECT_EQ(ask({"backup-password", "off"})["ok"], true);
    EXPECT_EQ(ask({"state"})["will_encrypt"], false);
}

TEST_F(IphoneControl, AppsAreRemovedWithTheirData) {
    const std::string chats =
        phone_.device().domain_folder("AppDomainGroup-group.net.whatsapp.WhatsApp.shared");
    ASSERT_TRUE(std::filesystem::exists(chats));
    const auto has = [&](const char* bundle) {
        const auto apps = ask({"apps"})["apps"];
        return std::ranges::count(apps, bundle) > 0;
    };
    EXPECT_TRUE(has("net.whatsapp.WhatsApp"));
    EXPECT_EQ(ask({"remove-app", "net.whatsapp.WhatsApp"})["ok"], true);
    EXPECT_FALSE(has("net.whatsapp.WhatsApp"));
    EXPECT_FALSE(std::filesystem::exists(chats));
    EXPECT_EQ(ask({"remove-app", "net.whatsapp.WhatsApp"})["ok"], false);
    EXPECT_EQ(ask({"remove-app", "com.apple.mobilesafari"})["ok"], false);
}

TEST_F(IphoneControl, SaysWhatIsWrong) {
    for (const std::vector<std::string>& words :
         std::vector<std::vector<std::string>>{{},
                                               {"nope"},
                                               {"battery"},
                                               {"battery", "101"},
                                               {"backup-password"},
                                               {"battery", "9", "charging", "more"},
                                               {"find-my", "maybe"},
                                               {"consent", "perhaps"},
                                               {"add-photos", "-1"},
                                               {"lose", "teapots", "1"},
                                               {"update", "x"},
                                               {"update", "12.1"},
                                               {"update", "26.1", "--loses", "teapots", "1"},
                                               {"update", "26.1", "--keeps", "photos", "1"},
                                               {"lock", "twice"}}) {
        const auto answer = ask(words);
        EXPECT_EQ(answer["ok"], false) << answer;
        EXPECT_NE(answer["error"], "");
    }
    EXPECT_THAT(ask({"nope"})["error"].get<std::string>(), HasSubstr("--help lists them"));
    // What was refused did nothing.
    EXPECT_EQ(ask({"state"})["version"], "17.6.1");
    EXPECT_EQ(ask({"state"})["plugged"], true);
}

TEST_F(IphoneControl, SetsEveryFaultAndTakesItBack) {
    EXPECT_TRUE(ask({"state"})["faults"].empty());
    // The names stand in the help: each line begins with one.
    size_t count = 0;
    const std::string help = ios::fault_help();
    for (const std::string_view line : lines(help)) {
        const std::string name(trim(line).substr(0, trim(line).find(' ')));
        ++count;
        bool taken = false;
        for (const char* value : {"on", "off", "7", "Home/a=6", "five-items", "3=tide"}) {
            taken |= ask({"fault", name, value})["faults"].contains(name);
        }
        EXPECT_TRUE(taken) << name;
        EXPECT_EQ(ask({"fault", name, "such nonsense"})["ok"], false) << name;
        EXPECT_TRUE(ask({"faults", "clear"})["faults"].empty()) << name;
    }
    EXPECT_GT(count, 20u);
    EXPECT_EQ(ask({"fault", "nothing", "on"})["ok"], false);
    EXPECT_EQ(ask({"fault", "purge"})["ok"], false);
    EXPECT_EQ(ask({"faults", "wipe"})["ok"], false);
}

TEST_F(IphoneControl, ATypedPasscodeUnlocksAndGoesOn) {
    ask({"lock"});
    ask({"fault", "passcode-waits", "on"});
    ask({"fault", "batch", "9"});
    ask({"passcode"});
    const auto state = ask({"state"});
    EXPECT_EQ(state["locked"], false);
    EXPECT_FALSE(state["faults"].contains("passcode-waits"));
    EXPECT_EQ(state["faults"]["batch"], "9");
}

TEST_F(IphoneControl, ContentComesAndGoes) {
    const auto added = ask({"add-photos", "2"})["identities"];
    EXPECT_EQ(added.size(), 2u);
    EXPECT_EQ(ask({"delete-photos", "5"})["identities"].size(), 5u);
    EXPECT_EQ(ask({"add-messages", "3"})["identities"].size(), 3u);
    EXPECT_EQ(ask({"delete-messages", "4"})["identities"].size(), 4u);
    EXPECT_EQ(ask({"lose", "contacts", "2"})["identities"].size(), 2u);
    EXPECT_EQ(ask({"add-documents", "7"})["count"], 7);
    EXPECT_EQ(ask({"delete-documents", "100"})["count"], 12);
    EXPECT_EQ(ask({"change-documents", "1"})["count"], 0);
}

TEST_F(IphoneControl, AnUpdateMigratesLosesAndComesBack) {
    const auto answer =
        ask({"update", "26.1", "--loses", "messages", "3", "--loses", "notes", "1"});
    EXPECT_EQ(answer["version"], "26.1");
    EXPECT_EQ(answer["lost"].size(), 4u);
    wait_until_plugged();
    const auto state = ask({"state"});
    EXPECT_EQ(state["version"], "26.1");
    EXPECT_EQ(state["boots"], 2);
    EXPECT_EQ(ask({"update", "17.6.1"})["ok"], false);
}

TEST_F(IphoneControl, IsLockedAfterARestartWhenAsked) {
    ask({"update", "18.1"});
    wait_until_plugged();
    EXPECT_EQ(ask({"state"})["locked"], false);
    ask({"locks-on-reboot", "on"});
    ask({"update", "26.1"});
    wait_until_plugged();
    EXPECT_EQ(ask({"state"})["locked"], true);
    EXPECT_EQ(ask({"state"})["awaits_first_unlock"], true);
    ask({"passcode"});
    EXPECT_EQ(ask({"state"})["locked"], false);
    EXPECT_EQ(ask({"state"})["awaits_first_unlock"], false);
    ask({"passcode-set", "off"});
    ask({"update", "26.2"});
    wait_until_plugged();
    EXPECT_EQ(ask({"state"})["locked"], false);
}

TEST_F(IphoneControl, UnplugsAndPlugs) {
    ask({"unplug"});
    EXPECT_EQ(ask({"state"})["plugged"], false);
    ask({"plug"});
    EXPECT_EQ(ask({"state"})["plugged"], true);
    ask({"reboot"});
    wait_until_plugged();
}

TEST_F(IphoneControl, AnswersOverASocket) {
    const std::string where = folder_ + "/control";
    const ControlServer server(
        where, [&](const auto& words) { return run_iphone_control(phone_, words); });
    EXPECT_EQ(nlohmann::json::parse(ask_control(where, {"battery", "9"}))["ok"], true);
    EXPECT_EQ(nlohmann::json::parse(ask_control(where, {"state"}))["battery"]["percent"], 9);
}

}  // namespace
}  // namespace lifeboat::sim
