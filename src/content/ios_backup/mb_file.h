// What Manifest.db says about one file: an object of the class MBFile in an NSKeyedArchiver list.
#pragma once

#include "base/bytes.h"

#include <cstdint>
#include <optional>
#include <string>

namespace lifeboat::content {

struct MbFile {
    uint64_t size = 0;
    uint32_t mode = 0;                            // all of st_mode, with the kind of file
    int64_t modified = 0, changed = 0, born = 0;  // seconds since 1970
    uint32_t protection_class = 0;
    std::string relative_path{};
    std::string link_target{};  // of a symbolic link
    Bytes digest{};             // SHA-1, 20 bytes; on about half of the files of real backups
    Bytes encryption_key{};     // class (4 bytes) and wrapped key (40); empty: not encrypted
};

// Throws Corrupt.
MbFile read_mb_file(ByteView archive);

}  // namespace lifeboat::content
