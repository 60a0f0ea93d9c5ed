// What the tests of the chunker cut: restic's vectors, made-up data, and the definition taken
// literally as the judge.
#pragma once

#include "base/hex.h"
#include "repository/chunker.h"
#include "repository/cut_search.h"
#include "sys/random.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace lifeboat::repository {

inline Polynomial test_polynomial() {
    return *Polynomial::parse("3da3358b4dc173");
}

inline Bytes seeded_bytes(uint64_t seed, size_t size) {
    Bytes bytes(size);
    sys::SeededRandom(seed).fill(bytes);
    return bytes;
}

inline Bytes repeated(std::string_view text, size_t size) {
    Bytes bytes(size);
    for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(text[i % text.size()]);
    return bytes;
}

inline std::vector<size_t> chunk_sizes(const ChunkCutter& cutter, ByteView data) {
    std::vector<size_t> sizes;
    while (!data.empty()) {
        const size_t cut = cutter.find_cut(data);
        sizes.push_back(cut == 0 ? data.size() : cut);
        data = data.subspan(sizes.back());
    }
    return sizes;
}

// The length of the first chunk, byte by byte with the window kept as a ring.
inline size_t defined_chunk_size(const RabinTables& tables, ByteView data) {
    std::array<uint8_t, window_size> window{};
    size_t place = 0;
    uint64_t digest = 0;
    const auto slide = [&](uint8_t in) {
        digest ^= tables.out[std::exchange(window[place], in)];
        place = (place + 1) % window_size;
        digest = ((digest << 8) | in) ^ tables.mod[digest >> 45];
    };
    slide(1);
    for (size_t at = ChunkCutter::min_size - window_size; at < data.size();) {
        slide(std::to_integer<uint8_t>(data[at++]));
        const bool cut = (digest & cut_mask) == 0 || at >= ChunkCutter::max_size;
        if (at >= ChunkCutter::min_size && cut) return at;
    }
    return data.size();
}

inline std::vector<size_t> defined_chunk_sizes(const Polynomial& polynomial, ByteView data) {
    const CutTables tables(polynomial);
    std::vector<size_t> sizes;
    while (!data.empty()) {
        sizes.push_back(defined_chunk_size(tables.rabin, data));
        data = data.subspan(sizes.back());
    }
    return sizes;
}

inline std::vector<std::pair<std::string, Bytes>> varied_data() {
    std::vector<std::pair<std::string, Bytes>> all;
    all.emplace_back("random", seeded_bytes(4711, 12'345'678));
    all.emplace_back("zeros", Bytes(1'100'000));
    all.emplace_back("constant", Bytes(9'000'000, std::byte{0xff}));
    all.emplace_back("period 63", repeated(std::string(62, 'a') + "b", 3'000'000));
    all.emplace_back("period 4096", repeated(to_text(seeded_bytes(5, 4096)), 9'000'000));
    Bytes mixed = seeded_bytes(6, 5'000'000);
    std::fill_n(mixed.begin() + 1'000'000, 1'500'000, std::byte{0});
    all.emplace_back("random around zeros", std::move(mixed));
    return all;
}

// Lengths around the borders of the blocks that the variants work in.
inline std::vector<size_t> interesting_positions() {
    std::vector<size_t> all;
    for (const size_t block : {0, 64, 1056, 1088, 4160, 16640, 33'792, 67'584, 69'632, 139'264}) {
        for (const size_t near : {0, 1, 2, 31, 63, 64, 65, 127}) {
            all.push_back(block + near);
            if (block > near) all.push_back(block - near);
        }
    }
    return all;
}

// Makes the 64 bytes before `end` a window whose digest is zero: zero bytes, and no zero before
// them.
inline void plant_border(Bytes& data, size_t end) {
    data[end - window_size - 1] = std::byte{0xff};
    std::fill_n(data.begin() + static_cast<std::ptrdiff_t>(end - window_size), window_size,
                std::byte{0});
}

struct ChunkerVector {
    std::string name{};
    Polynomial polynomial = test_polynomial();
    Bytes input{};
    std::vector<size_t> sizes{};
};

inline Bytes vector_input(const nlohmann::json& input) {
    const std::string kind = input.at("kind");
    if (kind == "hex") return *from_hex(input.at("hex").get<std::string>());
    const auto size = input.at("bytes").get<size_t>();
    Bytes bytes;
    if (kind == "splitmix64") bytes = seeded_bytes(input.at("seed"), size);
    if (kind == "zeros") bytes = Bytes(size);
    if (kind == "repeat") bytes = repeated(input.at("text").get<std::string>(), size);
    append(bytes, *from_hex(input.value("append_hex", "")));
    return bytes;
}

inline std::vector<ChunkerVector> read_chunker_vectors(const std::string& path) {
    std::ifstream file(path);
    const auto json = nlohmann::json::parse(file);
    std::vector<ChunkerVector> all;
    for (const auto& each : json.at("vectors")) {
        ChunkerVector vector{
            .name = each.at("name"),
            .polynomial = *Polynomial::parse(each.at("polynomial").get<std::string>()),
            .input = vector_input(each.at("input"))};
        if (vector.input.size() != each.at("input_bytes")) {
            throw std::runtime_error("the input of " + vector.name + " has another size");
        }
        for (const auto& chunk : each.at("chunks")) vector.sizes.push_back(chunk.at(1));
        all.push_back(std::move(vector));
    }
    return all;
}

}  // namespace lifeboat::repository
