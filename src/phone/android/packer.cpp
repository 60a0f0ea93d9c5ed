#include "phone/android/packer.h"

#include "base/error.h"

#include <brotli/encode.h>
#include <fmt/format.h>
#include <lz4frame.h>
#include <zstd.h>

#include <algorithm>

namespace lifeboat::phone::android {
namespace {

// About 300 MB/s on one core of a desktop for each of them; a phone unpacks faster than that.
constexpr int zstd_level = 1;
constexpr int brotli_quality = 1;
constexpr size_t piece = size_t{64} << 10;

[[noreturn]] void cannot(std::string_view why) {
    throw Unsupported(fmt::format("a file cannot be packed for the phone: {}", why));
}

template <auto free>
struct Free {
    template <class T>
    void operator()(T* context) const {
        free(context);
    }
};

class ZstdEncoder final : public Packer::Encoder {
public:
    ZstdEncoder() : out_(ZSTD_CStreamOutSize()) {
        if (!context_) cannot("no memory");
        check(ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, zstd_level));
    }
    void pack(ByteView plain, bool last, const Packer::Out& out) override {
        ZSTD_inBuffer from{.src = plain.data(), .size = plain.size(), .pos = 0};
        size_t left = 1;
        while (last ? left > 0 : from.pos < from.size) {
            ZSTD_outBuffer to{.dst = out_.data(), .size = out_.size(), .pos = 0};
            left = ZSTD_compressStream2(context_.get(), &to, &from,
                                        last ? ZSTD_e_end : ZSTD_e_continue);
            check(left);
            if (to.pos > 0) out(ByteView(out_).first(to.pos));
        }
    }

private:
    static void check(size_t result) {
        if (ZSTD_isError(result) != 0) cannot(ZSTD_getErrorName(result));
    }

    std::unique_ptr<ZSTD_CCtx, Free<ZSTD_freeCCtx>> context_{ZSTD_createCCtx()};
    Bytes out_;
};

class Lz4Encoder final : public Packer::Encoder {
public:
    Lz4Encoder() : out_(LZ4F_compressBound(piece, nullptr) + LZ4F_HEADER_SIZE_MAX) {
        LZ4F_cctx* context = nullptr;
        check(LZ4F_createCompressionContext(&context, LZ4F_VERSION));
        context_.reset(context);
    }
    void pack(ByteView plain, bool last, const Packer::Out& out) override {
        LZ4F_cctx* context = context_.get();
        if (!begun_) emit(LZ4F_compressBegin(context, out_.data(), out_.size(), nullptr), out);
        begun_ = true;
        for (; !plain.empty(); plain = plain.subspan(std::min(piece, plain.size()))) {
            const size_t size = std::min(piece, plain.size());
            emit(
                LZ4F_compressUpdate(context, out_.data(), out_.size(), plain.data(), size, nullptr),
                out);
        }
        if (last) emit(LZ4F_compressEnd(context, out_.data(), out_.size(), nullptr), out);
    }

private:
    static void check(size_t result) {
        if (LZ4F_isError(result) != 0) cannot(LZ4F_getErrorName(result));
    }
    void emit(size_t size, const Packer::Out& out) {
        check(size);
        if (size > 0) out(ByteView(out_).first(size));
    }

    std::unique_ptr<LZ4F_cctx, Free<LZ4F_freeCompressionContext>> context_{};
    Bytes out_;
    bool begun_ = false;
};

class BrotliEncoder final : public Packer::Encoder {
public:
    BrotliEncoder() {
        if (!state_) cannot("no memory");
        BrotliEncoderSetParameter(state_.get(), BROTLI_PARAM_QUALITY, brotli_quality);
    }
    void pack(ByteView plain, bool last, const Packer::Out& out) override {
        const auto what = last ? BROTLI_OPERATION_FINISH : BROTLI_OPERATION_PROCESS;
        size_t left = plain.size();
        const uint8_t* from = as_uchar(plain);
        do {
            size_t none = 0;
            if (BrotliEncoderCompressStream(state_.get(), what, &left, &from, &none, nullptr,
                                            nullptr) == BROTLI_FALSE) {
                cannot("brotli");
            }
            size_t size = 0;
            const uint8_t* ready = BrotliEncoderTakeOutput(state_.get(), &size);
            if (size > 0) out(std::as_bytes(std::span(ready, size)));
        } while (left > 0 || BrotliEncoderHasMoreOutput(state_.get()) != BROTLI_FALSE ||
                 (last && BrotliEncoderIsFinished(state_.get()) == BROTLI_FALSE));
    }

private:
    std::unique_ptr<BrotliEncoderState, Free<BrotliEncoderDestroyInstance>> state_{
        BrotliEncoderCreateInstance(nullptr, nullptr, nullptr)};
};

std::unique_ptr<Packer::Encoder> encoder_for(Packing packing) {
    switch (packing) {
        case Packing::none:
            break;
        case Packing::zstd:
            return std::make_unique<ZstdEncoder>();
        case Packing::lz4:
            return std::make_unique<Lz4Encoder>();
        case Packing::brotli:
            return std::make_unique<BrotliEncoder>();
    }
    throw Misuse("no way of packing is given");
}

}  // namespace

Packer::Packer(Packing packing) : encoder_(encoder_for(packing)) {}
Packer::~Packer() = default;

void Packer::pack(ByteView plain, bool last, const Out& out) {
    encoder_->pack(plain, last, out);
}

}  // namespace lifeboat::phone::android
