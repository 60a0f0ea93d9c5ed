// A file for bytes that nobody else may read: it loses its name before the first byte is written.
#pragma once

#include "base/bytes.h"

#include <cstdint>
#include <string>

namespace lifeboat::sys {

// In the system's folder for temporary files, readable by this user only. A library that opens
// files by name gets the name of the empty file; hide() then takes the name away, and the kernel
// drops the content when the last holder closes it, after a crash too. One thread.
class PrivateFile {
public:
    // Throws NoSpace or Denied.
    PrivateFile();
    ~PrivateFile();
    PrivateFile(const PrivateFile&) = delete;
    PrivateFile& operator=(const PrivateFile&) = delete;

    const std::string& path() const { return path_; }  // until hide()
    void hide();
    // Before hide(): as long as it will be, all zeros, for a library that asks when it opens.
    void resize(uint64_t size);
    // Only after hide(). Throws NoSpace.
    void append(ByteView bytes);

private:
    std::string path_;
    int file_ = -1;
    bool hidden_ = false;
};

}  // namespace lifeboat::sys
