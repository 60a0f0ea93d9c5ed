#include "sim/android/storage.h"

#include "base/error.h"
#include "base/text.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <set>

namespace lifeboat::sim {

namespace {

constexpr std::string_view shared = "/storage/emulated/0";
constexpr uint32_t uid_system = 1000;
constexpr uint32_t gid_media_rw = 1023;
constexpr uint32_t uid_media_app = 10123;
constexpr uint64_t made_up_device = 0xfe00;

struct CloseFolder {
    void operator()(DIR* folder) const { ::closedir(folder); }
};
using Folder = std::unique_ptr<DIR, CloseFolder>;

// The links every phone has, in the order in which they are followed.
const std::array<std::pair<std::string_view, std::string_view>, 3>& links() {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 3> all{
        {{"/sdcard", "/storage/self/primary"},
         {"/storage/self/primary", "/storage/emulated/0"},
         {"/mnt/sdcard", "/storage/self/primary"}}};
    return all;
}

std::string_view link_target(std::string_view path) {
    for (const auto& [from, to] : links()) {
        if (path == from) return to;
    }
    return {};
}

// Resolution never leaves `root` and follows no link: shared storage has none.
int open_beneath(int root, const std::string& relative, int flags, mode_t mode, Fd& out) {
    open_how how{};
    how.flags = static_cast<uint64_t>(flags | O_CLOEXEC | O_NOFOLLOW);
    how.mode = (flags & O_CREAT) != 0 ? mode : 0;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
    const long fd = ::syscall(SYS_openat2, root, relative.c_str(), &how, sizeof how);
    if (fd < 0) return errno;
    out = Fd(static_cast<int>(fd));
    return 0;
}

FileTime time_of(const timespec& t) {
    return {t.tv_sec, static_cast<uint32_t>(t.tv_nsec)};
}

timespec to_timespec(const std::optional<FileTime>& time) {
    if (!time) return {0, UTIME_OMIT};
    return {time->seconds, static_cast<long>(time->nanoseconds)};
}

std::string_view parent_of(std::string_view path) {
    return path.substr(0, path.rfind('/'));
}

}  // namespace

Storage::Storage(Rules rules, Faults& faults)
    : rules_(std::move(rules)), faults_(faults), free_(uint64_t{46} * 1000 * 1000 * 1000) {
    for (const Mount& mount : rules_.mounts) {
        Fd root(::open(mount.host.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
        if (!root) {
            throw Misuse(fmt::format("the storage folder {} cannot be opened: {}",
                                     printable(mount.host), std::strerror(errno)),
                         "Make the folder first, or name another one.");
        }
        roots_.push_back(std::move(root));
    }
}

std::string Storage::canonical(std::string_view path, Links last) {
    std::string out;
    const auto parts = split(path, '/');
    for (size_t i = 0; i < parts.size(); ++i) {
        const std::string_view part = parts[i];
        if (part.empty() || part == ".") continue;
        if (part == "..") {
            out.resize(out.empty() ? 0 : out.rfind('/'));
            continue;
        }
        out.append("/").append(part);
        const bool more = i + 1 < parts.size();  // a trailing slash follows the link, too
        if (!more && last == Links::keep) continue;
        for (auto to = link_target(out); !to.empty(); to = link_target(out)) out = to;
    }
    return out.empty() ? "/" : out;
}

int Storage::locate(const std::string& path, Place& place) const {
    if (path.find('\0') != std::string::npos) return EINVAL;
    for (size_t i = 0; i < roots_.size(); ++i) {
        const std::string& at = rules_.mounts[i].at;
        if (!path.starts_with(at)) continue;
        if (path.size() > at.size() && path[at.size()] != '/') continue;
        if (i == 0 && locked()) return ENOENT;
        place.root = &roots_[i];
        place.of_system = rules_.mounts[i].of_system;
        place.relative = path.size() <= at.size() + 1 ? "." : path.substr(at.size() + 1);
        return 0;
    }
    return 0;
}

bool Storage::is_denied(std::string_view path) const {
    if (!path.starts_with(shared)) return false;
    path.remove_prefix(std::min(path.size(), shared.size() + 1));
    return std::any_of(rules_.denied.begin(), rules_.denied.end(), [&](const std::string& denied) {
        return path.starts_with(denied) &&
               (path.size() == denied.size() || path[denied.size()] == '/');
    });
}

int Storage::planned_refusal(const std::string& path) const {
    return faults_.with([&](const FaultPlan& plan) {
        if (plan.refuse.empty()) return 0;
        for (std::string_view at = path; !at.empty(); at = parent_of(at)) {
            const auto found = plan.refuse.find(std::string(at));
            if (found != plan.refuse.end()) return found->second;
        }
        return 0;
    });
}

int Storage::open_in(const Place& place, int flags, mode_t mode, Fd& out) const {
    const int error = open_beneath(place.root->get(), place.relative, flags, mode, out);
    return error == ELOOP || error == EXDEV ? EACCES : error;
}

int Storage::open_parent(const std::string& path, Fd& parent, std::string& name) const {
    Place place;
    if (const int error = locate(path, place)) return error;
    if (place.root == nullptr) return EROFS;
    if (place.of_system) return EACCES;
    if (place.relative == ".") return EBUSY;
    const size_t slash = place.relative.rfind('/');
    name = slash == std::string::npos ? place.relative : place.relative.substr(slash + 1);
    place.relative = slash == std::string::npos ? "." : place.relative.substr(0, slash);
    return open_in(place, O_PATH | O_DIRECTORY, 0, parent);
}

int Storage::stat(const std::string& path, Links follow, FileStat& out) const {
    const std::string at = canonical(path, follow);
    out = {};
    if (const int error = faults_.with([&](const FaultPlan& plan) {
            const auto found = plan.refuse_stat.find(at);
            return found == plan.refuse_stat.end() ? 0 : found->second;
        })) {
        return error;
    }
    Place place;
    if (const int error = locate(at, place)) return error;
    struct ::stat info {};
    if (place.root != nullptr) {
        if (is_denied(parent_of(at))) return EACCES;
        Fd node;
        if (const int error = open_in(place, O_PATH, 0, node)) return error;
        if (::fstat(node.get(), &info) != 0) return errno;
        if (S_ISLNK(info.st_mode)) return ENOENT;  // shared storage has no links
        convert(info, place.of_system, out);
        const auto lie = faults_.with([&](const FaultPlan& plan) {
            const auto found = plan.lie_size.find(at);
            return found == plan.lie_size.end() ? std::nullopt : std::optional(found->second);
        });
        if (lie) out.size = *lie;
        return 0;
    }
    const bool link = !link_target(at).empty();
    if (!link && made_up_entries(at).empty()) return ENOENT;
    out.dev = made_up_device;
    out.ino = std::hash<std::string>{}(at) | 1;
    out.mode = link ? S_IFLNK | 0777 : S_IFDIR | 0755;
    out.nlink = 1;
    out.size = link ? link_target(at).size() : 4096;
    return 0;
}

std::optional<std::string> Storage::read_link(const std::string& path) const {
    const std::string_view target = link_target(canonical(path, Links::keep));
    if (target.empty()) return std::nullopt;
    return std::string(target);
}

void Storage::convert(const struct ::stat& from, bool of_system, FileStat& out) const {
    const bool folder = S_ISDIR(from.st_mode);
    const uint32_t folder_mode = of_system ? 0755u : S_ISGID | 0770u;
    out.dev = from.st_dev;
    out.ino = from.st_ino;
    out.mode = folder ? S_IFDIR | folder_mode : S_IFREG | (of_system ? 0644u : 0660u);
    out.nlink = static_cast<uint32_t>(from.st_nlink);
    out.uid = of_system ? uid_system : uid_media_app;
    out.gid = of_system ? uid_system : gid_media_rw;
    out.size = static_cast<uint64_t>(folder ? 3452 : from.st_size);
    out.atime = time_of(from.st_atim);
    out.mtime = time_of(from.st_mtim);
    out.ctime = time_of(from.st_ctim);
}

std::vector<std::string> Storage::made_up_entries(const std::string& path) const {
    static constexpr std::array<std::string_view, 4> folders{"/data/local", "/system/etc", "/proc",
                                                             "/storage/self"};
    std::set<std::string> names;
    const std::string below = path == "/" ? path : path + "/";
    const auto add = [&](std::string_view other) {
        if (!other.starts_with(below)) return;
        const std::string_view rest = other.substr(below.size());
        names.emplace(rest.substr(0, rest.find('/')));
    };
    for (const auto& [from, to] : links()) add(from);
    for (const Mount& mount : rules_.mounts) add(mount.at);
    for (const std::string_view folder : folders) add(folder);
    return {names.begin(), names.end()};
}

int Storage::list_made_up(const std::string& path, const Each& each) const {
    const auto names = made_up_entries(path);
    if (names.empty()) return ENOENT;
    if (!each(".") || !each("..")) return 0;
    for (const std::string& name : names) {
        if (!each(name)) return 0;
    }
    return 0;
}

int Storage::list(const std::string& path, const Each& each) const {
    const std::string at = canonical(path);
    if (const int error = planned_refusal(at)) return error;
    if (is_denied(at)) return EACCES;
    Place place;
    if (const int error = locate(at, place)) return error;
    if (place.root == nullptr) return list_made_up(at, each);
    if (place.of_system && place.relative == ".") return EACCES;
    Fd fd;
    if (const int error = open_in(place, O_RDONLY | O_DIRECTORY, 0, fd)) return error;
    const Folder folder(::fdopendir(fd.get()));
    if (!folder) return errno;
    fd.release();
    while (const dirent* entry = ::readdir(folder.get())) {
        if (entry->d_type == DT_LNK) continue;
        if (!each(entry->d_name)) break;
    }
    return 0;
}

int Storage::open_read(const std::string& path, Fd& out) {
    const std::string at = canonical(path);
    if (const int error = planned_refusal(at)) return error;
    if (is_denied(at)) return EACCES;
    Place place;
    if (const int error = locate(at, place)) return error;
    if (place.root == nullptr) return made_up_entries(at).empty() ? ENOENT : EISDIR;
    if (faults_.with([&](FaultPlan& plan) { return plan.vanish.erase(at) > 0; })) {
        remove(at);
        return ENOENT;
    }
    // Not blocking: a FIFO somebody put into the folder must not hang the phone.
    if (const int error = open_in(place, O_RDONLY | O_NONBLOCK, 0, out)) return error;
    struct ::stat info {};
    if (::fstat(out.get(), &info) != 0) return errno;
    if (S_ISDIR(info.st_mode)) return EISDIR;
    return S_ISREG(info.st_mode) ? 0 : EACCES;
}

int Storage::open_write(const std::string& path, Fd& out) {
    const std::string at = canonical(path);
    if (const int error = planned_refusal(at)) return error;
    if (is_denied(at)) return EACCES;
    Place place;
    if (const int error = locate(at, place)) return error;
    if (place.root == nullptr) return EROFS;
    if (place.of_system) return EACCES;
    if (place.relative == ".") return EISDIR;
    if (free_bytes() == 0) return ENOSPC;
    make_folder(std::string(parent_of(at)), true);
    return open_in(place, O_WRONLY | O_CREAT | O_TRUNC, 0660, out);
}

int Storage::make_folder(const std::string& path, bool parents) {
    const std::string at = canonical(path);
    if (const int error = planned_refusal(at)) return error;
    if (is_denied(at)) return EACCES;
    Fd parent;
    std::string name;
    int error = open_parent(at, parent, name);
    if (error == ENOENT && parents && at.size() > 1) {
        if (const int failed = make_folder(std::string(parent_of(at)), true)) return failed;
        error = open_parent(at, parent, name);
    }
    if (error == EBUSY) return parents ? 0 : EEXIST;
    if (error != 0) return error;
    if (::mkdirat(parent.get(), name.c_str(), 0775) == 0) return 0;
    const int refused = errno;
    FileStat info;
    const bool is_there = refused == EEXIST && parents && stat(at, Links::follow, info) == 0;
    return is_there && S_ISDIR(info.mode) ? 0 : refused;
}

int Storage::remove(const std::string& path) {
    const std::string at = canonical(path, Links::keep);
    if (planned_refusal(at) != 0 || is_denied(at)) return EACCES;
    Fd parent;
    std::string name;
    if (const int error = open_parent(at, parent, name)) return error;
    return ::unlinkat(parent.get(), name.c_str(), 0) == 0 ? 0 : errno;
}

int Storage::remove_folder(const std::string& path) {
    Fd parent;
    std::string name;
    if (const int error = open_parent(canonical(path), parent, name)) return error;
    return ::unlinkat(parent.get(), name.c_str(), AT_REMOVEDIR) == 0 ? 0 : errno;
}

int Storage::rename(const std::string& from, const std::string& to) {
    Fd from_parent;
    Fd to_parent;
    std::string from_name;
    std::string to_name;
    if (const int error = planned_refusal(canonical(to))) return error;
    if (const int error = open_parent(canonical(from), from_parent, from_name)) return error;
    if (const int error = open_parent(canonical(to), to_parent, to_name)) return error;
    const int done =
        ::renameat(from_parent.get(), from_name.c_str(), to_parent.get(), to_name.c_str());
    return done == 0 ? 0 : errno;
}

int Storage::set_times(const std::string& path, std::optional<FileTime> access,
                       std::optional<FileTime> modified) {
    Fd parent;
    std::string name;
    if (const int error = open_parent(canonical(path), parent, name)) return error;
    const std::array<timespec, 2> times{to_timespec(access), to_timespec(modified)};
    const int done = ::utimensat(parent.get(), name.c_str(), times.data(), AT_SYMLINK_NOFOLLOW);
    return done == 0 ? 0 : errno;
}

void Storage::half_is_read(const std::string& canonical) {
    const auto how = faults_.with([&](FaultPlan& plan) -> std::optional<ChangeWhileRead> {
        const auto found = plan.change.find(canonical);
        if (found == plan.change.end()) return std::nullopt;
        const ChangeWhileRead change = found->second.how;
        if (--found->second.times == 0) plan.change.erase(found);
        return change;
    });
    if (how) disturb(canonical, *how);
}

int Storage::disturb(const std::string& path, ChangeWhileRead how) {
    if (how == ChangeWhileRead::replace) return replace(path);
    Place place;
    if (const int error = locate(canonical(path), place)) return error;
    Fd fd;
    if (place.root == nullptr) return EROFS;
    if (const int error = open_in(place, O_RDWR, 0, fd)) return error;
    struct ::stat info {};
    if (::fstat(fd.get(), &info) != 0) return errno;
    static constexpr std::string_view more = "written while somebody was reading\n";
    ssize_t done = 0;
    switch (how) {
        case ChangeWhileRead::grow:
            done = ::pwrite(fd.get(), more.data(), more.size(), info.st_size);
            break;
        case ChangeWhileRead::shrink:
            done = ::ftruncate(fd.get(), info.st_size / 2);
            break;
        case ChangeWhileRead::rewrite: {
            const std::string same_size(static_cast<size_t>(std::min<off_t>(info.st_size, 1 << 20)),
                                        '#');
            done = ::pwrite(fd.get(), same_size.data(), same_size.size(), 0);
            break;
        }
        case ChangeWhileRead::replace:
            break;  // done above
    }
    return done < 0 ? errno : 0;
}

int Storage::replace(const std::string& path) {
    FileStat info;
    Fd fd;
    const std::string other = path + ".new";
    if (const int error = stat(path, Links::keep, info)) return error;
    if (const int error = open_write(other, fd)) return error;
    const std::string content(info.size, '#');
    if (::pwrite(fd.get(), content.data(), content.size(), 0) < 0) return errno;
    if (const int error = set_times(other, info.atime, info.mtime)) return error;
    return rename(other, path);
}

bool Storage::use_bytes(uint64_t bytes) {
    return free_.with([&](uint64_t& free) {
        const bool enough = bytes <= free;
        free -= std::min(bytes, free);
        return enough;
    });
}

}  // namespace lifeboat::sim
