// Folders below an open one, opened part by part without following links.
#pragma once

#include "storage/file_descriptor.h"

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>

namespace lifeboat::storage {

enum class WhenAbsent { stay_absent, create };

// The folder "data/ab/" ("" is the root itself) below `root`, which only has to be open; or the
// error number that says why it is not.
struct OpenedFolder {
    FileDescriptor folder{};
    int error_number = 0;
};
OpenedFolder open_folder(int root, const std::string& folder, WhenAbsent when_absent);

// The file "data/ab/abcd" below `root`; not open and `errno` set when it is not. One call where the
// system has openat2(2): every piece that is read out of a pack begins with it.
FileDescriptor open_beneath(int root, const std::string& name, int flags);

struct FoundFile {
    std::string name{};  // from the root: "data/ab/abcd"
    uint64_t size = 0;
    int64_t modified_s = 0;
};

// Every regular file in and below `folder` ("" or "data/"), temporary ones too; at most 8 levels
// deep. What vanishes while it is read is left out. Returns 0 or the error number that ended it.
using EachFile = std::function<void(const FoundFile&)>;
int walk_files(int root, const std::string& folder, const EachFile& each,
               const std::stop_token& stop);

}  // namespace lifeboat::storage
