// Photos that no camera took: every one a different landscape, a real JPEG with EXIF.
#pragma once

#include "base/bytes.h"
#include "sim/exif.h"

#include <cstdint>
#include <string>

namespace lifeboat::sim {

struct PhotoOptions {
    uint64_t seed = 1;
    std::string maker{"Google"};
    std::string model{"Pixel 8"};
    TimePoint taken{};
    bool with_place = true;
    uint32_t width = 0;  // 0: the seed chooses the format
    uint32_t height = 0;
};

// The same options give the same bytes; another seed gives another picture.
Bytes make_photo(const PhotoOptions& options);

}  // namespace lifeboat::sim
