#include "repository/chunk_reader.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <string_view>

namespace lifeboat::repository {
namespace {

// What is read between two searches for a border: about a chunk, so that little is left over.
constexpr size_t read_size = size_t{1} << 20;
constexpr size_t buffer_size = ChunkCutter::max_size + read_size;
constexpr std::string_view sqlite_magic("SQLite format 3\0", 16);

}  // namespace

// The memory is left as it comes, so that no small file pays for a page it does not use.
ChunkReader::ChunkReader(const ChunkCutter& cutter) : cutter_(cutter), buffer_(buffer_size) {}

void ChunkReader::start(ByteSource& source) {
    source_ = &source;
    begin_ = end_ = 0;
    at_end_ = false;
    cuts_ = Cuts::unknown;
}

ByteView ChunkReader::next() {
    size_t searched = 0;
    for (;;) {
        const size_t cut = find_cut(searched);
        if (cut != 0) return take(cut);
        if (at_end_) return take(end_ - begin_);
        searched = end_ - begin_;
        read_more();
    }
}

size_t ChunkReader::find_cut(size_t searched) const {
    const size_t size = end_ - begin_;
    if (cuts_ == Cuts::fixed) return size >= sqlite_chunk_size ? sqlite_chunk_size : 0;
    return size < ChunkCutter::min_size ? 0 : cutter_.find_cut(unread(), searched);
}

ByteView ChunkReader::take(size_t size) {
    const ByteView chunk = unread().first(size);
    begin_ += size;
    return chunk;
}

// Only called when no chunk is complete, so that what is left is less than the largest chunk.
void ChunkReader::read_more() {
    assert(source_ != nullptr && end_ - begin_ < ChunkCutter::max_size);
    if (begin_ > 0) {
        std::memmove(buffer_.start(), buffer_.start() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    const size_t until = std::min(end_ + read_size, buffer_size);
    while (end_ < until && !at_end_) {
        const size_t got = source_->read({buffer_.start() + end_, until - end_});
        assert(got <= until - end_);
        end_ += got;
        at_end_ = got == 0;
    }
    if (cuts_ == Cuts::unknown) {
        cuts_ = as_text(unread()).starts_with(sqlite_magic) ? Cuts::fixed : Cuts::by_content;
    }
}

}  // namespace lifeboat::repository
