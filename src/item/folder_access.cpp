#include "item/folder_access.h"

#include "base/error.h"
#include "base/text.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace lifeboat::folder_access {

Descriptor::~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
}

void fail(const std::string& what) {
    const int code = errno;
    const std::string message =
        what + ": " + std::error_code(code, std::generic_category()).message();
    if (code == ENOSPC || code == EDQUOT) {
        throw NoSpace(
            message,
            "Files restored so far are complete. Free some space and run the same command again.");
    }
    if (code == ENOENT) throw Missing(message);
    if (code == EIO) throw Temporary(message);
    throw Denied(message);
}

std::string shown(const ItemPath& path) {
    return "'" + printable(path.text()) + "'";
}

std::optional<Descriptor> open_parent(int root, const ItemPath& path, bool make) {
    Descriptor at(::dup(root));
    if (at.get() < 0) fail("opening the target folder");
    const ItemPath parent = path.parent();
    constexpr int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    for (const std::string_view part : parent.parts()) {
        const std::string name(part);
        Descriptor next(::openat(at.get(), name.c_str(), flags));
        if (next.get() < 0 && errno == ENOENT && make) {
            if (::mkdirat(at.get(), name.c_str(), 0755) != 0 && errno != EEXIST) {
                fail("making a folder for " + shown(path));
            }
            next = Descriptor(::openat(at.get(), name.c_str(), flags));
        }
        if (next.get() < 0) {
            if (errno == ENOENT && !make) return std::nullopt;
            fail("opening a folder on the way to " + shown(path));
        }
        at = std::move(next);
    }
    return at;
}

namespace {

ItemKind kind_of(mode_t mode) {
    if (S_ISREG(mode)) return ItemKind::file;
    if (S_ISDIR(mode)) return ItemKind::folder;
    return S_ISLNK(mode) ? ItemKind::symlink : ItemKind::other;
}

class FileSource final : public ByteSource {
public:
    explicit FileSource(Descriptor file) : file_(std::move(file)) {}
    size_t read(MutableByteView out) override {
        const ssize_t size = ::read(file_.get(), out.data(), out.size());
        if (size < 0) fail("reading a file");
        return static_cast<size_t>(size);
    }

private:
    Descriptor file_;
};

}  // namespace

std::optional<Item> item_at(int parent, const ItemPath& path) {
    struct stat info {};
    const std::string name(path.name());
    if (::fstatat(parent, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
        if (errno == ENOENT) return std::nullopt;
        fail("looking at " + shown(path));
    }
    const auto modified =
        std::chrono::seconds(info.st_mtim.tv_sec) + nanoseconds(info.st_mtim.tv_nsec);
    const ItemKind kind = kind_of(info.st_mode);
    return Item{.path = path,
                .kind = kind,
                .size = kind == ItemKind::file ? static_cast<uint64_t>(info.st_size) : 0,
                .mode = info.st_mode & 07777,
                .modified = TimePoint{modified}};
}

std::unique_ptr<ByteSource> open_at(int parent, const ItemPath& path) {
    const std::string name(path.name());
    Descriptor file(::openat(parent, name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
    if (file.get() < 0) fail("opening " + shown(path));
    return std::make_unique<FileSource>(std::move(file));
}

}  // namespace lifeboat::folder_access
