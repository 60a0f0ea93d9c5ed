#include "storage/local_place.h"

#include "base/error.h"
#include "storage/backend.h"
#include "storage/file_descriptor.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <mntent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <memory>
#include <set>
#include <utility>

namespace lifeboat::storage {
namespace {

struct CloseTable {
    void operator()(FILE* table) const { ::endmntent(table); }
};

// The folders that a table of mounts names; none when there is no such table.
std::set<std::string> mount_points(const std::string& file) {
    std::set<std::string> points;
    const std::unique_ptr<FILE, CloseTable> table(::setmntent(file.c_str(), "re"));
    if (!table) return points;
    mntent entry{};
    std::array<char, 4096> space{};
    while (::getmntent_r(table.get(), &entry, space.data(), static_cast<int>(space.size()))) {
        points.insert(entry.mnt_dir);
    }
    return points;
}

std::string real_path(const std::string& path) {
    std::array<char, PATH_MAX> resolved{};
    return ::realpath(path.c_str(), resolved.data()) != nullptr ? resolved.data() : "";
}

std::string parent_of(std::string path) {
    while (path.size() > 1 && path.back() == '/') path.pop_back();
    const size_t slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

bool lies_in(const std::string& path, const std::string& folder) {
    return path == folder || path.starts_with(folder + "/");
}

void require_mounted(const std::string& folder, const MountTables& tables) {
    const std::set<std::string> mounted = mount_points(tables.mounted);
    for (const std::string& point : mount_points(tables.known)) {
        if (!lies_in(folder, point) || mounted.contains(point)) continue;
        throw Unreachable(fmt::format("the disk of {} is not mounted", point),
                          fmt::format("Plug in the disk and mount it on {}, then try again. "
                                      "Nothing was written.",
                                      point));
    }
}

}  // namespace

void make_local_place(const std::string& path, const MountTables& tables) {
    const std::string existing = real_path(path);
    const std::string folder = existing.empty() ? real_path(parent_of(path)) : existing;
    if (folder.empty()) {
        throw Unreachable(fmt::format("the folder {} is not there", parent_of(path)),
                          "Plug in the disk, or make the folder, and try again. Only the last "
                          "folder of a place is made for you.");
    }
    require_mounted(folder, tables);
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
        throw_system_error(errno, "making the folder " + path);
    }
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) {
        throw Misuse(fmt::format("{} is no folder", path), "Name a folder, new or existing.");
    }
}

}  // namespace lifeboat::storage
