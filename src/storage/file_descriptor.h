// An open file of the system, closed when its owner goes; and its error numbers as Errors.
#pragma once

#include "base/bytes.h"

#include <string>
#include <utility>

namespace lifeboat::storage {

class FileDescriptor {
public:
    FileDescriptor() = default;
    explicit FileDescriptor(int number) : number_(number) {}
    FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    FileDescriptor& operator=(FileDescriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    FileDescriptor(const FileDescriptor&) = delete;
    FileDescriptor& operator=(const FileDescriptor&) = delete;
    ~FileDescriptor();

    int get() const { return number_; }
    bool is_open() const { return number_ >= 0; }

    int release() { return std::exchange(number_, -1); }

    // 0, or the error number: closing is where some file systems report a failed write.
    int close();

private:
    int number_ = -1;
};

// Throws what the error number means to the caller: NoSpace, Denied, Missing, Unreachable,
// Temporary, Unsupported. `doing` is a phrase: "writing /media/ssd/lifeboat/data/ab/abcd".
[[noreturn]] void throw_system_error(int error_number, const std::string& doing);

// Numbers that mean that the disk or the server behind the file is gone.
bool means_unreachable(int error_number);

}  // namespace lifeboat::storage
