// For tests: a computer that holds a phone's backup in memory, and talks to the phone's backup
// service as our own host side does.
#pragma once

#include "item/memory_items.h"
#include "phone/ios/mobile_backup.h"
#include "sim/ios/backup_service.h"
#include "sys/stream_socket.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <thread>

namespace lifeboat::sim::ios::testing_parts {

namespace fs = std::filesystem;
using phone::ios::DlEntry;
using phone::ios::DlKind;

// Files and folders by their path. One thread.
class MemoryFolder final : public phone::ios::BackupFolder {
public:
    std::map<std::string, Bytes> files{};
    std::set<std::string> folders{};
    std::set<std::string> hidden{};  // not listed
    uint64_t free = uint64_t{1} << 40;
    uint64_t gains = 0;              // free bytes that a purge gives
    std::vector<uint64_t> purges{};  // how many bytes were asked for
    std::vector<std::string> stored{};

    std::optional<Readable> open(const ItemPath& path) override {
        const auto found = files.find(path.text());
        if (found == files.end()) return std::nullopt;
        return Readable{.size = found->second.size(),
                        .content = std::make_unique<MemorySource>(found->second)};
    }
    void store(const ItemPath& path, ByteSource& content) override {
        Bytes all = read_all(content, uint64_t{1} << 30);
        stored.push_back(path.text());
        files[path.text()] = std::move(all);
    }
    void stored_all() override {}
    std::optional<std::vector<DlEntry>> list(const ItemPath& path) override {
        const std::string start = path.text() + "/";
        std::vector<DlEntry> entries;
        const auto add = [&](const std::string& whole, DlKind kind, uint64_t size) {
            if (!whole.starts_with(start) || hidden.contains(whole)) return;
            const std::string name = whole.substr(start.size());
            if (name.find('/') != std::string::npos) return;
            entries.push_back({.name = name, .kind = kind, .size = size});
        };
        for (const auto& folder : folders) add(folder, DlKind::folder, 0);
        for (const auto& [name, content] : files) add(name, DlKind::file, content.size());
        if (entries.empty() && !folders.contains(path.text())) return std::nullopt;
        return entries;
    }
    bool make_folder(const ItemPath& path) override { return folders.insert(path.text()).second; }
    bool move(const ItemPath& from, const ItemPath& to) override {
        auto node = files.extract(from.text());
        if (node.empty()) return false;
        files.insert_or_assign(to.text(), std::move(node.mapped()));
        return true;
    }
    bool remove(const ItemPath& path) override {
        const std::string below = path.text() + "/";
        const auto goes = [&](const std::string& name) {
            return name == path.text() || name.starts_with(below);
        };
        const size_t gone = std::erase_if(files, [&](const auto& f) { return goes(f.first); }) +
                            std::erase_if(folders, goes);
        return gone > 0;
    }
    bool copy(const ItemPath& from, const ItemPath& to) override {
        const std::string below = from.text() + "/";
        std::map<std::string, Bytes> copies;
        for (const auto& [name, content] : files) {
            if (name.starts_with(below)) {
                copies[to.text() + "/" + name.substr(below.size())] = content;
            }
        }
        const bool any = !copies.empty();
        files.merge(copies);
        return any;
    }
    uint64_t free_bytes() override { return free; }
    std::optional<uint64_t> purge(uint64_t bytes, int64_t) override {
        purges.push_back(bytes);
        if (gains == 0) return std::nullopt;
        free += gains;
        return gains;
    }
};

class NoEvents final : public EventSink {
public:
    void on(const Event&) noexcept override {}
};

class TemporaryFolder {
public:
    TemporaryFolder() {
        path_ = fs::temp_directory_path().string() + "/simphone_XXXXXX";
        if (::mkdtemp(path_.data()) == nullptr) throw Misuse("no folder for the test");
    }
    ~TemporaryFolder() { fs::remove_all(path_); }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

inline void write_file(const std::string& path, std::string_view content) {
    fs::create_directories(fs::path(path).parent_path());
    std::ofstream(path, std::ios::binary) << content;
}

// A phone with some files, and a computer that paired with it.
class PhoneAndComputer {
public:
    explicit PhoneAndComputer(const std::string& personality_name = "ios17")
        : device_(world_.path(), personality(personality_name), clock_) {
        device_.change(
            [](DeviceState& s) { s.keybag_cost = {.iterations = 10, .double_iterations = 10}; });
        for (int i = 0; i < 10; ++i) {
            const std::string name = "IMG_" + std::to_string(1000 + i) + ".JPG";
            put("CameraRollDomain/Media/DCIM/100APPLE/" + name, std::string(3000, 'a') + name);
        }
        put("HomeDomain/Library/Preferences/empty.plist", "");
        // The computer's own part of a backup.
        const auto info = plist::write_xml(plist::Dict{{"Product Version", "17.6.1"}});
        folder_.files[device_.udid() + "/Info.plist"] = to_bytes(info);
    }

    // Changed a while ago: the phone need not wait for the second to pass.
    void put(const std::string& where, std::string_view content) {
        const std::string path = device_.files() + "/" + where;
        write_file(path, content);
        fs::last_write_time(path, fs::last_write_time(path) - std::chrono::hours(++age_));
    }

    Device& device() { return device_; }
    MemoryFolder& folder() { return folder_; }
    std::vector<std::string> notes() {
        return notes_.with([](const auto& all) { return all; });
    }
    bool noted(std::string_view part) {
        return std::ranges::any_of(
            notes(), [&](const std::string& note) { return note.find(part) != std::string::npos; });
    }

    // One conversation, in which the computer does `what`.
    template <class What>
    auto talk(What&& what) {
        std::stop_source source;
        auto pair = sys::socket_pair(source.get_token());
        pair.first->set_timeouts({.read = std::chrono::milliseconds(0)});
        std::jthread service(
            [&, socket = std::move(pair.first)]() mutable { serve(std::move(socket), source); });
        phone::ios::MobileBackup backup(
            std::make_unique<phone::ios::Connection>(std::move(pair.second),
                                                     std::make_shared<phone::ios::Presence>()),
            device_.udid(), {.limit = std::chrono::milliseconds(60'000)});
        return std::forward<What>(what)(backup);
    }
    void back_up() {
        talk([&](auto& backup) {
            backup.backup(phone::ios::BackupKind::whatever_is_new, folder_, events_);
        });
    }
    void restore(const phone::ios::RestoreWishes& wishes) {
        talk([&](auto& backup) { backup.restore(wishes, folder_, events_); });
    }
    void change_password(std::string_view before, std::string_view after) {
        talk([&](auto& backup) {
            backup.change_password(SecretText(before), SecretText(after), folder_, events_);
        });
    }

private:
    void serve(std::unique_ptr<sys::Socket> socket, std::stop_source& source) {
        const PhoneActions actions{[&] { source.request_stop(); }, [] {},
                                   [&](std::string_view line) {
                                       notes_.with([&](auto& all) { all.emplace_back(line); });
                                   }};
        try {
            Channel channel(std::move(socket));
            run_backup_service(device_, channel, actions);
        } catch (const Cancelled&) {
            actions.note("the phone is gone");
        } catch (const Error& error) {
            actions.note("the stream ended: " + error.full_text());
        }
    }

    TemporaryFolder world_;
    sys::SystemClock clock_;
    Device device_;
    MemoryFolder folder_;
    NoEvents events_;
    Guarded<std::vector<std::string>> notes_;
    int age_ = 0;
};

}  // namespace lifeboat::sim::ios::testing_parts
