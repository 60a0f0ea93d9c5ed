#include "storage/durable_file.h"

#include "base/error.h"
#include "sys/pages.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstdint>
#include <cstring>

namespace lifeboat::storage {
namespace {

constexpr size_t page = 4096;
constexpr size_t piece = size_t{4} << 20;        // between two looks at `stop`
constexpr size_t direct_from = size_t{1} << 20;  // below, the page cache costs less than the disk
constexpr size_t bounce_size = size_t{4} << 20;  // large writes keep a disk busy

// The growing file; whatever happens to it before keep(), its name goes with it.
class TemporaryFile {
public:
    explicit TemporaryFile(const DurableWrite& write) : write_(write) {
        const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
        file_ = FileDescriptor(::openat(write.folder, write.temporary.c_str(), flags, 0600));
        if (!file_.is_open()) fail("creating");
        // Tells those who clear up that its writer lives; they take it for dead where there are no
        // such locks, but only when it is old, too.
        [[maybe_unused]] const int ignored = ::flock(file_.get(), LOCK_EX | LOCK_NB);
    }
    ~TemporaryFile() {
        if (!kept_) ::unlinkat(write_.folder, write_.temporary.c_str(), 0);
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;

    int get() const { return file_.get(); }

    [[noreturn]] void fail(const char* doing) const { fail(errno, doing); }
    [[noreturn]] void fail(int error_number, const char* doing) const {
        throw_system_error(error_number, fmt::format("{} {}", doing, write_.shown));
    }

    void keep() {
        // Read-only guards against accidents; file systems without modes are no reason to fail.
        [[maybe_unused]] const int ignored = ::fchmod(file_.get(), write_.mode);
        if (::fsync(file_.get()) != 0) fail("making durable");
        if (const int error = file_.close(); error != 0) fail(error, "closing");
        if (::renameat(write_.folder, write_.temporary.c_str(), write_.folder,
                       write_.name.c_str()) != 0) {
            fail("renaming");
        }
        kept_ = true;
        sync_folder(write_.folder, write_.shown);
    }

private:
    const DurableWrite& write_;
    FileDescriptor file_;
    bool kept_ = false;
};

void check(const std::stop_token& stop) {
    if (stop.stop_requested()) throw Cancelled();
}

// How much was written before the first refusal; the refusal itself in `error_number`.
size_t write_some(int file, ByteView content, int& error_number) {
    size_t done = 0;
    while (done < content.size()) {
        const ssize_t wrote = ::write(file, content.data() + done, content.size() - done);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote <= 0) {
            error_number = wrote < 0 ? errno : EIO;
            return done;
        }
        done += static_cast<size_t>(wrote);
    }
    error_number = 0;
    return done;
}

void write_buffered(const TemporaryFile& file, ByteView content, const std::stop_token& stop) {
    while (!content.empty()) {
        check(stop);
        int error_number = 0;
        const size_t wrote =
            write_some(file.get(), content.first(std::min(piece, content.size())), error_number);
        if (error_number != 0) file.fail(error_number, "writing");
        content = content.subspan(wrote);
    }
}

// Direct writes want their memory, place and size aligned; what comes unaligned goes through this.
class AlignedBuffer {
public:
    ByteView hold(ByteView content) {
        if (memory_.start() == nullptr) memory_ = sys::Pages(bounce_size);
        std::memcpy(memory_.start(), content.data(), content.size());
        return {memory_.start(), content.size()};
    }

private:
    sys::Pages memory_{};
};

bool is_aligned(const std::byte* at) {
    return std::bit_cast<std::uintptr_t>(at) % page == 0;
}

// Writes whole pages past the page cache and returns how many bytes that were; less than the whole
// pages of `content` when the file system will not.
size_t write_direct(const TemporaryFile& file, ByteView content, const std::stop_token& stop) {
    const size_t whole = content.size() / page * page;
    AlignedBuffer bounce;
    size_t done = 0;
    while (done < whole) {
        check(stop);
        ByteView now = content.subspan(done, std::min(bounce_size, whole - done));
        if (!is_aligned(now.data())) now = bounce.hold(now);
        int error_number = 0;
        done += write_some(file.get(), now, error_number);
        if (error_number == EINVAL) break;
        if (error_number != 0) file.fail(error_number, "writing");
    }
    return done;
}

// The room is asked for first: a full disk shows before a byte is written, and the file lies in one
// piece. Not every file system can.
void reserve(const TemporaryFile& file, size_t size) {
    if (::fallocate(file.get(), 0, 0, static_cast<off_t>(size)) == 0) return;
    if (errno == ENOSPC || errno == EDQUOT) file.fail("reserving room for");
}

}  // namespace

bool set_direct(int file, bool on) {
    const int flags = ::fcntl(file, F_GETFL);
    return flags >= 0 && ::fcntl(file, F_SETFL, on ? flags | O_DIRECT : flags & ~O_DIRECT) == 0;
}

void sync_folder(int folder, const std::string& shown) {
    if (::fsync(folder) == 0 || errno == EINVAL || errno == ENOTSUP || errno == ENOSYS) return;
    throw_system_error(errno, fmt::format("making the folder of {} durable", shown));
}

bool write_durably(const DurableWrite& write, ByteView content, const std::stop_token& stop) {
    check(stop);
    TemporaryFile file(write);
    bool direct = true;
    size_t done = 0;
    if (write.direct == DirectIo::when_possible && content.size() >= direct_from) {
        reserve(file, content.size());
        direct = set_direct(file.get(), true);
        if (direct) done = write_direct(file, content, stop);
        direct = direct && done == content.size() / page * page;
        set_direct(file.get(), false);
    }
    write_buffered(file, content.subspan(done), stop);
    check(stop);
    file.keep();
    return direct;
}

}  // namespace lifeboat::storage
