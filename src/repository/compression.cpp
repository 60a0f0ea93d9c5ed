#include "repository/compression.h"

#include "base/error.h"

#include <zstd.h>

#include <algorithm>
#include <array>

namespace lifeboat::repository {

namespace {

// Samples that are shorter would be short of repetitions; fewer would miss a mixed file's other
// half.
constexpr size_t sample_size = size_t{8} << 10;
constexpr size_t samples = 4;
constexpr size_t sampled_from = size_t{256} << 10;

template <auto Free>
struct ZstdFree {
    template <class T>
    void operator()(T* object) const {
        Free(object);
    }
};

}  // namespace

struct Compressor::Context {
    std::unique_ptr<ZSTD_CCtx, ZstdFree<ZSTD_freeCCtx>> zstd{ZSTD_createCCtx()};
};

Compressor::Compressor(int level) : context_(std::make_unique<Context>()) {
    if (context_->zstd == nullptr) throw Unsupported("zstd cannot start");
    ZSTD_CCtx_setParameter(context_->zstd.get(), ZSTD_c_compressionLevel, level);
}

Compressor::~Compressor() = default;

std::optional<size_t> Compressor::compress(ByteView from, MutableByteView to) {
    const size_t size =
        ZSTD_compress2(context_->zstd.get(), to.data(), to.size(), from.data(), from.size());
    if (ZSTD_isError(size) != 0) return std::nullopt;
    return size;
}

bool Compressor::looks_random(ByteView from) {
    if (from.size() < sampled_from) return false;
    std::array<std::byte, sample_size - sample_size / 64> room{};
    const size_t distance = from.size() / samples;
    for (size_t i = 0; i < samples; ++i) {
        if (compress(from.subspan(i * distance + distance / 2, sample_size), room)) return false;
    }
    return true;
}

size_t Compressor::bound(size_t size) {
    return ZSTD_compressBound(size);
}

struct Decompressor::Context {
    std::unique_ptr<ZSTD_DCtx, ZstdFree<ZSTD_freeDCtx>> zstd{ZSTD_createDCtx()};
};

Decompressor::Decompressor() : context_(std::make_unique<Context>()) {
    if (context_->zstd == nullptr) throw Unsupported("zstd cannot start");
}

Decompressor::~Decompressor() = default;

bool Decompressor::decompress(ByteView frame, MutableByteView to) {
    const size_t size =
        ZSTD_decompressDCtx(context_->zstd.get(), to.data(), to.size(), frame.data(), frame.size());
    return ZSTD_isError(size) == 0 && size == to.size();
}

std::optional<std::string> Decompressor::decompress_text(ByteView frame, size_t limit) {
    const unsigned long long told = ZSTD_getFrameContentSize(frame.data(), frame.size());
    if (told == ZSTD_CONTENTSIZE_UNKNOWN) return decompress_unknown(frame, limit);
    // No more than zstd can make of so little: what a frame claims is not believed.
    constexpr unsigned long long largest_ratio = 1 << 18;
    if (told == ZSTD_CONTENTSIZE_ERROR || told > limit || told / largest_ratio > frame.size()) {
        return std::nullopt;
    }
    std::string text(static_cast<size_t>(told), '\0');
    const std::span<char> room(text);
    if (!decompress(frame, std::as_writable_bytes(room))) return std::nullopt;
    return text;
}

std::optional<std::string> Decompressor::decompress_unknown(ByteView frame, size_t limit) {
    ZSTD_DCtx* zstd = context_->zstd.get();
    ZSTD_DCtx_reset(zstd, ZSTD_reset_session_only);
    std::string out(std::min(limit, std::max<size_t>(4096, frame.size() * 4)), '\0');
    ZSTD_inBuffer in{.src = frame.data(), .size = frame.size(), .pos = 0};
    ZSTD_outBuffer to{.dst = out.data(), .size = out.size(), .pos = 0};
    for (;;) {
        const size_t wanted = ZSTD_decompressStream(zstd, &to, &in);
        if (ZSTD_isError(wanted) != 0) return std::nullopt;
        if (wanted == 0) break;
        if (to.pos < to.size) return std::nullopt;  // the frame is cut short
        if (out.size() >= limit) return std::nullopt;
        out.resize(std::min(limit, out.size() * 2));
        to.dst = out.data();
        to.size = out.size();
    }
    if (in.pos != in.size) return std::nullopt;
    out.resize(to.pos);
    return out;
}

}  // namespace lifeboat::repository
