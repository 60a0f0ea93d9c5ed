// The text header of an Android backup file (.ab), as `adb backup` writes it: versions 1 to 5,
// compressed or not, in the clear or encrypted. Grammar: docs/formats/ab.md.
#pragma once

#include "base/error.h"
#include "item/item.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lifeboat::ab {

// The first line of each such file.
inline constexpr std::string_view magic = "ANDROID BACKUP\n";

inline constexpr uint32_t newest_version = 5;

// The file has no byte: the phone sent nothing, because nobody allowed it to.
struct NothingSaved : Missing {
    using Missing::Missing;
};

// How the master key is sealed by the password. Sizes in bytes.
struct Encryption {
    Bytes user_salt{};      // 64
    Bytes checksum_salt{};  // 64
    uint32_t rounds = 10'000;
    Bytes user_iv{};            // 16
    Bytes sealed_master_key{};  // whole blocks: 96 of a real phone
};

struct Header {
    uint32_t version = newest_version;
    bool compressed = true;
    std::optional<Encryption> encryption{};
};

// Whether a file that begins so may be one.
bool begins_as_backup(ByteView first_bytes);

// Takes exactly the header from the stream. Throws NothingSaved when it ends before its first byte;
// Corrupt for what is no header; Unsupported for a version or a cipher that this program does not
// know; and what the stream throws.
Header read_header(ByteSource& from);

std::string header_text(const Header& header);

}  // namespace lifeboat::ab
