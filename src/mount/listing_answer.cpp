#include "mount/file_system.h"

#include <sys/stat.h>

#include <cerrno>
#include <string>
#include <tuple>
#include <vector>

namespace lifeboat::mount {

namespace {

// Entries of a folder until the kernel's buffer is full. Positions: 0 is ".", 1 is "..", the
// entries follow; each is given with the position behind it, where the kernel goes on.
class Filling {
public:
    Filling(fuse_req_t request, size_t size)
        : request_(request), room_(size), buffer_(size, '\0') {}

    // False when it does not fit any more.
    bool add(const std::string& name, Number number, uint32_t mode, size_t position) {
        struct stat about {};
        about.st_ino = number;
        about.st_mode = mode;
        const size_t needed =
            fuse_add_direntry(request_, buffer_.data() + used_, room_ - used_, name.c_str(), &about,
                              static_cast<off_t>(position + 1));
        return take(needed);
    }
    bool add(const std::string& name, const fuse_entry_param& entry, size_t position) {
        const size_t needed =
            fuse_add_direntry_plus(request_, buffer_.data() + used_, room_ - used_, name.c_str(),
                                   &entry, static_cast<off_t>(position + 1));
        return take(needed);
    }
    int reply() { return fuse_reply_buf(request_, buffer_.data(), used_); }

private:
    bool take(size_t needed) {
        if (needed > room_ - used_) return false;
        used_ += needed;
        return true;
    }

    fuse_req_t request_;
    size_t room_;
    std::string buffer_;
    size_t used_ = 0;
};

constexpr size_t dots = 2;

size_t count_of(const Opened& folder) {
    return folder.listing != nullptr ? folder.listing->size() : folder.entries.size();
}

}  // namespace

void FileSystem::list(fuse_req_t request, Number number, size_t size, off_t offset,
                      uint64_t handle) {
    answer(request, number, [&] {
        const auto folder = folders_.get(handle);
        if (folder == nullptr || offset < 0) {
            fuse_reply_err(request, EBADF);
            return;
        }
        Filling filling(request, size);
        const auto* const listing = folder->listing.get();
        const size_t count = count_of(*folder);
        for (auto at = static_cast<size_t>(offset); at < count + dots; ++at) {
            if (at < dots) {
                // The number of ".." is nobody's business: the kernel has its own.
                if (!filling.add(at == 0 ? "." : "..", number, S_IFDIR, at)) break;
                continue;
            }
            const size_t place = at - dots;
            if (listing == nullptr) {
                const auto& [name, child] = folder->entries[place];
                if (!filling.add(name, child, 0, at)) break;
            } else if (Inodes::can_be_shown(*listing, place)) {
                const OpenEntry entry = listing->entry(place);
                const Number child = Inodes::listed_number(number, place);
                if (!filling.add(std::string(entry.name), child, entry.mode, at)) break;
            }
        }
        filling.reply();
    });
}

void FileSystem::list_plus(fuse_req_t request, Number number, size_t size, off_t offset,
                           uint64_t handle) {
    std::vector<Number> entered;
    answer(request, number, [&] {
        const auto folder = folders_.get(handle);
        if (folder == nullptr || offset < 0) {
            fuse_reply_err(request, EBADF);
            return;
        }
        Filling filling(request, size);
        const size_t count = count_of(*folder);
        for (auto at = static_cast<size_t>(offset); at < count + dots; ++at) {
            fuse_entry_param entry{};  // number 0: the kernel learns the name only
            std::string name = at == 0 ? "." : "..";
            entry.attr.st_ino = number;
            if (at >= dots && folder->listing == nullptr) {
                std::tie(name, entry.attr.st_ino) = folder->entries[at - dots];
            } else if (at >= dots) {
                if (!Inodes::can_be_shown(*folder->listing, at - dots)) continue;
                const Found found = inodes_.enter(number, folder->listing, at - dots);
                entered.push_back(found.number);
                entry = entry_of(found);
                name = found.entry.name;
            }
            if (filling.add(name, entry, at)) continue;
            // The kernel asks for this one again.
            if (entry.ino != 0) inodes_.forget(entry.ino, 1);
            if (entry.ino != 0) entered.pop_back();
            break;
        }
        // An asker that gave up has learned nothing.
        if (filling.reply() == 0) entered.clear();
    });
    for (const Number one : entered) inodes_.forget(one, 1);
}

}  // namespace lifeboat::mount
