// A simulated iPhone and its daemon inside of the test: where the tests of IosBus and IosPhone
// live.
#pragma once

#include "phone/ios/ios_bus.h"
#include "sim/iphone.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace lifeboat::phone::ios {

class TestFolder {
public:
    TestFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "lifeboat-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    ~TestFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TestFolder(const TestFolder&) = delete;
    TestFolder& operator=(const TestFolder&) = delete;
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

// What was told to a person, in order; "over" behind what ended.
class ToldEvents final : public EventSink {
public:
    void on(const Event& event) noexcept override {
        if (const auto* needed = std::get_if<PersonNeeded>(&event)) {
            codes_.update([&](auto& codes) {
                codes.push_back(needed->code + (needed->resolved ? " over" : ""));
            });
        }
        if (std::holds_alternative<ItemDone>(event)) ++items_done;
        if (std::holds_alternative<ItemFailed>(event)) ++items_failed;
    }
    std::vector<std::string> codes() const {
        return codes_.with([](const auto& codes) { return codes; });
    }
    // Returns at once when it was told already.
    bool wait_for(const std::string& code) {
        return codes_.wait_for(std::chrono::seconds(60), {}, [&](const auto& codes) {
            return std::find(codes.begin(), codes.end(), code) != codes.end();
        });
    }
    std::atomic<size_t> items_done = 0;
    std::atomic<size_t> items_failed = 0;

private:
    Guarded<std::vector<std::string>> codes_;
};

class IosWorld : public ::testing::Test {
protected:
    sim::Iphone& simulated(sim::Iphone::Config config = {}) {
        config.world = folder_.path() + "/phone";
        phone_ = std::make_unique<sim::Iphone>(std::move(config), clock_);
        phone_->start();
        bus_.emplace(fmt::format("127.0.0.1:{}", phone_->port()), clock_, random_, told_,
                     DeviceOptions{.trust_interval = milliseconds(20)});
        return *phone_;
    }
    std::string udid() const { return phone_->device().udid(); }
    PhoneId id() const { return {.platform = Platform::ios, .serial = udid()}; }
    void change(const std::function<void(sim::ios::DeviceState&)>& how) {
        phone_->device().change(how);
    }
    std::unique_ptr<Phone> paired() {
        if (!phone_) simulated();
        bus_->pair(udid(), milliseconds(60'000), {});
        return bus_->connect(id(), {});
    }
    PhoneEntry entry() {
        const auto list = bus_->list({});
        EXPECT_EQ(list.size(), 1u);
        return list.empty() ? PhoneEntry{} : list.front();
    }
    std::string media(const std::string& below) const {
        return phone_->device().media_folder() + "/" + below;
    }
    void write_media(const std::string& below, std::string_view content, time_t modified) {
        const std::string path = media(below);
        std::filesystem::create_directories(std::filesystem::path(path).parent_path());
        std::ofstream(path, std::ios::binary) << content;
        const timespec times[2] = {{modified, 123'456'789}, {modified, 123'456'789}};
        ::utimensat(AT_FDCWD, path.c_str(), times, 0);
    }
    static std::string content_of(const std::string& path) {
        std::ifstream in(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }

    sys::SystemClock clock_{};
    sys::SystemRandom random_{};
    TestFolder folder_{};
    ToldEvents told_{};
    std::unique_ptr<sim::Iphone> phone_{};
    std::optional<IosBus> bus_{};
};

}  // namespace lifeboat::phone::ios
