// A lock file of the repository: who uses it, how, and since when.
#pragma once

#include "base/time.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lifeboat::repository {

// What this program says of itself beside restic's fields, so that the next run can tell at once
// and with certainty whether the one that wrote the lock still lives. restic passes over it.
struct LockHolder {
    TimePoint since{};  // the lock was taken; `time` of the file is its last refreshing
    std::string boot{};
    uint64_t pid_namespace = 0;
    uint64_t started = 0;  // see sys::ProcessIdentity
    bool operator==(const LockHolder&) const = default;
};

struct LockFile {
    TimePoint time{};
    bool exclusive = false;
    std::string hostname{};
    std::string username{};
    uint64_t pid = 0;
    uint32_t uid = 0, gid = 0;
    std::optional<LockHolder> holder{};  // nothing: another program wrote it
};

std::string encode_lock(const LockFile& lock);
// Throws Corrupt.
LockFile decode_lock(std::string_view json);

// "me on laptop (process 12) has used it alone since 2026-11-25T10:12:00Z, and was alive at ...".
std::string lock_sentence(const LockFile& lock);

}  // namespace lifeboat::repository
