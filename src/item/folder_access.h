// Files below an open folder of this machine, reached part by part without following links: for
// the tree and the sink over a folder.
#pragma once

#include "item/item.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace lifeboat::folder_access {

class Descriptor {
public:
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor();
    int get() const { return fd_; }
    int release() { return std::exchange(fd_, -1); }

private:
    int fd_;
};

// Throws what errno means: NoSpace, Missing, Temporary or Denied.
[[noreturn]] void fail(const std::string& what);
std::string shown(const ItemPath& path);

// The folder that holds `path`, opened part by part without following links. Made where missing if
// `make`; otherwise nothing when a part is not there.
std::optional<Descriptor> open_parent(int root, const ItemPath& path, bool make);

// What is in `parent` under the last part of `path`; nothing when there is nothing.
std::optional<Item> item_at(int parent, const ItemPath& path);
// The bytes of that file. Throws Missing.
std::unique_ptr<ByteSource> open_at(int parent, const ItemPath& path);

}  // namespace lifeboat::folder_access
