// A tree for those who come back to it many times and in any order, as a mounted file system does.
//
// A FileTree is walked by path and its files are streams. Here a folder is held open, its entries
// have numbers that never change (what is shown is immutable), and a file is read at any offset.
// Everything may be called from any thread. All of it throws what the source throws: Corrupt,
// Missing, Temporary, Cancelled.
#pragma once

#include "base/bytes.h"
#include "base/time.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat {

// What stat() tells of an entry.
struct OpenEntry {
    std::string_view name{};  // raw bytes; lives as long as the listing
    uint32_t mode = 0;        // type and permissions as POSIX has them (S_IFREG | 0644)
    uint64_t size = 0;        // of a file's content, or of a link's target
    TimePoint modified{}, accessed{}, changed{};
};

// Bytes that stay where they are for as long as `owner` is held.
struct Piece {
    std::shared_ptr<const void> owner{};
    ByteView bytes{};
};

class OpenFile {
public:
    virtual ~OpenFile() = default;
    virtual uint64_t size() const = 0;
    // The bytes from `offset`: `size` of them, fewer only at the end of the file. All or nothing:
    // when a part is damaged Corrupt is thrown, and a smaller request tells the whole parts.
    virtual std::vector<Piece> read_at(uint64_t offset, size_t size,
                                       const std::stop_token& stop) const = 0;
};

class OpenFolder;

// The entries of a folder, sorted by raw name. Numbers run from 0 to size() - 1.
class FolderListing {
public:
    virtual ~FolderListing() = default;
    virtual size_t size() const = 0;
    virtual OpenEntry entry(size_t number) const = 0;
    // False for names that no file system can show: those with a slash, "..", longer than 255
    // bytes.
    virtual bool can_be_shown(size_t number) const = 0;
    virtual std::optional<size_t> find(std::string_view name) const = 0;
    virtual const std::string& link_target(size_t number) const = 0;
    // Of an entry that is a folder, or a file.
    virtual std::shared_ptr<const OpenFolder> folder(size_t number) const = 0;
    virtual std::unique_ptr<OpenFile> file(size_t number, const std::stop_token& stop) const = 0;
};

// Costs next to nothing while nobody looks into it.
class OpenFolder {
public:
    virtual ~OpenFolder() = default;
    virtual std::shared_ptr<const FolderListing> listing(const std::stop_token& stop) const = 0;
};

}  // namespace lifeboat
