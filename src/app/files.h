// The program's own small files: read with a limit, written as a whole or not at all.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace lifeboat::app {

inline constexpr size_t config_limit = size_t{1} << 20;

// Nothing when there is no such file. Throws Denied (may not be read), Misuse (no regular file, or
// larger than `limit`).
std::optional<std::string> read_file_if_there(const std::string& path, size_t limit);

// Makes the folders it needs (0700), writes a temporary file (0600) beside it, syncs and renames.
// A symbolic link stays one: what it points to is replaced. Throws Denied, NoSpace, Temporary.
void write_file_atomically(const std::string& path, const std::string& content);

// Makes a folder and its parents with mode 0700; one that is there stays as it is.
void make_private_folder(const std::string& path);

}  // namespace lifeboat::app
