// Turns a stream of bytes into the chunks that a repository stores.
#pragma once

#include "base/bytes.h"
#include "item/item.h"
#include "repository/chunker.h"
#include "sys/pages.h"

#include <cstddef>
#include <memory>

namespace lifeboat::repository {

// One thread owns a reader and uses it for file after file: its buffer is got once, and a small
// file touches only as much of it as it is long.
//
// Databases of SQLite are cut every 64 KiB instead of by content: their pages change in place, so
// a day's changes cost the pages and not the megabytes around them. Readers only join chunks and
// do not care.
class ChunkReader {
public:
    static constexpr size_t sqlite_chunk_size = size_t{64} << 10;

    explicit ChunkReader(const ChunkCutter& cutter);

    // Forgets what is left of the stream before; `source` is used until next() returned its end.
    void start(ByteSource& source);

    // The next chunk, valid until the next call of next() or start(); empty at the end. Throws what
    // the source throws.
    ByteView next();

private:
    enum class Cuts { unknown, by_content, fixed };

    ByteView take(size_t size);
    void read_more();
    size_t find_cut(size_t searched) const;
    ByteView unread() const { return {buffer_.start() + begin_, end_ - begin_}; }

    const ChunkCutter& cutter_;
    sys::Pages buffer_;
    ByteSource* source_ = nullptr;
    size_t begin_ = 0;  // what is read and not yet part of a chunk
    size_t end_ = 0;
    bool at_end_ = true;
    Cuts cuts_ = Cuts::unknown;
};

}  // namespace lifeboat::repository
