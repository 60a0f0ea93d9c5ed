// Packets of AFC, the file service of an iPhone's media folder, as values and as bytes.
//
// Both ends use this. Pure functions. A packet is a header of 40 bytes, parameters that belong to
// the operation, and a payload (content of files, listings). Numbers are little-endian.
#pragma once

#include "base/bytes.h"
#include "phone/phone.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lifeboat::phone::ios {

enum class AfcOperation : uint64_t {
    status = 0x01,
    data = 0x02,
    read_folder = 0x03,
    truncate = 0x07,
    remove = 0x08,
    make_folder = 0x09,
    file_info = 0x0a,
    device_info = 0x0b,
    open = 0x0d,
    open_result = 0x0e,
    read = 0x0f,
    write = 0x10,
    seek = 0x11,
    tell = 0x12,
    tell_result = 0x13,
    close = 0x14,
    set_size = 0x15,
    connection_info = 0x16,
    set_connection_options = 0x17,
    rename = 0x18,
    set_block_size = 0x19,
    set_socket_block_size = 0x1a,
    lock = 0x1b,
    make_link = 0x1c,
    set_modified = 0x1e,
    remove_tree = 0x22,
};

enum class AfcStatus : uint64_t {
    ok = 0,
    unknown = 1,
    read_error = 4,
    write_error = 5,
    unknown_packet = 6,
    invalid_argument = 7,
    not_found = 8,
    is_folder = 9,
    permission_denied = 10,
    timed_out = 12,
    end_of_data = 14,
    not_supported = 15,
    exists = 16,
    busy = 17,
    no_space = 18,
    would_block = 19,
    io_error = 20,
    folder_not_empty = 33,
};

// "no such file", "the phone is full": for messages.
std::string_view text_of(AfcStatus status);

enum class AfcMode : uint64_t {
    read = 1,
    read_write = 2,
    write_new = 3,
    read_write_new = 4,
    append = 5,
    read_append = 6,
};

// What LOCK takes: flock's numbers.
inline constexpr uint64_t afc_lock_exclusive = 2 | 4;  // and do not wait for it
inline constexpr uint64_t afc_lock_release = 8 | 4;

inline constexpr size_t afc_header_size = 40;
// A listing of a folder with 100,000 long names takes 10 MB; of files we ask 1 MiB at a time.
inline constexpr uint64_t longest_afc_packet = uint64_t{64} << 20;

struct AfcHeader {
    AfcOperation operation = AfcOperation::status;
    uint64_t number = 0;  // an answer carries its question's
    uint64_t parameter_size = 0;
    uint64_t payload_size = 0;
};

// `bytes` are afc_header_size. Throws Garbled.
AfcHeader parse_afc_header(ByteView bytes);

struct AfcPacket {
    AfcOperation operation = AfcOperation::status;
    uint64_t number = 0;
    Bytes parameters{};
    Bytes payload{};
};
Bytes afc_bytes(const AfcPacket& packet);
// The same without a copy of the payload, which is sent behind it.
Bytes afc_head(const AfcPacket& packet, uint64_t payload_size);

// Parameters of operations.
Bytes afc_numbers(std::initializer_list<uint64_t> numbers);
Bytes afc_path(std::string_view path);  // with its NUL
Bytes afc_paths(std::string_view first, std::string_view second);
// The number at `index` (0 the first) of the parameters. Throws Garbled when they are too short.
uint64_t afc_number(ByteView parameters, size_t index);

// Texts, each with a NUL behind it: listings.
Bytes afc_texts(const std::vector<std::string>& texts);
std::vector<std::string> parse_afc_texts(ByteView payload);
// Keys and values in turn: infos. A last key without a value is dropped.
using AfcPairs = std::vector<std::pair<std::string, std::string>>;
Bytes afc_pairs(const AfcPairs& pairs);
AfcPairs parse_afc_pairs(ByteView payload);

}  // namespace lifeboat::phone::ios
