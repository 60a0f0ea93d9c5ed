#include "sim/android/sync_service.h"

#include "base/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace lifeboat::sim::adb {

namespace {

constexpr uint32_t path_limit = 1024;
constexpr size_t listing_piece = 48u << 10;

void append_id(Bytes& to, std::string_view letters) {
    append(to, as_bytes(letters));
}

uint32_t low(uint64_t value) {
    return static_cast<uint32_t>(value);
}

void append_stat_old(Bytes& to, const FileStat& info) {
    append_le<uint32_t>(to, info.mode);
    append_le<uint32_t>(to, low(info.size));
    append_le<uint32_t>(to, low(static_cast<uint64_t>(info.mtime.seconds)));
}

void append_stat_new(Bytes& to, const FileStat& info, int error) {
    append_le<uint32_t>(to, static_cast<uint32_t>(error));
    append_le<uint64_t>(to, info.dev);
    append_le<uint64_t>(to, info.ino);
    append_le<uint32_t>(to, info.mode);
    append_le<uint32_t>(to, info.nlink);
    append_le<uint32_t>(to, info.uid);
    append_le<uint32_t>(to, info.gid);
    append_le<uint64_t>(to, info.size);
    append_le<int64_t>(to, info.atime.seconds);
    append_le<int64_t>(to, info.mtime.seconds);
    append_le<int64_t>(to, info.ctime.seconds);
}

}  // namespace

SyncService::SyncService(Stream& stream, Storage& storage, Faults& faults, Heard heard)
    : stream_(stream), storage_(storage), faults_(faults), heard_(std::move(heard)) {}

void SyncService::run() {
    if (faults_.with([](const FaultPlan& plan) { return plan.garbage; })) {
        return stream_.write(Bytes(513, std::byte{0xa5}));
    }
    std::array<std::byte, 8> request{};
    while (stream_.read_exact(request)) {
        const auto id = load_le<uint32_t>(request);
        const auto length = load_le<uint32_t>(request, 4);
        if (id == sync_id("QUIT")) return;
        if (length > path_limit) return fail("path too long");
        Bytes path(length);
        if (!stream_.read_exact(path)) return;
        if (serve(id, to_text(path)) == Next::end) return;
    }
}

SyncService::Next SyncService::serve(uint32_t id, const std::string& path) {
    switch (id) {
        case sync_id("STAT"):
            stat_old(path);
            return Next::go_on;
        case sync_id("LST2"):
            stat_new(id, path, Links::keep);
            return Next::go_on;
        case sync_id("STA2"):
            stat_new(id, path, Links::follow);
            return Next::go_on;
        case sync_id("LIST"):
            list(path, false);
            return Next::go_on;
        case sync_id("LIS2"):
            list(path, true);
            return Next::go_on;
        case sync_id("RECV"):
            return send_file(path, 0);
        case sync_id("RCV2"):
            return send_file_with_setup(path);
        case sync_id("SEND"):
            return receive_old(path);
        case sync_id("SND2"):
            return receive_with_setup(path);
        default:
            fail(fmt::format("unknown command {:08x}", id));
            return Next::end;
    }
}

void SyncService::stat_old(const std::string& path) {
    FileStat info;
    if (storage_.stat(path, Links::keep, info) != 0) info = {};
    Bytes reply;
    append_id(reply, "STAT");
    append_stat_old(reply, info);
    stream_.write(reply);
}

void SyncService::stat_new(uint32_t id, const std::string& path, Links links) {
    FileStat info;
    const int error = storage_.stat(path, links, info);
    if (error != 0) info = {};
    Bytes reply;
    append_le<uint32_t>(reply, id);
    append_stat_new(reply, info, error);
    stream_.write(reply);
}

void SyncService::list(const std::string& path, bool second) {
    const std::string at = Storage::canonical(path);
    // A folder that cannot be opened lists as empty: this is what adbd does.
    storage_.list(path, [&](const std::string& name) {
        add_entry(path, name, second);
        return true;
    });
    const auto [endless, hostile] = faults_.with([&](const FaultPlan& plan) {
        return std::pair(plan.endless.contains(at), plan.hostile.contains(at));
    });
    for (uint64_t i = 0; endless; ++i) {
        FileStat info;
        info.mode = 0100660;
        add_entry_named(info, 0, fmt::format("endless-{:08}.jpg", i), second);
    }
    if (hostile) add_hostile_entries(at, second);
    append_id(listing_, "DONE");
    listing_.resize(listing_.size() + (second ? 72 : 16));
    flush();
}

void SyncService::add_entry(const std::string& folder, const std::string& name, bool second) {
    FileStat info;
    const int error = storage_.stat(folder + "/" + name, Links::keep, info);
    // Gone between the folder and the stat: version 1 says nothing of it.
    if (error != 0 && !second) return;
    if (error != 0) info = {};
    add_entry_named(info, error, name, second);
}

void SyncService::add_entry_named(const FileStat& info, int error, std::string_view name,
                                  bool second) {
    append_id(listing_, second ? "DNT2" : "DENT");
    second ? append_stat_new(listing_, info, error) : append_stat_old(listing_, info);
    append_le<uint32_t>(listing_, static_cast<uint32_t>(name.size()));
    append(listing_, as_bytes(name));
    if (listing_.size() >= listing_piece) flush();
}

void SyncService::add_hostile_entries(const std::string& canonical, bool second) {
    FileStat info;
    info.mode = 0100660;
    info.size = 4;
    info.nlink = 1;
    static const std::array<std::string_view, 8> names{"../../escaped.txt",
                                                       "/etc/passwd",
                                                       "a/b.txt",
                                                       std::string_view("nul\0name.txt", 12),
                                                       "",
                                                       "..",
                                                       "\xff\xfe not utf-8",
                                                       "\x1b[2Jclears the screen"};
    for (const std::string_view name : names) add_entry_named(info, 0, name, second);
    const bool four_gigabytes = faults_.with(
        [&](const FaultPlan& plan) { return plan.hostile.contains(canonical + "#4g"); });
    if (!four_gigabytes) return;
    append_id(listing_, second ? "DNT2" : "DENT");
    second ? append_stat_new(listing_, info, 0) : append_stat_old(listing_, info);
    append_le<uint32_t>(listing_, 0xffffffffu);
    append(listing_, as_bytes("the name that never ends"));
}

void SyncService::flush() {
    stream_.write(listing_);
    listing_.clear();
}

void SyncService::fail(std::string_view message) {
    Bytes reply;
    append_id(reply, "FAIL");
    append_le<uint32_t>(reply, static_cast<uint32_t>(message.size()));
    append(reply, as_bytes(message));
    stream_.write(reply);
}

void SyncService::fail_errno(std::string_view what, int error) {
    fail(fmt::format("{}: {}", what, std::strerror(error)));
}

}  // namespace lifeboat::sim::adb
