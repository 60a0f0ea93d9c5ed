// The file system a host sees on the simulated phone: a few real host folders mounted in a made-up
// tree, which no path leads out of.
#pragma once

#include "base/guarded.h"
#include "sim/android/faults.h"
#include "sim/fd.h"

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct stat;

namespace lifeboat::sim {

struct FileTime {
    int64_t seconds = 0;
    uint32_t nanoseconds = 0;
};

// What lstat tells on the phone; modes and owners are those of Android's FUSE.
struct FileStat {
    uint64_t dev = 0;
    uint64_t ino = 0;
    uint32_t mode = 0;
    uint32_t nlink = 0;
    uint32_t uid = 0;
    uint32_t gid = 0;
    uint64_t size = 0;
    FileTime atime{};
    FileTime mtime{};
    FileTime ctime{};
};

enum class Links { follow, keep };

// Functions return 0 or an errno, as the system calls they stand for: the wire carries these
// numbers. Any thread.
class Storage {
public:
    struct Mount {
        std::string at{};    // "/storage/emulated/0"
        std::string host{};  // the real folder
        // Of the system: whoever knows a path in it may read it, nobody may list its top or write.
        bool of_system = false;
    };
    struct Rules {
        std::vector<Mount> mounts{};
        // Folders below the first mount that nobody but their app may open: "Android/data/com.x".
        std::vector<std::string> denied{};
    };

    // Throws Misuse when a host folder cannot be opened.
    Storage(Rules rules, Faults& faults);

    // The path with its links resolved and without "." and "..": "/sdcard/a" becomes
    // "/storage/emulated/0/a".
    static std::string canonical(std::string_view path, Links last = Links::follow);

    int stat(const std::string& path, Links links, FileStat& out) const;
    std::optional<std::string> read_link(const std::string& path) const;

    // "." and ".." included, in the host's order. `each` returns false to stop.
    using Each = std::function<bool(const std::string& name)>;
    int list(const std::string& path, const Each& each) const;

    int open_read(const std::string& path, Fd& out);
    // Creates or replaces; missing parents are made, as adbd does.
    int open_write(const std::string& path, Fd& out);
    int make_folder(const std::string& path, bool parents);
    int remove(const std::string& path);
    int remove_folder(const std::string& path);
    int rename(const std::string& from, const std::string& to);
    // Times that are not given stay.
    int set_times(const std::string& path, std::optional<FileTime> access,
                  std::optional<FileTime> modified);
    // Changes a file as another app would while somebody reads it.
    int disturb(const std::string& path, ChangeWhileRead how);
    // A host has read half of it: does what the fault plan has for that.
    void half_is_read(const std::string& canonical);

    // Bytes that may still be written; nothing is asked of the real disk.
    uint64_t free_bytes() const {
        return free_.with([](const uint64_t& f) { return f; });
    }
    void set_free_bytes(uint64_t bytes) {
        free_.with([&](uint64_t& f) { f = bytes; });
    }
    // False when that many are no longer free.
    bool use_bytes(uint64_t bytes);

    // Before the first unlock there is no shared storage.
    void set_locked(bool locked) {
        locked_.with([&](bool& l) { l = locked; });
    }
    bool locked() const {
        return locked_.with([](const bool& l) { return l; });
    }

    const std::string& shared_folder() const { return rules_.mounts.front().host; }

private:
    // Where a path lies: in a mount (relative to it, "." for its top), or in the made-up tree.
    struct Place {
        const Fd* root = nullptr;
        std::string relative{};
        bool of_system = false;
    };

    int locate(const std::string& canonical_path, Place& place) const;
    int open_in(const Place& place, int flags, mode_t mode, Fd& out) const;
    // The folder that holds the last component, and its name.
    int open_parent(const std::string& canonical_path, Fd& parent, std::string& name) const;
    int planned_refusal(const std::string& canonical_path) const;
    bool is_denied(std::string_view canonical_path) const;
    std::vector<std::string> made_up_entries(const std::string& canonical_path) const;
    int replace(const std::string& path);
    int list_made_up(const std::string& canonical_path, const Each& each) const;
    void convert(const struct ::stat& from, bool of_system, FileStat& out) const;

    Rules rules_;
    std::vector<Fd> roots_;
    Faults& faults_;
    Guarded<uint64_t> free_;
    Guarded<bool> locked_;
};

}  // namespace lifeboat::sim
