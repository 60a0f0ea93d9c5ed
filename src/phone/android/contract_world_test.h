// A simulated phone behind a real adb server of its own: where the contract tests live.
#pragma once

#include "base/text.h"
#include "item/memory_items.h"
#include "personal/collection.h"
#include "phone/android/android_bus.h"
#include "sim/android_phone.h"
#include "sys/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace lifeboat::phone::android {

class TempFolder {
public:
    TempFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "lifeboat-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    ~TempFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

inline void write_file(const std::string& path, std::string_view content, timespec modified) {
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path, std::ios::binary) << content;
    const timespec times[2] = {modified, modified};
    ::utimensat(AT_FDCWD, path.c_str(), times, 0);
}

inline void write_file(const std::string& path, std::string_view content) {
    write_file(path, content, {1'700'000'000, 123'456'789});
}

inline std::string read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::string out(std::filesystem::file_size(path), '\0');
    in.read(out.data(), static_cast<std::streamsize>(out.size()));
    return out;
}

// An adb server on a port of its own, with keys of its own; ended by its pid.
class OwnAdbServer {
public:
    OwnAdbServer() { start(); }

    void start() {
        port_ = sys::Listener(0).port();
        launch();
    }
    // The same port again, as when somebody's adb of another version replaces the server.
    void restart() {
        child_.reset();
        launch();
    }
    AdbSettings settings() const {
        return {.server_port = std::to_string(port_),
                .program = "",
                .patience = std::chrono::milliseconds(3000)};
    }

private:
    void launch() {
        child_ = std::make_unique<sys::ChildProcess>(
            std::vector<std::string>{"adb", "-P", std::to_string(port_), "nodaemon", "server"},
            std::vector<std::pair<std::string, std::string>>{
                {"HOME", home_.path()},
                {"ANDROID_ADB_SERVER_PORT", std::to_string(port_)},
                {"ADB_LOCAL_TRANSPORT_MAX_PORT", "5553"}});
        for (int i = 0; i < 500; ++i) {
            if (sys::connect_tcp("127.0.0.1", port_, {}, {})) return;
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        FAIL() << "the adb server did not start";
    }

    TempFolder home_{};
    uint16_t port_ = 0;
    std::unique_ptr<sys::ChildProcess> child_{};
};

struct QuietEvents final : EventSink {
    void on(const Event& event) noexcept override {
        if (std::holds_alternative<PersonNeeded>(event)) ++person_needed;
        if (std::holds_alternative<ItemDone>(event)) ++items_done;
    }
    std::atomic<size_t> person_needed = 0;
    std::atomic<size_t> items_done = 0;
};

// A MemoryTree that counts the files of the phone's storage, and lets a test do something in the
// middle.
class WatchedSink final : public ItemSink {
public:
    explicit WatchedSink(const FileTree* previous = nullptr) : tree(previous) {}

    void expect(const Totals& totals) override { expected = totals; }
    void put(const Item& item, ByteSource& content) override {
        const bool of_storage = item.kind == ItemKind::file && !personal::is_personal(item.path);
        if (of_storage) {
            const size_t count = ++files_begun;
            if (on_file) on_file(count);
        }
        Counted counted(content, on_bytes);
        tree.put(item, of_storage && on_bytes ? static_cast<ByteSource&>(counted) : content);
        if (of_storage) ++files_put;
    }
    bool keep(const Item& item) override {
        ++(personal::is_personal(item.path) ? personal_kept : files_kept);
        return tree.keep(item);
    }
    void keep_all() override { tree.keep_all(); }
    void unreadable(const ItemPath& path, const std::string& reason) override {
        ++times_unreadable;
        tree.unreadable(path, reason);
    }
    void move(const ItemPath& from, const ItemPath& to) override { tree.move(from, to); }
    void remove(const ItemPath& path) override { tree.remove(path); }
    const FileTree& so_far() const override { return tree; }

    std::string content(const std::string& path) const {
        const auto source = tree.open(ItemPath(path));
        return lifeboat::to_text(read_all(*source, uint64_t{1} << 30));
    }
    // The reason; "-" for a path that was read.
    std::string refusal(const std::string& path) const {
        const auto refused = tree.refused();
        const auto found = refused.find(ItemPath(path));
        return found == refused.end() ? "-" : found->second;
    }

    MemoryTree tree;
    Totals expected{};
    // Files of the storage; those below personal/ are counted apart.
    std::atomic<size_t> files_begun = 0;
    std::atomic<size_t> files_put = 0;
    std::atomic<size_t> files_kept = 0;
    std::atomic<size_t> personal_kept = 0;
    std::atomic<size_t> times_unreadable = 0;
    std::function<void(size_t)> on_file{};
    // Of one file, how many have come.
    std::function<void(uint64_t)> on_bytes{};

private:
    // In small pieces, so that a test can be in the middle of anything.
    class Counted final : public ByteSource {
    public:
        Counted(ByteSource& source, const std::function<void(uint64_t)>& on_bytes)
            : source_(source), on_bytes_(on_bytes) {}
        size_t read(MutableByteView out) override {
            const size_t got = source_.read(out.first(std::min<size_t>(out.size(), 1000)));
            on_bytes_(count_ += got);
            return got;
        }

    private:
        ByteSource& source_;
        const std::function<void(uint64_t)>& on_bytes_;
        uint64_t count_ = 0;
    };
};

class AndroidContract : public testing::Test {
protected:
    std::string sdcard(const std::string& below) const { return storage_.path() + "/" + below; }

    // Fills /sdcard with what every phone has.
    void SetUp() override {
        write_file(sdcard("DCIM/Camera/IMG_1.jpg"), "one", {1'714'557'600, 987'654'321});
        write_file(sdcard("Android/media/com.whatsapp/WhatsApp/x.txt"), "chat");
    }

    sim::AndroidPhone& simulated(sim::AndroidPhone::Config config = {}) {
        config.storage = storage_.path();
        const auto consent = config.consent;
        phone_ = std::make_unique<sim::AndroidPhone>(std::move(config), clock_);
        const bool trusts = consent == sim::adb::Consent::accept;
        phone_->start();
        connect_server(trusts ? "device" : "unauthorized");
        return *phone_;
    }

    // As a cable that is plugged in again: an adb server keeps a network phone that went away as
    // "offline" until it is told to forget it.
    void plug_in_again() {
        process_.run({.argv = {"adb", "-P", server_.settings().server_port, "disconnect"}}, {});
        connect_server();
    }

    void connect_server(const std::string& state = "device") {
        connect_server_to(phone_->address(), state);
    }
    // Until the server has shaken hands with it: before that the phone is listed as "connecting" or
    // "offline".
    void connect_server_to(const std::string& address, const std::string& state = "device") {
        AdbServer server(server_.settings(), process_);
        for (int i = 0; i < 100; ++i) {
            server.connect_phone(address, {});
            for (const auto& line : server.devices({})) {
                if (line.serial == address && line.state == state) return;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
        FAIL() << "the adb server does not see the phone";
    }

    AndroidBus& bus(AndroidOptions options = {}) {
        bus_ = std::make_unique<AndroidBus>(server_.settings(), process_, clock_, options);
        return *bus_;
    }
    std::unique_ptr<Phone> connected(AndroidOptions options = {}) {
        return bus(options).connect({.serial = phone_->address()}, {});
    }

    sys::SystemClock clock_{};
    sys::SystemProcess process_{};
    TempFolder storage_{};
    OwnAdbServer server_{};
    QuietEvents events_{};
    std::unique_ptr<sim::AndroidPhone> phone_{};
    std::unique_ptr<AndroidBus> bus_{};
};

}  // namespace lifeboat::phone::android
