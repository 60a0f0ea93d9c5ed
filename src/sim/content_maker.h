// Fills a folder as a phone's shared storage is filled: photos, films, documents, odd names.
#pragma once

#include "base/bytes.h"
#include "base/time.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lifeboat::sim {

struct ContentOptions {
    std::string folder{};
    uint64_t photos = 640;
    uint64_t seed = 7;
    bool others = true;  // everything that is no photo
    std::string maker{"Google"};
    std::string model{"Pixel 8"};
    // Photos go back from here, some a day.
    TimePoint newest{std::chrono::sys_days{std::chrono::year{2025} / 6 / 1}};
};

struct ContentSummary {
    uint64_t photos = 0;
    uint64_t others = 0;
    uint64_t bytes = 0;
};

// Throws Misuse when the folder cannot be written.
ContentSummary make_content(const ContentOptions& options);

struct NewPhotos {
    std::string folder{};  // the host folder that is /sdcard
    uint64_t count = 0;
    uint64_t seed = 1;
    std::string maker{};
    std::string model{};
    TimePoint newest{};
};

// Photos as the camera takes them, into DCIM/Camera; their paths below the folder.
std::vector<std::string> add_camera_photos(const NewPhotos& request);

// Writes a whole file with its time; makes the folders above it.
void write_content_file(const std::string& path, ByteView data, TimePoint modified);

}  // namespace lifeboat::sim
