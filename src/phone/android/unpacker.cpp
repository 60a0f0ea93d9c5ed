#include "phone/android/unpacker.h"

#include "phone/phone.h"

#include <brotli/decode.h>
#include <fmt/format.h>
#include <lz4frame.h>
#include <zstd.h>

namespace lifeboat::phone::android {
namespace {

constexpr int largest_window = 23;  // 8 MiB; phones use 512 KiB

[[noreturn]] void badly(std::string_view why) {
    throw Garbled(fmt::format("the phone packed a file badly: {}", why));
}

template <auto free>
struct Free {
    template <class T>
    void operator()(T* context) const {
        free(context);
    }
};

// A frame behind the last one is more of the same file.
class ZstdDecoder final : public Unpacker::Decoder {
public:
    ZstdDecoder() {
        if (!stream_) throw Unsupported("zstd cannot begin");
        check(ZSTD_DCtx_setParameter(stream_.get(), ZSTD_d_windowLogMax, largest_window));
    }
    void begin() override { check(ZSTD_DCtx_reset(stream_.get(), ZSTD_reset_session_only)); }
    size_t unpack(ByteView& packed, MutableByteView out, bool& complete) override {
        ZSTD_outBuffer to{.dst = out.data(), .size = out.size(), .pos = 0};
        ZSTD_inBuffer from{.src = packed.data(), .size = packed.size(), .pos = 0};
        // Called without input, too: the library may hold bytes that did not fit before.
        do {
            const size_t before = from.pos;
            if (complete && from.pos == from.size) break;
            const size_t left = ZSTD_decompressStream(stream_.get(), &to, &from);
            check(left);
            complete = left == 0;
            if (to.pos == 0 && from.pos == before) break;
        } while (to.pos == 0);
        packed = packed.subspan(from.pos);
        return to.pos;
    }

private:
    static void check(size_t result) {
        if (ZSTD_isError(result) != 0) badly(ZSTD_getErrorName(result));
    }

    std::unique_ptr<ZSTD_DStream, Free<ZSTD_freeDStream>> stream_{ZSTD_createDStream()};
};

class Lz4Decoder final : public Unpacker::Decoder {
public:
    Lz4Decoder() {
        LZ4F_dctx* context = nullptr;
        check(LZ4F_createDecompressionContext(&context, LZ4F_VERSION));
        context_.reset(context);
    }
    void begin() override { LZ4F_resetDecompressionContext(context_.get()); }
    size_t unpack(ByteView& packed, MutableByteView out, bool& complete) override {
        // Without input, too, as above.
        while (!complete || !packed.empty()) {
            size_t made = out.size();
            size_t used = packed.size();
            const size_t hint =
                LZ4F_decompress(context_.get(), out.data(), &made, packed.data(), &used, nullptr);
            check(hint);
            complete = hint == 0;
            packed = packed.subspan(used);
            if (made > 0) return made;
            if (used == 0) break;
        }
        return 0;
    }

private:
    static void check(size_t result) {
        if (LZ4F_isError(result) != 0) badly(LZ4F_getErrorName(result));
    }

    std::unique_ptr<LZ4F_dctx, Free<LZ4F_freeDecompressionContext>> context_{};
};

class BrotliDecoder final : public Unpacker::Decoder {
public:
    // A used one cannot begin again.
    void begin() override {
        state_.reset(BrotliDecoderCreateInstance(nullptr, nullptr, nullptr));
        if (!state_) throw Unsupported("brotli cannot begin");
    }
    size_t unpack(ByteView& packed, MutableByteView out, bool& complete) override {
        if (complete && packed.empty()) return 0;
        if (complete) badly("something follows its end");
        size_t left = packed.size();
        const uint8_t* from = as_uchar(packed);
        size_t room = out.size();
        uint8_t* to = as_uchar(out);
        const auto result =
            BrotliDecoderDecompressStream(state_.get(), &left, &from, &room, &to, nullptr);
        if (result == BROTLI_DECODER_RESULT_ERROR) {
            badly(BrotliDecoderErrorString(BrotliDecoderGetErrorCode(state_.get())));
        }
        complete = result == BROTLI_DECODER_RESULT_SUCCESS;
        packed = packed.last(left);
        if (complete && left > 0) badly("something follows its end");
        return out.size() - room;
    }

private:
    std::unique_ptr<BrotliDecoderState, Free<BrotliDecoderDestroyInstance>> state_{};
};

template <class Kind>
Unpacker::Decoder* made(std::unique_ptr<Unpacker::Decoder>& decoder) {
    if (decoder == nullptr) decoder = std::make_unique<Kind>();
    return decoder.get();
}

}  // namespace

Unpacker::Unpacker() = default;
Unpacker::~Unpacker() = default;

void Unpacker::begin(Packing packing) {
    packed_ = {};
    complete_ = false;
    switch (packing) {
        case Packing::none:
            throw Misuse("nothing to unpack");
        case Packing::zstd:
            decoder_ = made<ZstdDecoder>(zstd_);
            break;
        case Packing::lz4:
            decoder_ = made<Lz4Decoder>(lz4_);
            break;
        case Packing::brotli:
            decoder_ = made<BrotliDecoder>(brotli_);
            break;
    }
    decoder_->begin();
}

size_t Unpacker::unpack(MutableByteView out) {
    return decoder_->unpack(packed_, out, complete_);
}

}  // namespace lifeboat::phone::android
