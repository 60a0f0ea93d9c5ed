// A file that appears under its name complete and safe from a power cut, or not at all.
#pragma once

#include "base/bytes.h"
#include "storage/file_descriptor.h"

#include <sys/types.h>

#include <stop_token>
#include <string>

namespace lifeboat::storage {

enum class DirectIo { when_possible, never };

struct DurableWrite {
    int folder = -1;          // open folder that the file appears in
    std::string name{};       // its last part
    std::string temporary{};  // where it grows until it is complete; in the same folder
    mode_t mode = 0400;       // what it ends with
    DirectIo direct = DirectIo::when_possible;
    std::string shown{};  // for messages
};

// Writes, syncs, renames and syncs the folder. False when the file system refused to write past the
// page cache and it was written through it: not worth trying again. Throws as throw_system_error,
// and Cancelled.
bool write_durably(const DurableWrite& write, ByteView content, const std::stop_token& stop);

// Reads and writes of this file go past the page cache, or through it again. False when the file
// system cannot do that.
bool set_direct(int file, bool on);

// Makes the entries of an open folder survive a power cut, where its file system can.
void sync_folder(int folder, const std::string& shown);

}  // namespace lifeboat::storage
