#include "sim/android/codec.h"

#include "base/error.h"

#include <brotli/decode.h>
#include <brotli/encode.h>
#include <lz4frame.h>
#include <zstd.h>

#include <array>

namespace lifeboat::sim::adb {

namespace {

constexpr size_t piece = 64u << 10;

template <auto free_function>
struct Free {
    template <class T>
    void operator()(T* object) const {
        free_function(object);
    }
};

[[noreturn]] void broken() {
    throw Corrupt("compressed data that cannot be decoded");
}

class BrotliEncoder final : public Codec {
public:
    BrotliEncoder() { BrotliEncoderSetParameter(state_.get(), BROTLI_PARAM_QUALITY, 1); }
    void feed(ByteView data, const Out& out) override { step(data, BROTLI_OPERATION_PROCESS, out); }
    void finish(const Out& out) override { step({}, BROTLI_OPERATION_FINISH, out); }

private:
    void step(ByteView data, BrotliEncoderOperation what, const Out& out) {
        size_t left = data.size();
        const uint8_t* next = as_uchar(data);
        do {
            size_t none = 0;
            if (BrotliEncoderCompressStream(state_.get(), what, &left, &next, &none, nullptr,
                                            nullptr) == BROTLI_FALSE) {
                broken();
            }
            size_t size = 0;
            while (const uint8_t* ready = BrotliEncoderTakeOutput(state_.get(), &size)) {
                if (size == 0) break;
                out(std::as_bytes(std::span(ready, size)));
                size = 0;
            }
        } while (left > 0 || BrotliEncoderHasMoreOutput(state_.get()) == BROTLI_TRUE);
    }
    std::unique_ptr<BrotliEncoderState, Free<BrotliEncoderDestroyInstance>> state_{
        BrotliEncoderCreateInstance(nullptr, nullptr, nullptr)};
};

class BrotliDecoder final : public Codec {
public:
    void feed(ByteView data, const Out& out) override {
        size_t left = data.size();
        const uint8_t* next = as_uchar(data);
        for (;;) {
            size_t none = 0;
            const auto result =
                BrotliDecoderDecompressStream(state_.get(), &left, &next, &none, nullptr, nullptr);
            if (result == BROTLI_DECODER_RESULT_ERROR) broken();
            size_t size = 0;
            if (const uint8_t* ready = BrotliDecoderTakeOutput(state_.get(), &size)) {
                if (size > 0) out(std::as_bytes(std::span(ready, size)));
            }
            if (result != BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT) break;
        }
        if (left > 0) broken();
    }
    void finish(const Out&) override {
        if (BrotliDecoderIsFinished(state_.get()) == BROTLI_FALSE) broken();
    }

private:
    std::unique_ptr<BrotliDecoderState, Free<BrotliDecoderDestroyInstance>> state_{
        BrotliDecoderCreateInstance(nullptr, nullptr, nullptr)};
};

class Lz4Encoder final : public Codec {
public:
    Lz4Encoder() : out_(LZ4F_compressBound(piece, nullptr) + LZ4F_HEADER_SIZE_MAX) {
        LZ4F_cctx* context = nullptr;
        LZ4F_createCompressionContext(&context, LZ4F_VERSION);
        context_.reset(context);
    }
    void feed(ByteView data, const Out& out) override {
        start(out);
        for (; !data.empty(); data = data.subspan(std::min(piece, data.size()))) {
            const size_t n = std::min(piece, data.size());
            emit(LZ4F_compressUpdate(context_.get(), out_.data(), out_.size(), data.data(), n,
                                     nullptr),
                 out);
        }
    }
    void finish(const Out& out) override {
        start(out);
        emit(LZ4F_compressEnd(context_.get(), out_.data(), out_.size(), nullptr), out);
    }

private:
    void start(const Out& out) {
        if (started_) return;
        started_ = true;
        emit(LZ4F_compressBegin(context_.get(), out_.data(), out_.size(), nullptr), out);
    }
    void emit(size_t size, const Out& out) {
        if (LZ4F_isError(size) != 0) broken();
        if (size > 0) out(ByteView(out_).first(size));
    }
    std::unique_ptr<LZ4F_cctx, Free<LZ4F_freeCompressionContext>> context_;
    Bytes out_;
    bool started_ = false;
};

class Lz4Decoder final : public Codec {
public:
    Lz4Decoder() : out_(piece) {
        LZ4F_dctx* context = nullptr;
        LZ4F_createDecompressionContext(&context, LZ4F_VERSION);
        context_.reset(context);
    }
    void feed(ByteView data, const Out& out) override {
        // Asked again behind its end, the decoder would wait for another frame.
        while (hint_ != 0) {
            size_t made = out_.size();
            size_t used = data.size();
            hint_ =
                LZ4F_decompress(context_.get(), out_.data(), &made, data.data(), &used, nullptr);
            if (LZ4F_isError(hint_) != 0) broken();
            if (made > 0) out(ByteView(out_).first(made));
            data = data.subspan(used);
            if (data.empty() && made < out_.size()) break;
        }
        if (!data.empty()) broken();
    }
    void finish(const Out&) override {
        if (hint_ != 0) broken();
    }

private:
    std::unique_ptr<LZ4F_dctx, Free<LZ4F_freeDecompressionContext>> context_;
    Bytes out_;
    size_t hint_ = 1;
};

class ZstdEncoder final : public Codec {
public:
    ZstdEncoder() : out_(ZSTD_CStreamOutSize()) {}
    void feed(ByteView data, const Out& out) override { step(data, ZSTD_e_continue, out); }
    void finish(const Out& out) override { step({}, ZSTD_e_end, out); }

private:
    void step(ByteView data, ZSTD_EndDirective what, const Out& out) {
        ZSTD_inBuffer in{data.data(), data.size(), 0};
        for (size_t left = 1; in.pos < in.size || left > 0;) {
            ZSTD_outBuffer to{out_.data(), out_.size(), 0};
            left = ZSTD_compressStream2(context_.get(), &to, &in, what);
            if (ZSTD_isError(left) != 0) broken();
            if (to.pos > 0) out(ByteView(out_).first(to.pos));
            if (what == ZSTD_e_continue && in.pos == in.size) break;
        }
    }
    std::unique_ptr<ZSTD_CCtx, Free<ZSTD_freeCCtx>> context_{ZSTD_createCCtx()};
    Bytes out_;
};

class ZstdDecoder final : public Codec {
public:
    ZstdDecoder() : out_(ZSTD_DStreamOutSize()) {}
    void feed(ByteView data, const Out& out) override {
        ZSTD_inBuffer in{data.data(), data.size(), 0};
        for (bool full = true; hint_ != 0 && (in.pos < in.size || full);) {
            ZSTD_outBuffer to{out_.data(), out_.size(), 0};
            hint_ = ZSTD_decompressStream(context_.get(), &to, &in);
            if (ZSTD_isError(hint_) != 0) broken();
            if (to.pos > 0) out(ByteView(out_).first(to.pos));
            full = to.pos == to.size;
        }
        if (in.pos < in.size) broken();
    }
    void finish(const Out&) override {
        if (hint_ != 0) broken();
    }

private:
    std::unique_ptr<ZSTD_DCtx, Free<ZSTD_freeDCtx>> context_{ZSTD_createDCtx()};
    Bytes out_;
    size_t hint_ = 1;
};

}  // namespace

std::unique_ptr<Codec> make_encoder(uint32_t flag) {
    if (flag == flag_brotli) return std::make_unique<BrotliEncoder>();
    if (flag == flag_lz4) return std::make_unique<Lz4Encoder>();
    if (flag == flag_zstd) return std::make_unique<ZstdEncoder>();
    throw Misuse("no such compression");
}

std::unique_ptr<Codec> make_decoder(uint32_t flag) {
    if (flag == flag_brotli) return std::make_unique<BrotliDecoder>();
    if (flag == flag_lz4) return std::make_unique<Lz4Decoder>();
    if (flag == flag_zstd) return std::make_unique<ZstdDecoder>();
    throw Misuse("no such compression");
}

}  // namespace lifeboat::sim::adb
