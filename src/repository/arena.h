// Memory for the chunks of a backup under way: one piece of the system's memory that is used again
// and again, because memory that is new costs more (the system clears it, page by page) than
// hashing what comes into it.
#pragma once

#include "base/guarded.h"
#include "sys/pages.h"

#include <cstddef>
#include <optional>
#include <vector>

namespace lifeboat::repository {

class Arena;

// A part of an arena, free again when this goes. Must not outlive the arena.
class Block {
public:
    Block() = default;
    ~Block() { give_back(); }
    Block(Block&& other) noexcept;
    Block& operator=(Block&& other) noexcept;

    bool empty() const { return capacity_ == 0; }
    size_t capacity() const { return capacity_; }
    MutableByteView bytes(size_t size) { return {start_, size}; }
    ByteView view(size_t size) const { return {start_, size}; }

private:
    friend class Arena;
    Block(Arena& arena, size_t unit, std::byte* start, size_t capacity)
        : arena_(&arena), unit_(unit), start_(start), capacity_(capacity) {}
    explicit Block(size_t size) : own_(size), start_(own_.start()), capacity_(size) {}
    void give_back();

    Arena* arena_ = nullptr;  // null: the memory is the block's own
    size_t unit_ = 0;
    sys::Pages own_{};
    std::byte* start_ = nullptr;
    size_t capacity_ = 0;
};

// Any thread.
class Arena {
public:
    // `size` is a multiple of unit_size.
    explicit Arena(size_t size) : memory_(size), units_(size / unit_size) {
        state_.with([&](State& s) { s.used.resize(units_); });
    }

    // When no free part is large enough the block gets memory of its own: nobody waits here.
    Block take(size_t size);

private:
    friend class Block;
    static constexpr size_t unit_size = size_t{16} << 10;

    struct State {
        std::vector<bool> used{};
        size_t next = 0;  // where the search begins: behind what was taken last
    };

    static std::optional<size_t> find_free(const State& s, size_t from, size_t until, size_t count);
    void give_back(size_t unit, size_t capacity);

    sys::Pages memory_;
    size_t units_;
    Guarded<State> state_;
};

}  // namespace lifeboat::repository
