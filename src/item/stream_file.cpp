#include "item/stream_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace lifeboat {

std::vector<Piece> StreamFile::read_at(uint64_t offset, size_t size,
                                       const std::stop_token& stop) const {
    std::vector<Piece> pieces;
    if (offset >= size_ || size == 0) return pieces;
    size = static_cast<size_t>(std::min<uint64_t>(size, size_ - offset));
    const uint64_t until = offset + size;
    state_.with([&](State& s) {
        require_whole(s, until);
        while (offset < until) {
            pieces.push_back(piece_at(s, offset, static_cast<size_t>(until - offset), stop));
            require_whole(s, until);
            offset += pieces.back().bytes.size();
        }
    });
    return pieces;
}

void StreamFile::require_whole(const State& state, uint64_t until) const {
    if (until > state.whole_until) throw Corrupt(state.damage);
}

Piece StreamFile::piece_at(State& state, uint64_t offset, size_t size,
                           const std::stop_token& stop) const {
    const uint64_t start = offset - offset % block_size;
    const auto held = [&] {
        return std::find_if(state.blocks.begin(), state.blocks.end(),
                            [&](const Block& block) { return block.start == start; });
    };
    auto block = held();
    if (block == state.blocks.end()) {
        if (state.stream == nullptr || state.position > start) begin(state, stop);
        // To the end of that block, or to damage before it.
        while (state.position <= start && state.whole_until == UINT64_MAX) {
            if (stop.stop_requested()) throw Cancelled();
            read_block(state);
        }
        block = held();
    }
    const auto within = static_cast<size_t>(offset - start);
    if (block == state.blocks.end() || within >= block->bytes->size()) {
        require_whole(state, offset + 1);
        throw Corrupt("its bytes end too early");
    }
    const ByteView bytes = *block->bytes;
    return {block->bytes, bytes.subspan(within, std::min(size, bytes.size() - within))};
}

void StreamFile::begin(State& state, const std::stop_token& stop) const {
    end(state);
    state.blocks.clear();
    state.whole_until = UINT64_MAX;  // damage is met again
    state.position = 0;
    auto tree = open_(stop);
    try {
        state.stream = tree->open(path_);
    } catch (const Missing& error) {
        // The folder names it: that it is not there is damage.
        throw Corrupt(error.message());
    }
    state.tree = std::move(tree);
}

void StreamFile::read_block(State& state) const {
    Bytes block(static_cast<size_t>(std::min<uint64_t>(block_size, size_ - state.position)));
    size_t filled = 0;
    try {
        fill(state, block, filled);
    } catch (const Corrupt& error) {
        end(state);
        state.damage = error.message();
        state.whole_until = state.position + filled;
    } catch (...) {
        end(state);
        throw;
    }
    block.resize(filled);
    state.blocks.push_back({state.position, std::make_shared<const Bytes>(std::move(block))});
    state.position += filled;
    if (state.blocks.size() > most_blocks) state.blocks.pop_front();
    if (state.position == size_) end(state);
}

void StreamFile::fill(State& state, Bytes& block, size_t& filled) const {
    const MutableByteView all(block);
    while (filled < block.size()) {
        const size_t got = state.stream->read(all.subspan(filled));
        if (got == 0) {
            throw Corrupt(fmt::format("it ends after {} bytes, its folder says {}",
                                      state.position + filled, size_));
        }
        filled += got;
    }
    if (state.position + filled < size_) return;
    // What a stream has to say of the whole file it says at its end. A file that is not what the
    // folder says gives none of its last bytes.
    const size_t last = std::exchange(filled, 0);
    std::byte more{};
    if (state.stream->read({&more, 1}) != 0) {
        throw Corrupt(fmt::format("it is longer than the {} bytes that its folder says", size_));
    }
    filled = last;
}

void StreamFile::end(State& state) {
    state.stream.reset();
    state.tree.reset();
}

}  // namespace lifeboat
