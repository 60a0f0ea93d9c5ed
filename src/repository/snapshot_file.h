// Snapshot and config files as JSON.
#pragma once

#include "repository/polynomial.h"
#include "repository/repository.h"

#include <string>
#include <string_view>

namespace lifeboat::repository {

std::string encode_snapshot(const Snapshot& snapshot);
// Without its id, which is the file's name. Throws Corrupt.
Snapshot decode_snapshot(std::string_view json);

struct Config {
    uint64_t version = 2;
    std::string id{};  // 64 hexadecimal digits
    Polynomial polynomial;
};

std::string encode_config(const Config& config);
// Throws Corrupt, and Unsupported for a version of the format that this program does not know.
Config decode_config(std::string_view json);

}  // namespace lifeboat::repository
