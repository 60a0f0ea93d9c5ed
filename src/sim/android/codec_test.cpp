#include "sim/android/codec.h"

#include "base/error.h"
#include "sim/document_maker.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace lifeboat::sim::adb {
namespace {

Bytes through(Codec& codec, ByteView data, size_t at_once) {
    Bytes out;
    const auto take = [&](ByteView more) { append(out, more); };
    while (!data.empty()) {
        const size_t count = std::min(at_once, data.size());
        codec.feed(data.first(count), take);
        data = data.subspan(count);
    }
    codec.finish(take);
    return out;
}

class CodecTest : public testing::TestWithParam<uint32_t> {};

TEST_P(CodecTest, DecodesWhatItEncodes) {
    for (const size_t size :
         {size_t{0}, size_t{1}, size_t{65536}, size_t{131072}, size_t{700001}}) {
        const Bytes data = make_text(size + 1, size);
        const Bytes small = through(*make_encoder(GetParam()), data, 65536);
        EXPECT_TRUE(size < 1000 || small.size() < data.size() / 2);
        EXPECT_EQ(through(*make_decoder(GetParam()), small, 1000), data) << size;
    }
}

TEST_P(CodecTest, RefusesGarbageAndACutEnd) {
    EXPECT_THROW(through(*make_decoder(GetParam()), Bytes(100, std::byte{0xff}), 10), Corrupt);
    Bytes cut = through(*make_encoder(GetParam()), make_text(3, 50000), 65536);
    cut.resize(cut.size() / 2);
    EXPECT_THROW(through(*make_decoder(GetParam()), cut, 65536), Corrupt);
}

INSTANTIATE_TEST_SUITE_P(All, CodecTest, testing::Values(flag_brotli, flag_lz4, flag_zstd));

}  // namespace
}  // namespace lifeboat::sim::adb
