#include "storage/local_backend.h"

#include "base/error.h"
#include "base/hex.h"
#include "storage/folder_walk.h"
#include "storage/name.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstdint>

namespace lifeboat::storage {
namespace {

constexpr size_t read_piece = size_t{4} << 20;  // between two looks at `stop`
// No file of a repository comes near; a hostile one must not take all memory.
constexpr uint64_t largest_load = uint64_t{4} << 30;
constexpr uint64_t largest_config = 4096;
constexpr const char* config_name = "config";
constexpr size_t page = 4096;
constexpr size_t direct_from = size_t{1} << 20;

bool is_page_aligned(const std::byte* at) {
    return std::bit_cast<std::uintptr_t>(at) % page == 0;
}

void check(const std::stop_token& stop) {
    if (stop.stop_requested()) throw Cancelled();
}

std::string random_suffix(sys::Random& random) {
    std::array<std::byte, 8> bytes{};
    random.fill(bytes);
    return to_hex(bytes);
}

// The number of bytes read before the end or the first refusal.
size_t read_at(int file, MutableByteView out, uint64_t offset, int& error_number) {
    size_t done = 0;
    error_number = 0;
    while (done < out.size()) {
        const ssize_t got =
            ::pread(file, out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) error_number = errno;
        if (got <= 0) break;
        done += static_cast<size_t>(got);
    }
    return done;
}

struct OpenedFile {
    FileDescriptor file{};
    uint64_t size = 0;
    bool regular = false;
    int error_number = 0;
};

// A pipe that somebody put there must not block us, and a link must not lead us away.
OpenedFile open_file(int root, const std::string& name) {
    const int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    OpenedFile opened{.file = open_beneath(root, name, flags)};
    struct stat info {};
    if (!opened.file.is_open() || ::fstat(opened.file.get(), &info) != 0) {
        opened.error_number = errno;
        return opened;
    }
    opened.size = static_cast<uint64_t>(info.st_size);
    opened.regular = S_ISREG(info.st_mode);
    return opened;
}

bool is_absence(int error_number) {
    return error_number == ENOENT || error_number == ENOTDIR;
}

Bytes read_small(int root, const std::string& name) {
    const OpenedFile opened = open_file(root, name);
    if (opened.error_number != 0 || !opened.regular || opened.size > largest_config) return {};
    Bytes content(static_cast<size_t>(opened.size));
    int error_number = 0;
    content.resize(read_at(opened.file.get(), content, 0, error_number));
    return content;
}

}  // namespace

struct LocalBackend::Root {
    FileDescriptor folder{};
    dev_t device = 0;
    ino_t inode = 0;
};

LocalBackend::LocalBackend(std::string path, sys::Random& random, DirectIo direct)
    : path_(std::move(path)), random_(random), direct_(direct == DirectIo::when_possible) {
    RootPointer opened = open_root();
    if (!opened) throw_gone();
    Bytes config = read_small(opened->folder.get(), config_name);
    state_.with([&](State& state) {
        state.root = std::move(opened);
        state.config = std::move(config);
    });
}

void LocalBackend::throw_gone() const {
    throw Unreachable(fmt::format("the folder {} is not there", path_),
                      "Plug in the disk, or mount it, and try again. Nothing was written in its "
                      "stead, and backups that were finished before are not touched.");
}

LocalBackend::RootPointer LocalBackend::open_root() const {
    auto root = std::make_shared<Root>();
    root->folder = FileDescriptor(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    struct stat info {};
    if (!root->folder.is_open() || ::fstat(root->folder.get(), &info) != 0) {
        if (errno == EACCES) throw_system_error(errno, "opening " + path_);
        return nullptr;
    }
    root->device = info.st_dev;
    root->inode = info.st_ino;
    return root;
}

// The open folder, after a look whether the path still leads to it. A disk that came back is
// another folder to the system; it is taken when it holds the same repository.
LocalBackend::RootPointer LocalBackend::root() const {
    RootPointer known_root = state_.with([](const State& state) { return state.root; });
    struct stat info {};
    const bool there = ::stat(path_.c_str(), &info) == 0;
    if (there && info.st_dev == known_root->device && info.st_ino == known_root->inode) {
        return known_root;
    }
    const Bytes known_config = state_.with([](const State& state) { return state.config; });
    RootPointer again = there ? open_root() : nullptr;
    if (!again || known_config.empty() ||
        read_small(again->folder.get(), config_name) != known_config) {
        throw_gone();
    }
    state_.with([&](State& state) { state.root = again; });
    return again;
}

// What looks like a missing or broken file may be a disk that went while it was asked.
void LocalBackend::fail(int error_number, const char* doing, const std::string& name) const {
    root();
    throw_system_error(error_number, fmt::format("{} {}", doing, shown(name)));
}

// Files are read-only; a repository that a group shares says so with the mode of its config.
mode_t LocalBackend::file_mode(const Root& root) const {
    struct stat info {};
    const bool known = ::fstatat(root.folder.get(), config_name, &info, AT_SYMLINK_NOFOLLOW) == 0;
    return known && (info.st_mode & S_IRGRP) != 0 ? 0440 : 0400;
}

void LocalBackend::save(const std::string& name, ByteView content, const std::stop_token& stop) {
    require_valid_name(name);
    check(stop);
    const RootPointer place = root();
    const SplitName split = split_name(name);
    const OpenedFolder folder = open_folder(place->folder.get(), split.folder, WhenAbsent::create);
    if (folder.error_number != 0) fail(folder.error_number, "opening the folder of", name);
    const DurableWrite write{
        .folder = folder.folder.get(),
        .name = split.last,
        .temporary = split.last + std::string(temporary_mark) + random_suffix(random_),
        .mode = file_mode(*place),
        .direct = direct_ ? DirectIo::when_possible : DirectIo::never,
        .shown = shown(name)};
    if (!write_durably(write, content, stop)) direct_ = false;
    root();  // written to a disk that went meanwhile is not written
    if (name == config_name) {
        state_.with([&](State& state) { state.config = Bytes(content.begin(), content.end()); });
    }
}

struct LocalBackend::Opened {
    OpenedFile file{};
    std::string shown{};
    const std::string& name;
};

LocalBackend::Opened LocalBackend::open(const std::string& name,
                                        const std::stop_token& stop) const {
    require_valid_name(name);
    check(stop);
    Opened opened{
        .file = open_file(root()->folder.get(), name), .shown = shown(name), .name = name};
    if (opened.file.error_number != 0) fail(opened.file.error_number, "opening", name);
    if (!opened.file.regular) throw Corrupt(fmt::format("{} is no regular file", opened.shown));
    return opened;
}

// How much could be read: less than asked for when the file became shorter.
size_t LocalBackend::fill(const Opened& opened, uint64_t offset, MutableByteView to,
                          const std::stop_token& stop) const {
    for (size_t at = 0; at < to.size();) {
        check(stop);
        const size_t size = std::min(read_piece, to.size() - at);
        int error_number = 0;
        const size_t got =
            read_at(opened.file.file.get(), to.subspan(at, size), offset + at, error_number);
        at += got;
        if (error_number == EIO) {
            root();
            throw Corrupt(fmt::format("the disk cannot read {} at {}", opened.shown, offset + at),
                          "The disk may be failing: check it, and keep another copy.");
        }
        if (error_number != 0) fail(error_number, "reading", opened.name);
        if (got < size) return at;
    }
    return to.size();
}

Bytes LocalBackend::load(const std::string& name, Range range, const std::stop_token& stop) const {
    const Opened opened = open(name, stop);
    const uint64_t offset = std::min(range.offset, opened.file.size);
    const uint64_t length = std::min(range.length, opened.file.size - offset);
    if (length > largest_load) {
        throw Corrupt(fmt::format("{} is larger than any file of a repository", opened.shown));
    }
    Bytes content(static_cast<size_t>(length));
    content.resize(fill(opened, offset, content, stop));
    return content;
}

size_t LocalBackend::read(const std::string& name, uint64_t offset, MutableByteView to,
                          const std::stop_token& stop) const {
    const Opened opened = open(name, stop);
    const uint64_t rest = opened.file.size - std::min(offset, opened.file.size);
    to = to.first(static_cast<size_t>(std::min<uint64_t>(to.size(), rest)));
    // Whole pages of large parts come straight from the disk; a file system that will not do that
    // refuses, and gives them the other way.
    const size_t pages = to.size() / page * page;
    size_t done = 0;
    if (direct_ && pages >= direct_from && offset % page == 0 && is_page_aligned(to.data()) &&
        set_direct(opened.file.file.get(), true)) {
        int error_number = 0;
        done = read_at(opened.file.file.get(), to.first(pages), offset, error_number) / page * page;
        set_direct(opened.file.file.get(), false);
    }
    return done + fill(opened, offset + done, to.subspan(done), stop);
}

std::optional<uint64_t> LocalBackend::size(const std::string& name,
                                           const std::stop_token& stop) const {
    require_valid_name(name);
    check(stop);
    const RootPointer place = root();
    const SplitName split = split_name(name);
    const OpenedFolder folder =
        open_folder(place->folder.get(), split.folder, WhenAbsent::stay_absent);
    struct stat info {};
    int error = folder.error_number;
    if (error == 0 &&
        ::fstatat(folder.folder.get(), split.last.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
        error = errno;
    }
    if (is_absence(error)) {
        root();
        return std::nullopt;
    }
    if (error != 0) fail(error, "looking for", name);
    if (!S_ISREG(info.st_mode)) return std::nullopt;
    return static_cast<uint64_t>(info.st_size);
}

void LocalBackend::list(const std::string& prefix, const Each& each,
                        const std::stop_token& stop) const {
    require_valid_prefix(prefix);
    check(stop);
    const RootPointer place = root();
    const auto tell = [&](const FoundFile& file) {
        if (file.name.starts_with(prefix) && is_valid_name(file.name)) each(file.name, file.size);
    };
    const std::string folder = split_name(prefix).folder;
    const int error = walk_files(place->folder.get(), folder, tell, stop);
    if (error != 0) fail(error, "listing", prefix);
    root();  // a disk that went while it was listed makes the list too short
}

void LocalBackend::remove(const std::string& name, const std::stop_token& stop) {
    require_valid_name(name);
    check(stop);
    const RootPointer place = root();
    const SplitName split = split_name(name);
    const OpenedFolder folder =
        open_folder(place->folder.get(), split.folder, WhenAbsent::stay_absent);
    if (is_absence(folder.error_number)) return static_cast<void>(root());
    if (folder.error_number != 0) fail(folder.error_number, "removing", name);
    if (::unlinkat(folder.folder.get(), split.last.c_str(), 0) != 0 && !is_absence(errno)) {
        fail(errno, "removing", name);
    }
    sync_folder(folder.folder.get(), shown(name));
}

std::optional<Space> LocalBackend::space(const std::stop_token& stop) const {
    check(stop);
    struct statvfs info {};
    if (::fstatvfs(root()->folder.get(), &info) != 0) fail(errno, "asking for the space of", "");
    if (info.f_blocks == 0) return std::nullopt;
    const uint64_t unit = info.f_frsize;
    return Space{.free = info.f_bavail * unit, .total = info.f_blocks * unit};
}

namespace {

class HeldFile final : public Presence {
public:
    explicit HeldFile(FileDescriptor file) : file_(std::move(file)) {}

private:
    FileDescriptor file_;  // closing it gives the lock up
};

// Removes a temporary file unless its writer still has it (see TemporaryFile in durable_file.cpp).
bool remove_unless_held(int folder, const std::string& name) {
    const FileDescriptor file(
        ::openat(folder, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (file.is_open() && ::flock(file.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        return false;
    }
    return ::unlinkat(folder, name.c_str(), 0) == 0;
}

}  // namespace

std::unique_ptr<Presence> LocalBackend::occupy(const std::string& name,
                                               const std::stop_token& stop) {
    require_valid_name(name);
    check(stop);
    OpenedFile opened = open_file(root()->folder.get(), name);
    if (opened.error_number != 0 || !opened.regular) return nullptr;
    // Whoever asks takes the lock for a blink; once more and it is ours.
    constexpr int tries = 3;
    for (int i = 0; i < tries; ++i) {
        if (::flock(opened.file.get(), LOCK_SH | LOCK_NB) == 0) {
            return std::make_unique<HeldFile>(std::move(opened.file));
        }
        if (errno != EWOULDBLOCK) return nullptr;
        ::usleep(1000);
    }
    return nullptr;
}

std::optional<TimePoint> LocalBackend::modified(const std::string& name,
                                                const std::stop_token& stop) const {
    require_valid_name(name);
    check(stop);
    const OpenedFile opened = open_file(root()->folder.get(), name);
    struct stat info {};
    if (opened.error_number != 0 || ::fstat(opened.file.get(), &info) != 0) return std::nullopt;
    return TimePoint{std::chrono::seconds{info.st_mtim.tv_sec} + nanoseconds{info.st_mtim.tv_nsec}};
}

Occupied LocalBackend::occupied(const std::string& name, const std::stop_token& stop) const {
    require_valid_name(name);
    check(stop);
    const OpenedFile opened = open_file(root()->folder.get(), name);
    if (opened.error_number != 0 || !opened.regular) return Occupied::unknown;
    if (::flock(opened.file.get(), LOCK_EX | LOCK_NB) == 0) return Occupied::no;
    return errno == EWOULDBLOCK ? Occupied::yes : Occupied::unknown;
}

uint64_t LocalBackend::remove_leftovers(sys::Clock& clock, nanoseconds age,
                                        const std::stop_token& stop) {
    const RootPointer place = root();
    const int64_t before =
        std::chrono::floor<std::chrono::seconds>(clock.now() - age).time_since_epoch().count();
    uint64_t freed = 0;
    const auto remove_old = [&](const FoundFile& file) {
        if (!is_temporary(file.name) || file.modified_s > before) return;
        const SplitName split = split_name(file.name);
        const OpenedFolder folder =
            open_folder(place->folder.get(), split.folder, WhenAbsent::stay_absent);
        if (folder.error_number != 0) return;
        if (remove_unless_held(folder.folder.get(), split.last)) freed += file.size;
    };
    const int error = walk_files(place->folder.get(), "", remove_old, stop);
    if (error != 0) fail(error, "looking for leftovers in", "");
    return freed;
}

}  // namespace lifeboat::storage
