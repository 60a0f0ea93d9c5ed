#include "sim/photo_maker.h"

#include "sys/random.h"

// jpeglib.h needs FILE and size_t but does not include what declares them.
// clang-format off
#include <cstddef>
#include <cstdio>
#include <jpeglib.h>
// clang-format on

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <numbers>
#include <vector>

namespace lifeboat::sim {

namespace {

struct Colour {
    double r = 0;
    double g = 0;
    double b = 0;
};

Colour mix(const Colour& a, const Colour& b, double t) {
    return {a.r + (b.r - a.r) * t, a.g + (b.g - a.g) * t, a.b + (b.b - a.b) * t};
}

uint8_t channel(double value) {
    return static_cast<uint8_t>(std::clamp(value, 0.0, 255.0));
}

// A range of hills: everything below its outline has its colour, paler towards the foot.
struct Hills {
    std::vector<int> outline{};  // per column, the first row that belongs to it
    Colour top{};
    Colour foot{};
};

struct Scene {
    int width = 0;
    int height = 0;
    Colour zenith{};
    Colour horizon{};
    int sun_x = 0;
    int sun_y = 0;
    int sun_radius = 0;
    std::vector<Hills> ranges{};
    int noise = 0;  // strength: what decides the file's size
    size_t noise_offset = 0;
};

// Grain, made once: a photo takes its rows from different places in it.
const std::vector<int8_t>& grain() {
    static const std::vector<int8_t> table = [] {
        std::vector<int8_t> values(1u << 16);
        sys::SeededRandom random(99);
        random.fill(std::as_writable_bytes(std::span(values)));
        return values;
    }();
    return table;
}

double unit(sys::Random& random) {
    return static_cast<double>(random.below(1u << 20)) / (1u << 20);
}

Colour pick(sys::Random& random, const std::array<Colour, 5>& from) {
    const Colour& base = from[random.below(from.size())];
    return mix(base, {unit(random) * 255, unit(random) * 255, unit(random) * 255}, 0.12);
}

Hills make_hills(sys::Random& random, const Scene& scene, double level, const Colour& colour) {
    Hills hills;
    hills.top = colour;
    hills.foot = mix(colour, scene.horizon, 0.35);
    const double a = unit(random) * 6;
    const double b = unit(random) * 6;
    const double waves = 1.5 + unit(random) * 3;
    const double steep = 0.03 + unit(random) * 0.07;
    for (int x = 0; x < scene.width; ++x) {
        const double t = 2 * std::numbers::pi * x / scene.width;
        const double rise = std::sin(t * waves + a) + 0.5 * std::sin(t * waves * 2.7 + b);
        hills.outline.push_back(static_cast<int>(scene.height * (level + steep * rise)));
    }
    return hills;
}

Scene make_scene(uint64_t seed, uint32_t width, uint32_t height) {
    static constexpr std::array<Colour, 5> skies{
        {{58, 110, 190}, {90, 140, 215}, {40, 50, 110}, {200, 120, 90}, {120, 160, 200}}};
    static constexpr std::array<Colour, 5> horizons{
        {{245, 220, 190}, {255, 190, 140}, {210, 225, 240}, {250, 160, 120}, {235, 235, 225}}};
    static constexpr std::array<Colour, 5> grounds{
        {{60, 90, 60}, {80, 70, 90}, {40, 80, 90}, {110, 95, 60}, {50, 60, 75}}};
    static constexpr std::array<std::array<uint32_t, 2>, 4> formats{
        {{640, 480}, {800, 600}, {720, 960}, {960, 720}}};
    sys::SeededRandom random(seed);
    const auto& format = formats[random.below(formats.size())];
    Scene scene;
    scene.width = static_cast<int>(width != 0 ? width : format[0]);
    scene.height = static_cast<int>(height != 0 ? height : format[1]);
    scene.zenith = pick(random, skies);
    scene.horizon = pick(random, horizons);
    scene.sun_x = static_cast<int>(unit(random) * scene.width);
    scene.sun_y = static_cast<int>((0.1 + unit(random) * 0.35) * scene.height);
    scene.sun_radius = static_cast<int>((0.03 + unit(random) * 0.06) * scene.height);
    scene.noise = 2 + static_cast<int>(random.below(10));
    scene.noise_offset = static_cast<size_t>(random.number());
    const auto count = 2 + random.below(3);
    for (uint64_t i = 0; i < count; ++i) {
        const double level = 0.5 + 0.4 * static_cast<double>(i) / static_cast<double>(count);
        scene.ranges.push_back(make_hills(random, scene, level, pick(random, grounds)));
    }
    return scene;
}

void fill(std::vector<uint8_t>& row, int from, int to, const Colour& colour) {
    const std::array<uint8_t, 3> bytes{channel(colour.r), channel(colour.g), channel(colour.b)};
    for (int x = std::max(from, 0); x < to; ++x) {
        std::copy(bytes.begin(), bytes.end(), row.begin() + ptrdiff_t{3} * x);
    }
}

void paint_row(const Scene& scene, int y, std::vector<uint8_t>& row) {
    const double down = static_cast<double>(y) / scene.height;
    fill(row, 0, scene.width, mix(scene.zenith, scene.horizon, std::min(1.0, down * 1.6)));
    const int dy = y - scene.sun_y;
    if (std::abs(dy) < scene.sun_radius) {
        const int half = static_cast<int>(std::sqrt(scene.sun_radius * scene.sun_radius - dy * dy));
        fill(row, scene.sun_x - half, std::min(scene.sun_x + half, scene.width), {255, 244, 214});
    }
    for (const Hills& hills : scene.ranges) {
        const Colour colour = mix(hills.top, hills.foot, down);
        for (int x = 0; x < scene.width;) {
            int end = x;
            const bool inside = y >= hills.outline[static_cast<size_t>(x)];
            while (end < scene.width && (y >= hills.outline[static_cast<size_t>(end)]) == inside) {
                ++end;
            }
            if (inside) fill(row, x, end, colour);
            x = end;
        }
    }
    const auto& table = grain();
    const size_t start = (scene.noise_offset + static_cast<size_t>(y) * 1021) % (table.size() / 2);
    for (size_t i = 0; i < row.size(); ++i) {
        const int value = row[i] + table[start + i] * scene.noise / 128;
        row[i] = static_cast<uint8_t>(std::clamp(value, 0, 255));
    }
}

struct FreeC {
    void operator()(unsigned char* memory) const { std::free(memory); }
};

}  // namespace

Bytes make_photo(const PhotoOptions& options) {
    const Scene scene = make_scene(options.seed, options.width, options.height);
    sys::SeededRandom random(options.seed ^ 0x5eed);
    ExifData exif{options.maker,
                  options.model,
                  options.taken,
                  static_cast<uint32_t>(scene.width),
                  static_cast<uint32_t>(scene.height),
                  std::nullopt};
    if (options.with_place) {
        exif.place = GeoPoint{36 + unit(random) * 28, -9 + unit(random) * 34};
    }
    const Bytes app1 = make_exif(exif);

    jpeg_compress_struct jpeg{};
    jpeg_error_mgr errors{};
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    unsigned char* memory = nullptr;
    unsigned long size = 0;
    jpeg_mem_dest(&jpeg, &memory, &size);
    jpeg.image_width = static_cast<JDIMENSION>(scene.width);
    jpeg.image_height = static_cast<JDIMENSION>(scene.height);
    jpeg.input_components = 3;
    jpeg.in_color_space = JCS_RGB;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, 88, TRUE);
    jpeg.write_JFIF_header = FALSE;
    jpeg_start_compress(&jpeg, TRUE);
    jpeg_write_marker(&jpeg, JPEG_APP0 + 1, as_uchar(app1), static_cast<unsigned>(app1.size()));
    std::vector<uint8_t> row(static_cast<size_t>(scene.width) * 3);
    for (int y = 0; y < scene.height; ++y) {
        paint_row(scene, y, row);
        JSAMPROW pointer = row.data();
        jpeg_write_scanlines(&jpeg, &pointer, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    const std::unique_ptr<unsigned char, FreeC> owner(memory);
    const auto view = std::as_bytes(std::span(memory, size));
    return {view.begin(), view.end()};
}

}  // namespace lifeboat::sim
