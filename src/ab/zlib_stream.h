// zlib streams: whole in memory for small things, and piece by piece for large ones.
#pragma once

#include "item/item.h"

#include <functional>
#include <memory>

namespace lifeboat::ab {

using Output = std::function<void(ByteView)>;

Bytes deflate(ByteView plain);
// Throws Corrupt when it is no whole zlib stream, when something follows it, or when more than
// `limit` bytes come out.
Bytes inflate(ByteView packed, uint64_t limit);

// Packs what is written and hands it on.
class Deflater {
public:
    explicit Deflater(Output to);
    ~Deflater();
    Deflater(const Deflater&) = delete;
    Deflater& operator=(const Deflater&) = delete;
    void write(ByteView plain);
    void finish();

private:
    struct Context;
    void run(ByteView plain, int flush);
    Output to_;
    std::unique_ptr<Context> context_;
};

// A packed stream, unpacked as it is read. Memory does not grow with what comes out.
class InflateSource final : public ByteSource {
public:
    // `packed` outlives it, and is read to its end if it is to end with the packed data.
    explicit InflateSource(ByteSource& packed, bool must_end = true);
    ~InflateSource() override;
    // Throws Corrupt: damaged, cut, or something follows that must not.
    size_t read(MutableByteView out) override;

private:
    struct Context;
    void refill();
    void require_end();

    ByteSource& packed_;
    bool must_end_;
    std::unique_ptr<Context> context_;
};

}  // namespace lifeboat::ab
