// Lists every folder of the phone's storage, many requests under way at once, and never trusts what
// comes back: names, depths and amounts all have limits.
#pragma once

#include "phone/android/remote_path.h"
#include "phone/android/sync_connection.h"
#include "phone/phone.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace lifeboat::phone::android {

struct WalkLimits {
    size_t entries_in_folder = 1'000'000;
    size_t entries = 20'000'000;
    size_t depth = 100;    // folders below a volume's root
    size_t failures = 32;  // listings that turned out to be garbage
};

struct WalkResult {
    std::vector<Item> items{};  // parents before children; without targets of symlinks
    std::vector<Unreadable> unreadable{};
    // Folders whose listing lacked even "." and "..": empty, or not to be opened.
    std::vector<ItemPath> without_dots{};
    bool root_found = false;
};

// One walk. Throws what a connection throws; a listing that is garbage costs only its folder.
class Walk {
public:
    Walk(Transport& server, std::string serial, SyncDialect dialect, WalkLimits limits);

    WalkResult run(const Volume& volume, const std::stop_token& stop);

private:
    struct Folder {
        ItemPath path{};
        size_t parent = 0;  // index into folders_; its own for the root
        size_t depth = 0;
        uint64_t device = 0;
        uint64_t inode = 0;
    };

    void list_some(const Volume& volume, const std::stop_token& stop);
    void send_requests(SyncConnection& connection, const Volume& volume);
    void read_listing(SyncConnection& connection, size_t index);
    void take_entry(size_t index, const DirectoryEntry& entry, std::set<std::string>& seen);
    void take_folder(size_t parent, const Item& item, const StatReply& stat);
    void give_up(size_t index, const std::string& reason);
    bool is_own_ancestor(size_t parent, const StatReply& stat) const;
    void refuse(const ItemPath& path, std::string reason);

    Transport& server_;
    std::string serial_;
    SyncDialect dialect_;
    WalkLimits limits_;

    WalkResult result_{};
    std::vector<Folder> folders_{};
    size_t next_request_ = 0;  // folders before it were asked for
    size_t next_answer_ = 0;   // folders before it are done
    size_t queued_bytes_ = 0;
    size_t entries_ = 0;
    size_t failures_ = 0;
};

// What an item looks like in a listing. The mode's type bits decide its kind.
Item item_of(const ItemPath& path, const StatReply& stat);

}  // namespace lifeboat::phone::android
