#include "sim/control.h"

#include "base/error.h"
#include "sys/stream_socket.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>

namespace lifeboat::sim {
namespace {

class ControlTest : public testing::Test {
protected:
    ~ControlTest() override { std::filesystem::remove_all(folder_); }

    static std::string make_folder() {
        std::string path = testing::TempDir() + "sim_control_XXXXXX";
        if (::mkdtemp(path.data()) == nullptr) throw Misuse("no folder for the test");
        return path;
    }
    static AndroidPhone::Config config(const std::string& folder) {
        AndroidPhone::Config config;
        config.storage = folder;
        config.reboot_time = std::chrono::milliseconds(1);
        return config;
    }
    nlohmann::json ask(const std::vector<std::string>& words) {
        return nlohmann::json::parse(run_control(phone_, words));
    }

    std::string folder_ = make_folder();
    sys::SystemClock clock_;
    AndroidPhone phone_{config(folder_), clock_};
};

TEST_F(ControlTest, ChangesAndTellsTheState) {
    EXPECT_EQ(ask({"battery", "12", "discharging"})["ok"], true);
    EXPECT_EQ(ask({"wifi", "metered"})["ok"], true);
    EXPECT_EQ(ask({"fill-disk", "77"})["ok"], true);
    const auto state = ask({"state"});
    EXPECT_EQ(state["battery"]["percent"], 12);
    EXPECT_EQ(state["battery"]["charging"], false);
    EXPECT_EQ(state["wifi"], "metered");
    EXPECT_EQ(state["free_bytes"], 77);
}

TEST_F(ControlTest, SaysWhatIsWrong) {
    for (const std::vector<std::string>& words :
         std::vector<std::vector<std::string>>{{},
                                               {"nope"},
                                               {"battery"},
                                               {"battery", "101"},
                                               {"battery", "x"},
                                               {"wifi", "maybe"},
                                               {"refuse", "a", "EWHAT"}}) {
        const auto answer = ask(words);
        EXPECT_EQ(answer["ok"], false);
        EXPECT_NE(answer["error"], "");
    }
}

TEST_F(ControlTest, PhotosComeAndGo) {
    EXPECT_EQ(ask({"add-photos", "4"})["paths"].size(), 4u);
    EXPECT_EQ(ask({"gallery"})["paths"].size(), 4u);
    EXPECT_EQ(ask({"lose-photos", "3"})["paths"].size(), 3u);
    EXPECT_EQ(ask({"lose-photos", "2"})["ok"], false);
    EXPECT_EQ(ask({"gallery"})["paths"].size(), 1u);
}

TEST_F(ControlTest, AppsAreUpdatedAndRemoved) {
    const auto before = ask({"apps", "list"})["apps"];
    ASSERT_EQ(before.size(), 4u);
    EXPECT_EQ(ask({"apps", "update", "com.whatsapp", "241378005"})["ok"], true);
    EXPECT_EQ(ask({"apps", "update", "com.whatsapp", "7"})["ok"], false);
    EXPECT_EQ(ask({"apps", "remove", "com.example.bank"})["ok"], true);
    EXPECT_EQ(ask({"apps", "remove", "com.example.bank"})["ok"], false);
    const auto after = ask({"apps", "list"})["apps"];
    ASSERT_EQ(after.size(), 3u);
    const auto& updated = after[2];
    EXPECT_EQ(updated["version_code"], 241378005);
    EXPECT_EQ(updated["splits"], before[0]["splits"]);
    EXPECT_EQ(updated["permissions"], before[0]["permissions"]);
    EXPECT_EQ(ask({"apps", "root", "on"})["ok"], true);
    EXPECT_TRUE(phone_.device().has_root());
}

TEST_F(ControlTest, FaultsUntilCleared) {
    ask({"refuse", "DCIM/x.jpg", "EIO"});
    ask({"cut-after", "1000"});
    const auto faults = ask({"state"})["faults"];
    EXPECT_EQ(faults["refuse"]["/storage/emulated/0/DCIM/x.jpg"], EIO);
    EXPECT_EQ(faults["cut_after"], 1000);
    ask({"clear"});
    EXPECT_TRUE(ask({"state"})["faults"]["cut_after"].is_null());
}

TEST_F(ControlTest, AnswersOverASocket) {
    phone_.start();
    const std::string where = folder_ + "/control";
    const ControlServer server(where,
                               [&](const auto& words) { return run_control(phone_, words); });
    EXPECT_EQ(nlohmann::json::parse(ask_control(where, {"battery", "9"}))["ok"], true);
    EXPECT_EQ(nlohmann::json::parse(ask_control(where, {"state"}))["battery"]["percent"], 9);
    EXPECT_THROW(ask_control(folder_ + "/nobody", {"state"}), Missing);
}

TEST_F(ControlTest, OutlivesWhatIsNoRequest) {
    const std::string where = folder_ + "/control";
    const ControlServer server(where,
                               [&](const auto& words) { return run_control(phone_, words); });
    const auto socket = sys::connect_unix(where, {}, {});
    const auto answer_to = [&](const std::string& line) {
        socket->write(as_bytes(line + "\n"));
        std::string answer;
        for (std::byte one{}; socket->read({&one, 1}) == 1 && one != std::byte{'\n'};) {
            answer += static_cast<char>(one);
        }
        return nlohmann::json::parse(answer);
    };
    for (const char* line : {"", "garbage", "[]", "{}", "7", "{\"command\":7}", "[\"\\u0000\"]",
                             "[[[[[[[[[[", "{\"command\":\"battery\",\"args\":7}"}) {
        EXPECT_EQ(answer_to(line)["ok"], false) << line;
    }
    EXPECT_EQ(answer_to(R"({"command":"battery","args":[35]})")["ok"], true);
    // A line without an end is not kept for ever.
    const auto endless = sys::connect_unix(where, {}, {});
    socket->shutdown();
    const Bytes much(size_t{4} << 20, std::byte{'x'});
    EXPECT_FALSE(endless->try_write(much) && endless->try_write(much));
    EXPECT_EQ(nlohmann::json::parse(ask_control(where, {"state"}))["battery"]["percent"], 35);
}

TEST_F(ControlTest, AnUpdateRebootsAndComesBackOnTheSamePort) {
    const uint16_t port = phone_.start();
    const auto answer = ask({"update-install", "16"});
    EXPECT_NE(answer["fingerprint"].get<std::string>().find(":16/"), std::string::npos);
    EXPECT_EQ(ask({"state"})["boots"], 2);
    EXPECT_EQ(phone_.port(), port);
}

TEST_F(ControlTest, AStorageThatIsNotThereIsRefused) {
    EXPECT_THROW(AndroidPhone(config(folder_ + "/nothing"), clock_), Misuse);
}

}  // namespace
}  // namespace lifeboat::sim
