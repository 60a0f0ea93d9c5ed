#include "sim/android/root/private_files.h"

#include <fmt/format.h>

#include <array>

namespace lifeboat::sim {

namespace {

constexpr std::array<std::string_view, 2> homes{"/data/data", "/data/user_de/0"};
constexpr int64_t made = 1'740'000'000;

PrivateNode folder(uint32_t uid, uint32_t mode = 0700) {
    return {.kind = PrivateKind::folder,
            .mode = mode,
            .uid = uid,
            .gid = uid,
            .modified = made,
            .label = app_label(uid)};
}

PrivateNode file(uint32_t uid, std::string_view content) {
    PrivateNode node{.uid = uid, .gid = uid, .modified = made + 7, .label = app_label(uid)};
    node.content = to_bytes(content);
    return node;
}

}  // namespace

std::string app_label(uint32_t uid) {
    const uint32_t app = uid % 100000;
    return fmt::format("u:object_r:app_data_file:s0:c{},c{},c512,c768", app & 0xff,
                       256 + ((app >> 8) & 0xff));
}

void make_private_folders(PrivateFiles& files, const Package& package) {
    for (const std::string_view home : homes) {
        const std::string top = fmt::format("{}/{}", home, package.name);
        files[top] = folder(package.uid);
        for (const char* cache : {"/cache", "/code_cache"}) {
            files[top + cache] = folder(package.uid, 02771);
            files[top + cache].gid = package.uid + 10000;  // u0_aN_cache
        }
    }
}

void fill_private_folders(PrivateFiles& files, const Package& package) {
    const std::string top = "/data/data/" + package.name;
    const uint32_t uid = package.uid;
    for (const char* name : {"/databases", "/shared_prefs", "/files", "/files/deep er"})
        files[top + name] = folder(uid, 0771);
    std::string large(150'000, '\0');
    for (size_t i = 0; i < large.size(); ++i)
        large[i] = static_cast<char>((i * 31 + uid) >> (i % 5));
    files[top + "/databases/main.db"] = file(uid, "SQLite format 3" + large);
    files[top + "/shared_prefs/settings.xml"] =
        file(uid, "<map><int name=\"x\" value=\"7\"/></map>\n");
    files[top + "/files/deep er/it's\na note.txt"] = file(uid, "written by " + package.name);
    files[top + "/files/empty"] = file(uid, "");
    files[top + "/files/" + std::string(120, 'n')] = file(uid, "a long name");
    PrivateNode link{.kind = PrivateKind::link,
                     .mode = 0777,
                     .uid = uid,
                     .gid = uid,
                     .modified = made,
                     .label = app_label(uid),
                     .target = "main.db"};
    files[top + "/databases/current"] = link;
    files[top + "/cache/thumbnail"] = file(uid, "can be made again");
    files["/data/user_de/0/" + package.name + "/alarm"] = file(uid, "07:00");
}

void remove_private_folders(PrivateFiles& files, const std::string& package) {
    for (const std::string_view home : homes) {
        for (const std::string& path : private_tree(files, fmt::format("{}/{}", home, package)))
            files.erase(path);
    }
}

bool is_private_path(std::string_view path) {
    for (const std::string_view home : homes) {
        if (path == home || (path.starts_with(home) && path[home.size()] == '/')) return true;
    }
    return path.starts_with("/data/misc/");
}

std::vector<std::string> private_tree(const PrivateFiles& files, const std::string& top) {
    std::vector<std::string> all;
    for (auto at = files.lower_bound(top); at != files.end(); ++at) {
        if (!at->first.starts_with(top)) break;
        if (at->first.size() > top.size() && at->first[top.size()] != '/') continue;
        all.push_back(at->first);
    }
    return all;
}

}  // namespace lifeboat::sim
