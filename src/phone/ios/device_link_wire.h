// Messages of DeviceLink, in which a backing-up iPhone asks the computer for files and folders, as
// values and as property lists.
//
// Both ends use this: the phone (simulated) writes commands and reads answers, we do the opposite.
// Pure functions. Each message is an array whose first entry is its name;
// docs/formats/iphone-wire.md has the table.
#pragma once

#include "phone/phone.h"
#include "plist/value.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace lifeboat::phone::ios {

// What a status says, as the negative numbers on the wire. Files that fail inside of a transfer
// carry the same without the sign, in one byte.
enum class DlCode : int64_t {
    ok = 0,
    failed = -1,
    unimplemented = -2,
    not_found = -6,
    exists = -7,
    not_folder = -8,
    is_folder = -9,
    loop = -10,
    io_error = -11,
    multiple = -13,  // a transfer of several files, some of which failed: the payload says which
    disconnected = -14,
    no_space = -15,
};

// Commands of the phone.
struct DownloadFiles {  // the phone wants these files of the backup
    std::vector<std::string> paths{};
    uint64_t total_bytes = 0;
    bool operator==(const DownloadFiles&) const = default;
};
struct UploadFiles {  // file frames follow at once
    uint64_t total_bytes = 0;
    bool operator==(const UploadFiles&) const = default;
};
struct GetFreeSpace {
    bool operator==(const GetFreeSpace&) const = default;
};
struct PurgeSpace {
    uint64_t bytes = 0;
    int64_t urgency = 0;
    bool operator==(const PurgeSpace&) const = default;
};
struct ListFolder {
    std::string path{};
    bool operator==(const ListFolder&) const = default;
};
struct CreateFolder {
    std::string path{};
    bool operator==(const CreateFolder&) const = default;
};
struct MoveItems {
    std::vector<std::pair<std::string, std::string>> moves{};  // from, to
    bool operator==(const MoveItems&) const = default;
};
struct RemoveItems {
    std::vector<std::string> paths{};
    bool operator==(const RemoveItems&) const = default;
};
struct CopyItem {
    std::string from{};
    std::string to{};
    bool operator==(const CopyItem&) const = default;
};
// Not about files.
struct ProcessMessage {
    plist::Dict message{};
    bool operator==(const ProcessMessage&) const = default;
};
struct Ping {
    std::string text{};
    bool operator==(const Ping&) const = default;
};
struct Disconnect {
    std::string text{};
    bool operator==(const Disconnect&) const = default;
};
struct UnknownCommand {
    std::string name{};
    bool operator==(const UnknownCommand&) const = default;
};

using DlCommand = std::variant<DownloadFiles, UploadFiles, GetFreeSpace, PurgeSpace, ListFolder,
                               CreateFolder, MoveItems, RemoveItems, CopyItem, ProcessMessage, Ping,
                               Disconnect, UnknownCommand>;

struct DlMessage {
    DlCommand command{};
    std::optional<double> progress{};  // of the whole job, 0 to 100; nothing: as before
    bool operator==(const DlMessage&) const = default;
};

// The name of any message. Throws Garbled when the value is no array that begins with a text.
std::string_view dl_name(const plist::Value& message);

// Throws Garbled when a known command lacks what it must have, or has more files than any phone
// names at once.
DlMessage parse_dl_message(const plist::Value& message);
plist::Array dl_array(const DlMessage& message);

// Stands where a text is wanted and there is none.
inline constexpr std::string_view empty_parameter = "___EmptyParameterString___";

// The answer to a command.
struct DlStatus {
    DlCode code = DlCode::ok;
    std::string text{};
    plist::Value payload{};
    bool operator==(const DlStatus&) const = default;
};
// Always four entries, absent ones written as such: phones hang up on three.
plist::Array dl_array(const DlStatus& status);
// A code comes as a negative number or as 2^64 minus it: writers differ. Throws Garbled.
DlStatus parse_dl_status(const plist::Value& message);

// The two sides agree on a version: phone, computer, phone.
struct DlVersion {
    uint64_t major = 0;
    uint64_t minor = 0;
    bool operator==(const DlVersion&) const = default;
};
plist::Array dl_version_exchange(const DlVersion& phone);
plist::Array dl_version_ok(uint64_t major);
inline constexpr std::string_view dl_device_ready = "DLMessageDeviceReady";
DlVersion parse_dl_version_exchange(const plist::Value& message);
// The version that a computer agreed to. Throws Garbled when it did not agree.
uint64_t parse_dl_version_ok(const plist::Value& message);

// A folder's entries as the payload of the answer to ListFolder.
enum class DlKind { file, folder, other };
struct DlEntry {
    std::string name{};
    DlKind kind = DlKind::file;
    uint64_t size = 0;
    plist::Date modified{};
    bool operator==(const DlEntry&) const = default;
};
plist::Dict dl_listing(const std::vector<DlEntry>& entries);
// Throws Garbled.
std::vector<DlEntry> parse_dl_listing(const plist::Value& payload);

}  // namespace lifeboat::phone::ios
