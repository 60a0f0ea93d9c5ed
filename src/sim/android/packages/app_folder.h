// The folder of this machine that stands for /data/app of one simulated phone.
#pragma once

#include "base/bytes.h"

#include <string>

namespace lifeboat::sim {

// Made at its birth, and gone with all below it at its end.
class AppFolder {
public:
    // Throws Misuse when no folder can be made.
    AppFolder();
    ~AppFolder();
    AppFolder(const AppFolder&) = delete;
    AppFolder& operator=(const AppFolder&) = delete;

    const std::string& path() const { return path_; }
    // Where a path of the phone ("/data/app/x") lies here.
    std::string host_path(const std::string& phone_path) const;

    static constexpr std::string_view phone_path = "/data/app";

private:
    std::string path_;
};

}  // namespace lifeboat::sim
