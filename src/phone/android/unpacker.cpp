#include "phone/android/unpacker.h"

#include "phone/phone.h"

#include <fmt/format.h>
#include <zstd.h>

namespace lifeboat::phone::android {
namespace {

constexpr int largest_window = 23;  // 8 MiB; phones use 512 KiB

struct FreeStream {
    void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
};

void check(size_t result) {
    if (ZSTD_isError(result) == 0) return;
    throw Garbled(fmt::format("the phone packed a file badly: {}", ZSTD_getErrorName(result)));
}

}  // namespace

struct Unpacker::Context {
    std::unique_ptr<ZSTD_DStream, FreeStream> stream{ZSTD_createDStream()};
};

Unpacker::Unpacker() : context_(std::make_unique<Context>()) {
    if (!context_->stream) throw Unsupported("zstd cannot begin");
    check(ZSTD_DCtx_setParameter(context_->stream.get(), ZSTD_d_windowLogMax, largest_window));
}

Unpacker::~Unpacker() = default;

void Unpacker::begin() {
    check(ZSTD_DCtx_reset(context_->stream.get(), ZSTD_reset_session_only));
    packed_ = {};
    complete_ = false;
}

size_t Unpacker::unpack(MutableByteView out) {
    ZSTD_outBuffer to{.dst = out.data(), .size = out.size(), .pos = 0};
    ZSTD_inBuffer from{.src = packed_.data(), .size = packed_.size(), .pos = 0};
    // Called without input, too: the library may hold bytes that did not fit before.
    do {
        const size_t before = from.pos;
        if (complete_ && from.pos == from.size) break;
        const size_t left = ZSTD_decompressStream(context_->stream.get(), &to, &from);
        check(left);
        complete_ = left == 0;
        if (to.pos == 0 && from.pos == before) break;
    } while (to.pos == 0);
    packed_ = packed_.subspan(from.pos);
    return to.pos;
}

}  // namespace lifeboat::phone::android
