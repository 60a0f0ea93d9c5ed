#include "item/folder_sink.h"

#include "base/error.h"
#include "base/text.h"
#include "item/folder_access.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <utility>

namespace lifeboat {

using folder_access::Descriptor;
using folder_access::fail;
using folder_access::item_at;
using folder_access::open_at;
using folder_access::open_parent;
using folder_access::shown;

namespace {

constexpr size_t buffer_size = size_t{1} << 20;
constexpr size_t page = 4096;
// From here on a file goes to the disk past the page cache: it would push out what is in there, to
// hold what nobody is about to read, and copying costs more than the disk's own work.
constexpr uint64_t direct_from = uint64_t{1} << 20;

timespec to_timespec(TimePoint time) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    return {.tv_sec = seconds.time_since_epoch().count(), .tv_nsec = (time - seconds).count()};
}

std::array<timespec, 2> times_of(const Item& item) {
    return {to_timespec(item.modified), to_timespec(item.modified)};
}

void write_all(int file, ByteView bytes) {
    while (!bytes.empty()) {
        const ssize_t size = ::write(file, bytes.data(), bytes.size());
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) fail("writing a file");
        bytes = bytes.subspan(static_cast<size_t>(size));
    }
}

// A file under a name of ours until it is whole; gone again when that fails.
class Draft {
public:
    Draft(int folder, std::string name) : folder_(folder), name_(std::move(name)) {
        ::unlinkat(folder_, name_.c_str(), 0);  // of a run that was killed
    }
    ~Draft() {
        if (!name_.empty()) ::unlinkat(folder_, name_.c_str(), 0);
    }
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;
    const char* name() const { return name_.c_str(); }
    void become(const std::string& final_name) {
        if (::renameat(folder_, name_.c_str(), folder_, final_name.c_str()) != 0)
            fail("naming a file");
        name_.clear();
    }

private:
    int folder_;
    std::string name_;
};

// As much as fits, or all there is.
size_t fill(ByteSource& content, MutableByteView buffer) {
    size_t filled = 0;
    while (filled < buffer.size()) {
        const size_t got = content.read(buffer.subspan(filled));
        if (got == 0) break;
        filled += got;
    }
    return filled;
}

// False where the file system does not do that.
bool set_direct(int file, bool direct) {
    const int flags = ::fcntl(file, F_GETFL);
    return flags >= 0 && ::fcntl(file, F_SETFL, direct ? flags | O_DIRECT : flags & ~O_DIRECT) == 0;
}

// Whole pages past the cache where that works, the rest through it.
void write_content(int file, const Item& item, ByteSource& content, MutableByteView buffer) {
    bool direct = item.size >= direct_from && set_direct(file, true);
    while (const size_t size = fill(content, buffer)) {
        const ByteView bytes = ByteView(buffer).first(size);
        const size_t pages = direct ? size / page * page : 0;
        size_t done = 0;
        while (done < pages) {
            const ssize_t wrote = ::write(file, bytes.data() + done, pages - done);
            if (wrote < 0 && errno == EINTR) continue;
            if (wrote < 0 && errno == EINVAL) break;  // it said it could
            if (wrote < 0) fail("writing a file");
            done += static_cast<size_t>(wrote);
            if (done % page != 0) break;
        }
        if (done == size) continue;
        if (std::exchange(direct, false)) set_direct(file, false);
        write_all(file, bytes.subspan(done));
    }
}

void write_file(int folder, const Draft& draft, const Item& item, ByteSource& content,
                MutableByteView buffer) {
    constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    const Descriptor file(::openat(folder, draft.name(), flags, 0600));
    if (file.get() < 0) fail("making a file");
    write_content(file.get(), item, content, buffer);
    // Never setuid or setgid: a restored photo runs for nobody.
    ::fchmod(file.get(), item.mode == 0 ? 0644 : (item.mode & 0777));
    const auto times = times_of(item);
    if (::futimens(file.get(), times.data()) != 0) fail("setting the date of a file");
}

}  // namespace

struct FolderSink::Parent {
    ItemPath path{};
    Descriptor folder{-1};
};

FolderSink::FolderSink(const std::string& root)
    : parent_(std::make_unique<Parent>()), buffer_(buffer_size) {
    std::error_code error;
    std::filesystem::create_directories(root, error);
    root_ = ::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (root_ < 0) fail("opening the folder '" + printable(root) + "'");
}

FolderSink::~FolderSink() {
    ::close(root_);
}

// The descriptor keeps to the folder that was opened, whatever happens to its name meanwhile.
std::optional<int> FolderSink::parent_of(const ItemPath& path, bool make) const {
    const ItemPath wanted = path.parent();
    if (parent_->folder.get() < 0 || parent_->path != wanted) {
        auto opened = open_parent(root_, path, make);
        if (!opened) return std::nullopt;
        parent_->folder = std::move(*opened);
        parent_->path = wanted;
    }
    return parent_->folder.get();
}

std::optional<Item> FolderSink::find(const ItemPath& path) const {
    const auto parent = parent_of(path, false);
    if (!parent) return std::nullopt;
    return item_at(*parent, path);
}

std::unique_ptr<ByteSource> FolderSink::open(const ItemPath& path) const {
    const auto parent = parent_of(path, false);
    if (!parent) throw Missing("there is no file " + shown(path));
    return open_at(*parent, path);
}

void FolderSink::put(const Item& item, ByteSource& content) {
    const auto parent = parent_of(item.path, true);
    const std::string name(item.path.name());
    if (item.kind == ItemKind::folder) {
        if (::mkdirat(*parent, name.c_str(), 0755) != 0 && errno != EEXIST) {
            fail("making the folder " + shown(item.path));
        }
        return;
    }
    if (item.kind == ItemKind::other) return;  // devices and sockets are listed, never made
    // Short, so that a name of 255 bytes has room for it too.
    Draft draft(*parent, ".lifeboat-restore.tmp");
    if (item.kind == ItemKind::symlink) {
        if (::symlinkat(item.link_target.c_str(), *parent, draft.name()) != 0)
            fail("making a link");
        const auto times = times_of(item);
        ::utimensat(*parent, draft.name(), times.data(), AT_SYMLINK_NOFOLLOW);
    } else {
        write_file(*parent, draft, item, content, {buffer_.start(), buffer_size});
    }
    draft.become(name);
}

void FolderSink::set_folder(const Item& item) {
    const auto parent = parent_of(item.path, false);
    if (!parent) return;
    const std::string name(item.path.name());
    const Descriptor folder(
        ::openat(*parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (folder.get() < 0) fail("opening the folder " + shown(item.path));
    if (item.mode != 0) ::fchmod(folder.get(), item.mode & 0777);
    const auto times = times_of(item);
    ::futimens(folder.get(), times.data());
}

uint64_t FolderSink::free_bytes() const {
    struct statvfs info {};
    if (::fstatvfs(root_, &info) != 0) return UINT64_MAX;
    return uint64_t{info.f_bavail} * info.f_frsize;
}

}  // namespace lifeboat
