// Files inside of a DeviceLink transfer: raw frames between two messages, in either direction.
//
// Both ends use this. A list of files, each: its name (when the phone sends: its name on the phone,
// then its name in the backup), blocks of data, one block that ends it; an empty name ends the
// list. A name is a u32 length and text; a block is a u32 count, a code, and count - 1 bytes.
// Numbers are big-endian.
#pragma once

#include "base/bytes.h"
#include "item/item.h"
#include "phone/ios/device_link_wire.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lifeboat::phone::ios {

// The largest block we send: with blocks of many megabytes the phone's backup service runs out of
// memory and is killed.
inline constexpr size_t longest_sent_block = 32768;
inline constexpr size_t longest_file_name = 4096;

namespace block_code {
inline constexpr uint8_t success = 0x00;
inline constexpr uint8_t not_found = 0x06;
inline constexpr uint8_t io_error = 0x0b;
inline constexpr uint8_t data = 0x0c;
}  // namespace block_code

void append_file_name(Bytes& to, std::string_view name);
// The head of a data block; its `size` bytes follow. Size is at most longest_sent_block.
void append_data_head(Bytes& to, size_t size);
// Ends a file that was sent whole.
void append_file_end(Bytes& to);
// Ends a file that cannot be sent, or not to its end.
void append_file_failure(Bytes& to, DlCode code, std::string_view text);
void append_list_end(Bytes& to);

enum class FileNames {
    one,  // computer to phone
    two,  // phone to computer
};

// How a file ended.
struct FileEnding {
    uint8_t code = block_code::success;
    std::string text{};
    bool after_data = false;

    // A phone of old ended good files with a bare 0x0b after the data. With a text it is a failure.
    bool is_success() const;
};

// Reads the list of one transfer off `from`, file by file. A stream that ends before the list does
// throws sys::ConnectionLost; what no phone sends throws Garbled.
class FileFrameReader final : public ByteSource {
public:
    FileFrameReader(ByteSource& from, FileNames names) : from_(from), names_(names) {}

    struct Names {
        std::string on_phone{};
        std::string in_backup{};  // the same when only one is sent
    };
    // Nothing at the end of the list. What was not read of the file before is skipped.
    std::optional<Names> next();

    // The content of the file, 0 at its end, however it ended: ask ending() then.
    size_t read(MutableByteView out) override;
    // Of the file that was read to its end.
    const FileEnding& ending() const { return ending_; }
    uint64_t bytes_read() const { return bytes_; }

private:
    std::string take_name();
    void next_block();
    void skip_file();

    ByteSource& from_;
    FileNames names_;
    bool in_file_ = false;
    uint64_t left_ = 0;   // of the current block
    uint64_t bytes_ = 0;  // of the current file
    FileEnding ending_{};
};

// Fills `out`; throws sys::ConnectionLost when the stream ends before.
void read_exactly(ByteSource& from, MutableByteView out);
// `size` bytes, of which memory is taken only as they come: a hostile length costs nothing.
Bytes read_block(ByteSource& from, size_t size);

// Where a name of the phone lies in the backup's folder: leading slashes are taken off, and what
// leaves the folder (or is no path) is nothing.
std::optional<ItemPath> path_in_backup(std::string_view name);

}  // namespace lifeboat::phone::ios
