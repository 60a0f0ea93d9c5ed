#include "app/place_location.h"

#include "app/files.h"
#include "base/error.h"
#include "base/text.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cstdlib>
#include <filesystem>

namespace lifeboat::app {
namespace {

namespace fs = std::filesystem;

// mountinfo writes blanks and backslashes as \ooo.
std::string unescaped(std::string_view text) {
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
        const bool escape = text[i] == '\\' && i + 3 < text.size();
        if (!escape) {
            out += text[i];
            continue;
        }
        int value = 0;
        for (size_t j = 1; j <= 3; ++j) value = value * 8 + (text[i + j] - '0');
        out += static_cast<char>(value);
        i += 3;
    }
    return out;
}

bool lies_in(const std::string& path, const std::string& folder) {
    if (folder == "/") return true;
    return path == folder || path.starts_with(folder + "/");
}

// The whole disk of a partition, as /sys tells: ".../block/sda/sda1" -> "sda".
std::string disk_of(dev_t device) {
    std::error_code failed;
    const std::string link = fmt::format("/sys/dev/block/{}:{}", major(device), minor(device));
    const fs::path node = fs::canonical(link, failed);
    if (failed) return {};
    const bool is_partition = fs::exists(node / "partition", failed);
    return (is_partition ? node.parent_path() : node).filename().string();
}

std::string device_of(const std::string& source, dev_t device) {
    if (source.starts_with("//")) {  // //server/share
        return "server " + source.substr(2, source.find('/', 2) - 2);
    }
    const size_t colon = source.find(":/");  // server:/export
    if (colon != std::string::npos && colon > 0) return "server " + source.substr(0, colon);
    struct stat about {};
    const bool is_block = source.starts_with("/dev/") && ::stat(source.c_str(), &about) == 0 &&
                          S_ISBLK(about.st_mode);
    const std::string disk = disk_of(is_block ? about.st_rdev : device);
    if (!disk.empty()) return "disk " + disk;
    return fmt::format("file system {}:{}", major(device), minor(device));
}

}  // namespace

std::string mount_source(const std::string& mountinfo, const std::string& path) {
    std::string best_folder;
    std::string best_source;
    for (const std::string_view line : lines(mountinfo)) {
        const size_t dash = line.find(" - ");
        const auto left = split(line.substr(0, dash), ' ');
        if (dash == std::string_view::npos || left.size() < 5) continue;
        const auto right = split(line.substr(dash + 3), ' ');
        const std::string folder = unescaped(left[4]);
        // A later mount on the same folder hides the earlier one.
        if (right.size() < 2 || folder.size() < best_folder.size()) continue;
        if (!lies_in(path, folder)) continue;
        best_folder = folder;
        best_source = unescaped(right[1]);
    }
    return best_source;
}

PlaceLocation locate(const std::string& path) {
    std::error_code failed;
    PlaceLocation result{.path = fs::canonical(path, failed).string()};
    if (failed) result.path = path;
    struct stat about {};
    if (::stat(path.c_str(), &about) != 0) return result;
    constexpr size_t mountinfo_limit = size_t{4} << 20;
    const auto mountinfo = read_file_if_there("/proc/self/mountinfo", mountinfo_limit);
    result.device = device_of(mount_source(mountinfo.value_or(""), result.path), about.st_dev);
    return result;
}

}  // namespace lifeboat::app
