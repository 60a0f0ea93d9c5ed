#include "app/files.h"

#include "base/bytes.h"
#include "base/error.h"
#include "base/text.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>

namespace lifeboat::app {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& what, const std::string& path) {
    const std::string text = fmt::format("{} {}: {}", what, printable(path), std::strerror(errno));
    switch (errno) {
        case EACCES:
        case EPERM:
        case EROFS:
            throw Denied(text);
        case ENOSPC:
        case EDQUOT:
            throw NoSpace(text);
        case ENOTDIR:
        case EISDIR:
        case ELOOP:
        case ENAMETOOLONG:
            throw Misuse(text);
        default:
            throw Temporary(text);
    }
}

class File {
public:
    File(const std::string& path, int flags, mode_t mode = 0)
        : fd_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {}
    ~File() {
        if (fd_ >= 0) ::close(fd_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    int get() const { return fd_; }
    bool is_open() const { return fd_ >= 0; }

private:
    int fd_;
};

void write_all(const File& file, std::string_view content, const std::string& path) {
    while (!content.empty()) {
        const ssize_t written = ::write(file.get(), content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) fail("Cannot write", path);
        content.remove_prefix(static_cast<size_t>(written));
    }
    if (::fsync(file.get()) != 0) fail("Cannot write", path);
}

// Removes the temporary file unless it was renamed.
struct Temporarily {
    std::string path;
    bool done = false;
    ~Temporarily() {
        if (!done) ::unlink(path.c_str());
    }
};

std::string target_of(const std::string& path) {
    std::error_code ignored;
    if (!fs::is_symlink(path, ignored)) return path;
    const fs::path target = fs::weakly_canonical(path, ignored);
    return ignored ? path : target.string();
}

}  // namespace

std::optional<std::string> read_file_if_there(const std::string& path, size_t limit) {
    const File file(path, O_RDONLY | O_NOCTTY);
    if (!file.is_open()) {
        if (errno == ENOENT) return std::nullopt;
        fail("Cannot read", path);
    }
    struct stat about {};
    if (::fstat(file.get(), &about) != 0) fail("Cannot read", path);
    if (S_ISDIR(about.st_mode)) throw Misuse(fmt::format("{} is a folder", printable(path)));
    std::string text;
    std::array<char, 16384> buffer{};
    while (true) {
        const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) fail("Cannot read", path);
        if (got == 0) return text;
        text.append(buffer.data(), static_cast<size_t>(got));
        if (text.size() > limit) {
            throw Misuse(fmt::format("{} is larger than {} bytes", printable(path), limit));
        }
    }
}

void make_private_folder(const std::string& path) {
    if (path.empty() || path == "/") return;
    if (::mkdir(path.c_str(), 0700) == 0) return;
    if (errno == ENOENT) {
        make_private_folder(fs::path(path).parent_path().string());
        if (::mkdir(path.c_str(), 0700) == 0) return;
    }
    struct stat about {};
    if (errno == EEXIST && ::stat(path.c_str(), &about) == 0 && S_ISDIR(about.st_mode)) return;
    if (errno == EEXIST) errno = ENOTDIR;
    fail("Cannot make the folder", path);
}

void write_file_atomically(const std::string& path, const std::string& content) {
    const std::string target = target_of(path);
    const std::string folder = fs::path(target).parent_path().string();
    make_private_folder(folder);
    Temporarily temporary{fmt::format("{}.tmp-{}", target, ::getpid())};
    {
        const File file(temporary.path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600);
        if (!file.is_open()) fail("Cannot write", path);
        write_all(file, content, path);
    }
    if (::rename(temporary.path.c_str(), target.c_str()) != 0) fail("Cannot write", path);
    temporary.done = true;
    const File directory(folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY);
    if (directory.is_open()) ::fsync(directory.get());
}

}  // namespace lifeboat::app
