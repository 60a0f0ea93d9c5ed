#include "sim/android/packages/app_folder.h"

#include "base/error.h"

#include <fmt/format.h>
#include <stdlib.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace lifeboat::sim {

AppFolder::AppFolder()
    : path_((std::filesystem::temp_directory_path() / "lifeboat-sim-apps-XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr) {
        throw Misuse(fmt::format("no folder for the phone's apps: {}", std::strerror(errno)));
    }
}

AppFolder::~AppFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::string AppFolder::host_path(const std::string& path) const {
    return path_ + path.substr(phone_path.size());
}

}  // namespace lifeboat::sim
