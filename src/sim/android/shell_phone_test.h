// A simulated phone without its wire, for tests of what its shell answers.
#pragma once

#include "base/error.h"
#include "sim/android/content_output.h"
#include "sim/android/providers/personal_maker.h"
#include "sim/android/shell.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace lifeboat::sim {

struct Done {
    int code = 0;
    std::string out{};
    std::string err{};
};

class ShellPhone : public testing::Test {
protected:
    explicit ShellPhone(std::string_view who = "a13") { become(who); }
    ~ShellPhone() override {
        phone_.reset();
        std::filesystem::remove_all(folder_);
    }

    static std::string make_folder() {
        std::string path = testing::TempDir() + "sim_phone_XXXXXX";
        if (::mkdtemp(path.data()) == nullptr) throw Misuse("no folder for the test");
        return path;
    }

    void become(std::string_view who) {
        phone_ = std::make_unique<Device>(personality(who), "SIM1",
                                          Storage::Rules{{{"/storage/emulated/0", folder_}}, {}},
                                          clock_);
    }
    void fill(const android::PersonalCounts& counts) {
        phone_->personal().with([&](android::PersonalData& data) {
            android::make_personal_data(
                data, {counts, "ada@example.com", TimePoint{std::chrono::seconds(1'748'779'200)}});
        });
    }
    Done run(std::string_view command, std::string_view input = "") {
        Done done;
        ShellIo io;
        io.in = [&](MutableByteView into) {
            const size_t count = std::min(into.size(), input.size());
            std::copy_n(as_bytes(input).begin(), count, into.begin());
            input.remove_prefix(count);
            return count;
        };
        io.out = [&](std::string_view text) { done.out += text; };
        io.err = [&](std::string_view text) { done.err += text; };
        done.code = run_shell(*phone_, command, io);
        return done;
    }
    void allow_messages() { run("appops set com.android.shell WRITE_SMS allow"); }
    std::string query(std::string_view rest) {
        return run(fmt::format("content query --uri content://{}", rest)).out;
    }

    std::string folder_ = make_folder();
    sys::ManualClock clock_{TimePoint{std::chrono::seconds(1'750'000'000)}};
    std::unique_ptr<Device> phone_;
};

}  // namespace lifeboat::sim
