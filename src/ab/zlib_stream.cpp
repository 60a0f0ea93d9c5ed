#include "ab/zlib_stream.h"

#include "base/error.h"
#include "item/memory_items.h"

#include <zlib.h>

#include <algorithm>
#include <limits>

namespace lifeboat::ab {

namespace {

constexpr size_t buffer_size = size_t{128} << 10;
constexpr size_t most_at_once = size_t{1} << 30;  // zlib counts in unsigned int
constexpr int level = 9;                          // as Android does

Bytef* pointer(ByteView bytes) {
    // zlib never writes to its input; its interface is older than const.
    return const_cast<Bytef*>(as_uchar(bytes));
}

}  // namespace

struct Deflater::Context {
    z_stream z{};
    Bytes out{Bytes(buffer_size)};
};

Deflater::Deflater(Output to) : to_(std::move(to)), context_(std::make_unique<Context>()) {
    if (deflateInit(&context_->z, level) != Z_OK) throw Unsupported("zlib cannot begin a stream");
}

Deflater::~Deflater() {
    deflateEnd(&context_->z);
}

void Deflater::run(ByteView plain, int flush) {
    z_stream& z = context_->z;
    z.next_in = pointer(plain);
    z.avail_in = static_cast<uInt>(plain.size());
    do {
        z.next_out = as_uchar(MutableByteView(context_->out));
        z.avail_out = static_cast<uInt>(context_->out.size());
        ::deflate(&z, flush);
        const size_t made = context_->out.size() - z.avail_out;
        if (made > 0) to_(ByteView(context_->out).first(made));
    } while (z.avail_out == 0);
}

void Deflater::write(ByteView plain) {
    for (; !plain.empty(); plain = plain.subspan(std::min(plain.size(), most_at_once))) {
        run(plain.first(std::min(plain.size(), most_at_once)), Z_NO_FLUSH);
    }
}

void Deflater::finish() {
    run({}, Z_FINISH);
}

struct InflateSource::Context {
    z_stream z{};
    Bytes in{Bytes(buffer_size)};
    bool input_ended = false;
    bool ended = false;
};

InflateSource::InflateSource(ByteSource& packed, bool must_end)
    : packed_(packed), must_end_(must_end), context_(std::make_unique<Context>()) {
    if (inflateInit(&context_->z) != Z_OK) throw Unsupported("zlib cannot begin a stream");
}

InflateSource::~InflateSource() {
    inflateEnd(&context_->z);
}

void InflateSource::refill() {
    Context& c = *context_;
    if (c.z.avail_in > 0 || c.input_ended) return;
    const size_t size = packed_.read(c.in);
    c.input_ended = size == 0;
    c.z.next_in = as_uchar(MutableByteView(c.in));
    c.z.avail_in = static_cast<uInt>(size);
}

// The stream below is read to its end, so that it can see that it is whole, too.
void InflateSource::require_end() {
    refill();
    if (context_->z.avail_in > 0) throw Corrupt("something follows the end of packed data");
}

size_t InflateSource::read(MutableByteView out) {
    Context& c = *context_;
    if (out.empty() || c.ended) return 0;
    const size_t room = std::min(out.size(), most_at_once);
    c.z.next_out = as_uchar(out);
    c.z.avail_out = static_cast<uInt>(room);
    while (c.z.avail_out == room) {
        refill();
        const int result = ::inflate(&c.z, Z_NO_FLUSH);
        if (result == Z_STREAM_END) {
            c.ended = true;
            if (must_end_) require_end();
            break;
        }
        if (result == Z_BUF_ERROR && !c.input_ended) continue;
        if (result == Z_BUF_ERROR) throw Corrupt("packed data ends too early: it is cut");
        if (result != Z_OK) throw Corrupt("packed data is damaged");
    }
    return room - c.z.avail_out;
}

Bytes deflate(ByteView plain) {
    Bytes packed;
    Deflater deflater([&](ByteView part) { append(packed, part); });
    deflater.write(plain);
    deflater.finish();
    return packed;
}

Bytes inflate(ByteView packed, uint64_t limit) {
    MemorySource source(Bytes(packed.begin(), packed.end()));
    InflateSource plain(source);
    return read_all(plain, limit);
}

}  // namespace lifeboat::ab
