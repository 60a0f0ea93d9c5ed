// The EXIF block a phone's camera writes into its pictures.
#pragma once

#include "base/bytes.h"
#include "base/time.h"

#include <cstdint>
#include <optional>
#include <string>

namespace lifeboat::sim {

struct GeoPoint {
    double latitude = 0;  // degrees, north and east positive
    double longitude = 0;
};

struct ExifData {
    std::string maker{};
    std::string model{};
    TimePoint taken{};  // written as UTC
    uint32_t width = 0;
    uint32_t height = 0;
    std::optional<GeoPoint> place{};
};

// What an APP1 marker holds: "Exif\0\0" and a little-endian TIFF.
Bytes make_exif(const ExifData& data);

}  // namespace lifeboat::sim
