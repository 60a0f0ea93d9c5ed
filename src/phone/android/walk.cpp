#include "phone/android/walk.h"

#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::phone::android {
namespace {

constexpr size_t requests_under_way = 64;

constexpr uint32_t type_bits = 0170000;
constexpr uint32_t type_folder = 0040000;
constexpr uint32_t type_file = 0100000;
constexpr uint32_t type_symlink = 0120000;

ItemKind kind_of(uint32_t mode) {
    switch (mode & type_bits) {
        case type_folder:
            return ItemKind::folder;
        case type_file:
            return ItemKind::file;
        case type_symlink:
            return ItemKind::symlink;
        default:
            return ItemKind::other;
    }
}

// Any 64 bits a phone sends, as an instant that still fits into nanoseconds.
TimePoint instant(int64_t seconds) {
    constexpr int64_t furthest = 9'000'000'000;
    return TimePoint(std::chrono::seconds(std::clamp(seconds, -furthest, furthest)));
}

// A listing that must be left in the middle: the connection cannot be used any more.
struct BadListing : Garbled {
    using Garbled::Garbled;
};

}  // namespace

Item item_of(const ItemPath& path, const StatReply& stat) {
    const ItemKind kind = kind_of(stat.mode);
    return {.path = path,
            .kind = kind,
            .size = kind == ItemKind::file ? stat.size : 0,
            .mode = stat.mode & 07777,
            .modified = instant(stat.modified)};
}

Walk::Walk(Transport& server, std::string serial, SyncDialect dialect, WalkLimits limits)
    : server_(server), serial_(std::move(serial)), dialect_(dialect), limits_(limits) {}

WalkResult Walk::run(const Volume& volume, const std::stop_token& stop) {
    folders_.push_back({.path = volume.root});
    while (next_answer_ < folders_.size()) list_some(volume, stop);
    return std::move(result_);
}

// Lists until all is listed, or a listing is garbage: then its folder is given up, and the next
// round goes on behind it with a connection of its own.
void Walk::list_some(const Volume& volume, const std::stop_token& stop) {
    SyncConnection connection(server_, serial_, SyncConnection::Reading::direct, stop);
    next_request_ = next_answer_;
    queued_bytes_ = 0;
    while (next_answer_ < folders_.size()) {
        send_requests(connection, volume);
        const size_t index = next_answer_++;
        queued_bytes_ -= remote_path(volume, folders_[index].path).size();
        try {
            read_listing(connection, index);
        } catch (const Corrupt& error) {
            give_up(index, error.message());
            return;
        }
    }
}

void Walk::send_requests(SyncConnection& connection, const Volume& volume) {
    const size_t under_way = next_request_ - next_answer_;
    if (under_way > requests_under_way / 2) return;  // few large sends, not many small ones
    Bytes requests;
    while (next_request_ < folders_.size() && next_request_ - next_answer_ < requests_under_way &&
           queued_bytes_ < SyncConnection::longest_queue / 2) {
        // "/sdcard/": what is behind a link, not the link.
        const std::string path = remote_path(volume, folders_[next_request_].path);
        append_list(requests, dialect_, next_request_ == 0 ? path + '/' : path);
        queued_bytes_ += path.size();
        ++next_request_;
    }
    if (!requests.empty()) connection.send(requests);
}

void Walk::read_listing(SyncConnection& connection, size_t index) {
    std::set<std::string> seen;
    size_t count = 0;
    while (const auto entry = read_entry(connection.input(), dialect_)) {
        if (++count > limits_.entries_in_folder || ++entries_ > limits_.entries) {
            throw BadListing(
                fmt::format("its listing does not end: {} entries and more", human_count(count)));
        }
        take_entry(index, *entry, seen);
    }
    if (count > 0 && index == 0) result_.root_found = true;
    if (count == 0) result_.without_dots.push_back(folders_[index].path);
}

void Walk::take_entry(size_t index, const DirectoryEntry& entry, std::set<std::string>& seen) {
    if (entry.name == "." || entry.name == "..") return;
    const ItemPath& folder = folders_[index].path;
    const auto path = ItemPath::is_valid_part(entry.name)
                          ? ItemPath::parse(folder.text() + '/' + entry.name)
                          : std::nullopt;
    if (!path) {
        return refuse(folder, fmt::format("it lists a name that no file can have: \"{}\"",
                                          printable(entry.name.substr(0, 80))));
    }
    if (!seen.insert(entry.name).second) {
        return refuse(folder, fmt::format("it lists \"{}\" twice", printable(entry.name)));
    }
    if (entry.stat.error != 0) return refuse(*path, text_of_errno(entry.stat.error));
    const Item item = item_of(*path, entry.stat);
    if (item.kind == ItemKind::folder) return take_folder(index, item, entry.stat);
    result_.items.push_back(item);
}

void Walk::take_folder(size_t parent, const Item& item, const StatReply& stat) {
    result_.items.push_back(item);
    const size_t depth = folders_[parent].depth + 1;
    if (depth > limits_.depth) {
        return refuse(item.path, fmt::format("it lies {} folders deep", depth));
    }
    if (item.path.text().size() + sizeof "/storage/" > longest_sync_path) {
        return refuse(item.path, "its path is too long for the phone's file service");
    }
    if (is_own_ancestor(parent, stat)) return refuse(item.path, "the folder contains itself");
    folders_.push_back({.path = item.path,
                        .parent = parent,
                        .depth = depth,
                        .device = stat.device,
                        .inode = stat.inode});
}

bool Walk::is_own_ancestor(size_t parent, const StatReply& stat) const {
    if (stat.inode == 0) return false;
    for (size_t at = parent; at != 0; at = folders_[at].parent) {
        if (folders_[at].inode == stat.inode && folders_[at].device == stat.device) return true;
    }
    return false;
}

void Walk::give_up(size_t index, const std::string& reason) {
    refuse(folders_[index].path, reason);
    if (++failures_ > limits_.failures || entries_ > limits_.entries) {
        throw Garbled("the phone lists its files in a way that cannot be read: " + reason,
                      "Restart the phone and run this again.");
    }
}

void Walk::refuse(const ItemPath& path, std::string reason) {
    result_.unreadable.push_back({.path = path, .reason = std::move(reason)});
}

}  // namespace lifeboat::phone::android
