#include "mount/file_system.h"

#include "base/text.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>

namespace lifeboat::mount {

namespace {

// What is in a backup never changes: the kernel may believe what it heard for as long as it likes.
constexpr double fixed_seconds = 86400;
// New backups appear above.
constexpr double fleeting_seconds = 1;
// The kernel takes no longer name or target; a longer one would be cut.
constexpr size_t longest_target = 4095;
constexpr size_t most_complaints = 1000;
// The kernel takes 1,024 parts in one write, and an answer with more would never arrive. A backup
// that is cut as it should be has two or three for each request; hostile ones are copied together.
constexpr size_t most_parts = 256;
constexpr blksize_t block_size = 1 << 17;  // the kernel's largest read-ahead by default

timespec time_of(TimePoint time) {
    const auto whole = std::chrono::floor<std::chrono::seconds>(time);
    return {.tv_sec = whole.time_since_epoch().count(), .tv_nsec = (time - whole).count()};
}

double patience(const Found& found) {
    return found.fixed ? fixed_seconds : fleeting_seconds;
}

}  // namespace

FileSystem::FileSystem(EventSink& events, std::stop_token stop)
    : events_(events), stop_(std::move(stop)), uid_(::getuid()), gid_(::getgid()) {}

void FileSystem::answer(fuse_req_t request, Number number, const std::function<void()>& give) {
    int problem = EIO;
    try {
        give();
        return;
    } catch (const Missing& error) {
        problem = ENOENT;
        // A pack that is gone is damage, too; a name that is not there is none.
        events_.on(Noted{Severity::debug, error.message()});
    } catch (const Cancelled&) {
        problem = EINTR;
    } catch (const Denied& error) {
        problem = EACCES;
        complain(number, error);
    } catch (const Error& error) {
        complain(number, error);
    } catch (const std::exception& error) {
        events_.on(Noted{Severity::warning, error.what()});
    }
    fuse_reply_err(request, problem);
}

void FileSystem::complain(Number number, const Error& problem) {
    std::string path;
    try {
        path = inodes_.path_of(number, stop_);
    } catch (const std::exception&) {
        path = "a file";  // what leads there is damaged as well
    }
    const std::string text = fmt::format("{}: {}", printable(path), printable(problem.message()));
    // The kernel asks again and again, page by page.
    const bool first = complaints_.with([&](std::set<std::string>& said) {
        if (said.size() >= most_complaints) said.clear();
        return said.insert(text).second;
    });
    if (first) events_.on(Noted{Severity::warning, text});
}

struct stat FileSystem::attributes_of(const Found& found) const {
    struct stat result {};
    const OpenEntry& entry = found.entry;
    result.st_ino = found.number;
    result.st_mode = entry.mode;
    // Hard links are shown as files of their own. Of a folder, 1 says "links are not counted".
    result.st_nlink = 1;
    // Whoever mounts it owns it: the owners of the backup may be nobody on this machine.
    result.st_uid = uid_;
    result.st_gid = gid_;
    result.st_size = static_cast<off_t>(S_ISDIR(entry.mode) ? 0 : entry.size);
    result.st_blksize = block_size;
    result.st_blocks = (result.st_size + 511) / 512;
    result.st_mtim = time_of(entry.modified);
    result.st_atim = time_of(entry.accessed);
    result.st_ctim = time_of(entry.changed);
    return result;
}

fuse_entry_param FileSystem::entry_of(const Found& found) const {
    fuse_entry_param entry{};
    entry.ino = found.number;
    entry.attr = attributes_of(found);
    entry.attr_timeout = patience(found);
    entry.entry_timeout = patience(found);
    return entry;
}

void FileSystem::lookup(fuse_req_t request, Number parent, const char* name) {
    answer(request, parent, [&] {
        const auto found = inodes_.lookup(parent, name, stop_);
        if (!found) {
            fuse_reply_err(request, ENOENT);
            return;
        }
        const fuse_entry_param entry = entry_of(*found);
        // An asker that gave up has not learned it.
        if (fuse_reply_entry(request, &entry) != 0) inodes_.forget(found->number, 1);
    });
}

void FileSystem::attributes(fuse_req_t request, Number number) {
    answer(request, number, [&] {
        const Found found = inodes_.find(number, stop_);
        const struct stat about = attributes_of(found);
        fuse_reply_attr(request, &about, patience(found));
    });
}

void FileSystem::read_link(fuse_req_t request, Number number) {
    answer(request, number, [&] {
        const Found found = inodes_.find(number, stop_);
        const std::string& target =
            found.in != nullptr ? found.in->link_target(found.place) : found.link_target;
        if (!S_ISLNK(found.entry.mode))
            fuse_reply_err(request, EINVAL);
        else if (target.size() > longest_target)
            fuse_reply_err(request, ENAMETOOLONG);
        else
            fuse_reply_readlink(request, target.c_str());
    });
}

void FileSystem::open(fuse_req_t request, Number number, fuse_file_info& info) {
    answer(request, number, [&] {
        const Found found = inodes_.find(number, stop_);
        if ((info.flags & O_ACCMODE) != O_RDONLY) {
            fuse_reply_err(request, EROFS);
        } else if (found.in == nullptr || !S_ISREG(found.entry.mode)) {
            fuse_reply_err(request, EINVAL);
        } else {
            info.fh = files_.add(found.in->file(found.place, stop_));
            info.keep_cache = 1;  // what was read once stays true
            if (fuse_reply_open(request, &info) != 0) files_.remove(info.fh);
        }
    });
}

void FileSystem::read(fuse_req_t request, Number number, size_t size, off_t offset,
                      uint64_t handle) {
    answer(request, number, [&] {
        const auto file = files_.get(handle);
        if (file == nullptr || offset < 0) {
            fuse_reply_err(request, EBADF);
            return;
        }
        const std::vector<Piece> pieces = file->read_at(static_cast<uint64_t>(offset), size, stop_);
        if (pieces.size() > most_parts) {
            Bytes joined;
            for (const Piece& piece : pieces) append(joined, piece.bytes);
            fuse_reply_buf(request, as_text(joined).data(), joined.size());
            return;
        }
        std::vector<iovec> parts;
        parts.reserve(pieces.size());
        for (const Piece& piece : pieces) {
            // The interface takes no const; nobody writes there.
            parts.push_back({const_cast<std::byte*>(piece.bytes.data()), piece.bytes.size()});
        }
        // Straight from where the blobs lie: no copy in between.
        fuse_reply_iov(request, parts.data(), static_cast<int>(parts.size()));
    });
}

void FileSystem::release(fuse_req_t request, uint64_t handle) {
    files_.remove(handle);
    fuse_reply_err(request, 0);
}

void FileSystem::open_folder(fuse_req_t request, Number number, fuse_file_info& info) {
    answer(request, number, [&] {
        const Opened opened = inodes_.open_folder(number, stop_);
        const bool fixed = opened.listing != nullptr;
        info.fh = folders_.add(std::make_shared<const Opened>(opened));
        info.keep_cache = fixed ? 1 : 0;
        info.cache_readdir = fixed ? 1 : 0;
        if (fuse_reply_open(request, &info) != 0) folders_.remove(info.fh);
    });
}

void FileSystem::release_folder(fuse_req_t request, uint64_t handle) {
    folders_.remove(handle);
    fuse_reply_err(request, 0);
}

void FileSystem::about_file_system(fuse_req_t request) {
    struct statvfs about {};
    about.f_bsize = block_size;
    about.f_frsize = block_size;
    about.f_namemax = ItemPath::max_part;
    fuse_reply_statfs(request, &about);
}

namespace {

FileSystem& system_of(fuse_req_t request) {
    return *static_cast<FileSystem*>(fuse_req_userdata(request));
}

fuse_lowlevel_ops make_operations() {
    fuse_lowlevel_ops ops{};
    ops.lookup = [](fuse_req_t r, fuse_ino_t parent, const char* name) {
        system_of(r).lookup(r, parent, name);
    };
    ops.forget = [](fuse_req_t r, fuse_ino_t number, uint64_t times) {
        system_of(r).forget(number, times);
        fuse_reply_none(r);
    };
    ops.forget_multi = [](fuse_req_t r, size_t count, fuse_forget_data* forgets) {
        for (size_t i = 0; i < count; ++i) system_of(r).forget(forgets[i].ino, forgets[i].nlookup);
        fuse_reply_none(r);
    };
    ops.getattr = [](fuse_req_t r, fuse_ino_t number, fuse_file_info*) {
        system_of(r).attributes(r, number);
    };
    ops.readlink = [](fuse_req_t r, fuse_ino_t number) { system_of(r).read_link(r, number); };
    ops.open = [](fuse_req_t r, fuse_ino_t number, fuse_file_info* info) {
        system_of(r).open(r, number, *info);
    };
    ops.read = [](fuse_req_t r, fuse_ino_t number, size_t size, off_t offset,
                  fuse_file_info* info) { system_of(r).read(r, number, size, offset, info->fh); };
    ops.release = [](fuse_req_t r, fuse_ino_t, fuse_file_info* info) {
        system_of(r).release(r, info->fh);
    };
    ops.opendir = [](fuse_req_t r, fuse_ino_t number, fuse_file_info* info) {
        system_of(r).open_folder(r, number, *info);
    };
    ops.readdir = [](fuse_req_t r, fuse_ino_t number, size_t size, off_t offset,
                     fuse_file_info* info) {
        system_of(r).list(r, number, size, offset, info->fh);
    };
    ops.readdirplus = [](fuse_req_t r, fuse_ino_t number, size_t size, off_t offset,
                         fuse_file_info* info) {
        system_of(r).list_plus(r, number, size, offset, info->fh);
    };
    ops.releasedir = [](fuse_req_t r, fuse_ino_t, fuse_file_info* info) {
        system_of(r).release_folder(r, info->fh);
    };
    ops.statfs = [](fuse_req_t r, fuse_ino_t) { FileSystem::about_file_system(r); };
    return ops;
}

}  // namespace

const fuse_lowlevel_ops& FileSystem::operations() {
    static const fuse_lowlevel_ops ops = make_operations();
    return ops;
}

}  // namespace lifeboat::mount
