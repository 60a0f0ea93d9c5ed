// The private folders of the simulated phone's apps: files with owners, modes and SELinux labels,
// which only root sees.
#pragma once

#include "base/bytes.h"
#include "sim/android/packages/package.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace lifeboat::sim {

enum class PrivateKind { file, folder, link };

struct PrivateNode {
    PrivateKind kind = PrivateKind::file;
    uint32_t mode = 0600;
    uint32_t uid = 0;
    uint32_t gid = 0;
    int64_t modified = 0;  // seconds
    std::string label{};   // "u:object_r:app_data_file:s0:c10,c257,c512,c768"
    std::string target{};  // of a link
    Bytes content{};
};

// By whole path: "/data/data/org.example/files/a". Parents are entries, too.
using PrivateFiles = std::map<std::string, PrivateNode>;

// The label that belongs to everything of this user.
std::string app_label(uint32_t uid);

// The empty folders of an app that was just installed, and what one that is used has in them.
void make_private_folders(PrivateFiles& files, const Package& package);
void fill_private_folders(PrivateFiles& files, const Package& package);
void remove_private_folders(PrivateFiles& files, const std::string& package);

// Whether a path lies where these files are.
bool is_private_path(std::string_view path);
// The paths at and below one; empty when it is not there.
std::vector<std::string> private_tree(const PrivateFiles& files, const std::string& top);

}  // namespace lifeboat::sim
