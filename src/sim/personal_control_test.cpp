#include "sim/personal_control.h"

#include "base/error.h"
#include "sim/control.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>

namespace lifeboat::sim {
namespace {

class PersonalControl : public testing::Test {
protected:
    ~PersonalControl() override { std::filesystem::remove_all(folder_); }

    static std::string make_folder() {
        std::string path = testing::TempDir() + "sim_personal_XXXXXX";
        if (::mkdtemp(path.data()) == nullptr) throw Misuse("no folder for the test");
        return path;
    }
    static AndroidPhone::Config config(const std::string& folder) {
        AndroidPhone::Config config;
        config.storage = folder;
        config.reboot_time = std::chrono::milliseconds(1);
        config.personal = android::personal_counts("small");
        return config;
    }
    nlohmann::json ask(const std::vector<std::string>& words) {
        return nlohmann::json::parse(run_control(phone_, words));
    }
    nlohmann::json table(const std::string& name) {
        return ask({"personal", "dump", name})["tables"][name];
    }
    int64_t count(const std::string& name) {
        return ask({"personal", "count"})["counts"][name].get<int64_t>();
    }

    std::string folder_ = make_folder();
    sys::SystemClock clock_;
    AndroidPhone phone_{config(folder_), clock_};
};

TEST_F(PersonalControl, RowsComeAndGo) {
    EXPECT_EQ(ask({"personal", "add-message", "+447700900777", "new"})["ok"], true);
    EXPECT_EQ(table("sms").back()["body"], "new");
    EXPECT_EQ(ask({"personal", "lose", "contacts", "4"})["ok"], true);
    EXPECT_EQ(count("contacts"), 56);
    EXPECT_EQ(ask({"personal", "lose", "contacts", "57"})["ok"], false);
    EXPECT_EQ(ask({"personal", "lose", "events", "40"})["ok"], true);
    EXPECT_EQ(count("Reminders"), 0);
    EXPECT_EQ(ask({"personal", "change-number", "99999", "+1"})["ok"], false);
    const std::string contact = table("contacts")[0]["_id"].dump();
    EXPECT_EQ(ask({"personal", "change-number", contact, "+15550100"})["ok"], true);
    const auto data = table("data");
    EXPECT_TRUE(std::ranges::any_of(data, [](const auto& d) { return d["data1"] == "+15550100"; }));
    EXPECT_EQ(ask({"personal", "wipe"})["ok"], true);
    EXPECT_EQ(count("sms"), 0);
    EXPECT_EQ(count("photo_files"), 0);
    EXPECT_EQ(ask({"personal", "refill"})["ok"], true);
    EXPECT_EQ(table("sms")[0]["_id"], 1);
}

TEST_F(PersonalControl, RowsSurviveAnUpdateAndTheirNumbersMayNot) {
    const auto before = table("calls");
    ask({"update-install", "16"});
    EXPECT_EQ(table("calls"), before);
    EXPECT_EQ(ask({"update-install", "17", "renumber"})["ok"], true);
    EXPECT_EQ(table("calls").size(), before.size());
    EXPECT_EQ(table("calls")[0]["_id"], 1'000'001);
    EXPECT_EQ(table("calls")[0]["number"], before[0]["number"]);
    EXPECT_EQ(ask({"update-install", "17", "perhaps"})["ok"], false);
}

TEST_F(PersonalControl, SaysWhatIsWrong) {
    for (const std::vector<std::string>& words :
         std::vector<std::vector<std::string>>{{"personal"},
                                               {"personal", "burn"},
                                               {"personal", "dump", "sqlite_master"},
                                               {"personal", "lose", "hope", "1"},
                                               {"personal", "usb-security", "maybe"},
                                               {"content"},
                                               {"content", "fail"},
                                               {"content", "fail", "x"},
                                               {"content", "crlf"}}) {
        EXPECT_EQ(ask(words)["ok"], false);
    }
}

TEST_F(PersonalControl, FaultsAddUpUntilCleared) {
    ask({"content", "fail", "3"});
    ask({"content", "swallow", "5"});
    ask({"content", "crlf", "on"});
    const ContentFaults planned = phone_.faults().copy().content;
    EXPECT_EQ(planned.fail_after_rows, 3u);
    EXPECT_EQ(planned.swallow_after, 5u);
    EXPECT_TRUE(planned.returns);
    ask({"clear"});
    EXPECT_FALSE(phone_.faults().copy().content.fail_after_rows);
}

}  // namespace
}  // namespace lifeboat::sim
