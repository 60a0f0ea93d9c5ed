// A file that comes as a stream, read at any offset.
#pragma once

#include "base/error.h"
#include "base/guarded.h"
#include "item/item.h"
#include "item/open_tree.h"
#include "item/opened_folder.h"

#include <deque>

namespace lifeboat {

// Reading on costs nothing: the stream is kept. Reading far back begins it anew and passes over
// what lies before. The last two megabytes stay in memory, for the requests of one reader that
// overtake each other, and because most files are smaller.
class StreamFile final : public OpenFile {
public:
    static constexpr size_t block_size = size_t{128} << 10;
    static constexpr size_t most_blocks = 16;

    // `size` is what the folder says; a stream of another size is Corrupt.
    StreamFile(TreeOpener open, ItemPath path, uint64_t size)
        : open_(std::move(open)), path_(std::move(path)), size_(size) {}

    uint64_t size() const override { return size_; }
    // Readers of one file take turns. Behind damage nothing can be told: a stream ends there.
    std::vector<Piece> read_at(uint64_t offset, size_t size,
                               const std::stop_token& stop) const override;

private:
    struct Block {
        uint64_t start = 0;
        std::shared_ptr<const Bytes> bytes{};
    };
    struct State {
        // Held from the first read to the end of the stream.
        std::shared_ptr<const FileTree> tree{};
        std::unique_ptr<ByteSource> stream{};
        uint64_t position = 0;  // of the stream: the start of a block
        std::deque<Block> blocks{};
        uint64_t whole_until = UINT64_MAX;  // where the damage begins that was met
        std::string damage{};
    };

    Piece piece_at(State& state, uint64_t offset, size_t size, const std::stop_token& stop) const;
    void begin(State& state, const std::stop_token& stop) const;
    void read_block(State& state) const;
    void fill(State& state, Bytes& block, size_t& filled) const;
    static void end(State& state);
    void require_whole(const State& state, uint64_t until) const;

    TreeOpener open_;
    ItemPath path_;
    uint64_t size_;
    mutable Guarded<State> state_{};
};

}  // namespace lifeboat
