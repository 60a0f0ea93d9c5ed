#include "repository/chunker.h"

#include "base/error.h"
#include "repository/chunk_reader.h"
#include "repository/chunker_test_data.h"

#include <gtest/gtest.h>

#include <vector>

namespace lifeboat::repository {
namespace {

class EveryVariant : public testing::TestWithParam<ChunkerVariant> {
protected:
    void SetUp() override {
        if (!supported(GetParam())) GTEST_SKIP() << "this machine has no " << name_of(GetParam());
    }
};
INSTANTIATE_TEST_SUITE_P(Chunker, EveryVariant,
                         testing::Values(ChunkerVariant::portable, ChunkerVariant::avx2,
                                         ChunkerVariant::gfni),
                         [](const auto& each) { return std::string(name_of(each.param)); });

TEST_P(EveryVariant, CutsAsRestic) {
    const auto vectors = read_chunker_vectors(LIFEBOAT_TEST_DATA "/restic-v2/chunker.json");
    ASSERT_GE(vectors.size(), 7U);
    for (const ChunkerVector& vector : vectors) {
        const ChunkCutter cut(vector.polynomial, GetParam());
        EXPECT_EQ(cut.variant(), GetParam());
        EXPECT_EQ(chunk_sizes(cut, vector.input), vector.sizes) << vector.name;
    }
}

TEST_P(EveryVariant, CutsAsTheDefinitionSays) {
    for (const auto& [name, data] : varied_data()) {
        const ChunkCutter cut(test_polynomial(), GetParam());
        EXPECT_EQ(chunk_sizes(cut, data), defined_chunk_sizes(test_polynomial(), data)) << name;
    }
}

// Every position is the last one of the search once, where blocks of each variant end and begin.
TEST_P(EveryVariant, FindsABorderAtEveryPlaceOfABlock) {
    const ChunkCutter cut(test_polynomial(), GetParam());
    const Bytes plain = seeded_bytes(99, ChunkCutter::min_size + 300'000);
    Bytes data = plain;
    ASSERT_EQ(cut.find_cut(data), 0U) << "the data must have no border of its own";
    for (const size_t at : interesting_positions()) {
        plant_border(data, ChunkCutter::min_size + at);
        EXPECT_EQ(cut.find_cut(data), ChunkCutter::min_size + at);
        EXPECT_EQ(cut.find_cut(ByteView(data).first(ChunkCutter::min_size + at)),
                  ChunkCutter::min_size + at);
        EXPECT_EQ(cut.find_cut(ByteView(data).first(ChunkCutter::min_size + at - 1)), 0U);
        data = plain;
    }
}

TEST_P(EveryVariant, TakesTheFirstOfTwoBorders) {
    const ChunkCutter cut(test_polynomial(), GetParam());
    const Bytes plain = seeded_bytes(99, ChunkCutter::min_size + 300'000);
    for (const size_t distance :
         {64, 1055, 1056, 1057, 1088, 4159, 4160, 4161, 16640, 33'792, 69'632}) {
        Bytes data = plain;
        plant_border(data, ChunkCutter::min_size + 70'000);
        plant_border(data, ChunkCutter::min_size + 70'000 - distance);
        EXPECT_EQ(cut.find_cut(data), ChunkCutter::min_size + 70'000 - distance) << distance;
    }
}

TEST_P(EveryVariant, GoesOnWhereItStopped) {
    const ChunkCutter cut(test_polynomial(), GetParam());
    Bytes data = seeded_bytes(99, ChunkCutter::min_size + 300'000);
    const size_t border = ChunkCutter::min_size + 200'000;
    plant_border(data, border);
    EXPECT_EQ(cut.find_cut(data, border - 1), border);
    EXPECT_EQ(cut.find_cut(data, 1000), border);
    EXPECT_EQ(cut.find_cut(data, border), 0U);
}

TEST(ChunkCutter, NeedsMoreThanTheSmallestChunk) {
    const ChunkCutter cut(test_polynomial());
    const Bytes zeros(ChunkCutter::min_size);
    EXPECT_EQ(cut.find_cut({}), 0U);
    EXPECT_EQ(cut.find_cut(ByteView(zeros).first(ChunkCutter::min_size - 1)), 0U);
    EXPECT_EQ(cut.find_cut(zeros), ChunkCutter::min_size);
}

// --- ChunkReader ---

// Gives `data` in pieces of at most `piece` bytes.
class PieceSource final : public ByteSource {
public:
    PieceSource(ByteView data, size_t piece) : data_(data), piece_(piece) {}
    size_t read(MutableByteView out) override {
        const size_t size = std::min({out.size(), piece_, data_.size()});
        std::copy_n(data_.begin(), size, out.begin());
        data_ = data_.subspan(size);
        return size;
    }

private:
    ByteView data_;
    size_t piece_;
};

std::vector<size_t> read_chunks(ChunkReader& reader, ByteView data, size_t piece) {
    PieceSource source(data, piece);
    reader.start(source);
    std::vector<size_t> sizes;
    Bytes joined;
    for (ByteView chunk = reader.next(); !chunk.empty(); chunk = reader.next()) {
        sizes.push_back(chunk.size());
        append(joined, chunk);
    }
    EXPECT_TRUE(reader.next().empty()) << "the end stays the end";
    EXPECT_TRUE(std::equal(joined.begin(), joined.end(), data.begin(), data.end()));
    return sizes;
}

TEST(ChunkReader, GivesTheSameChunksInAnyPieces) {
    const ChunkCutter cut(test_polynomial());
    ChunkReader reader(cut);
    const Bytes data = seeded_bytes(42, 9'000'001);
    const auto expected = chunk_sizes(cut, data);
    ASSERT_GT(expected.size(), 3U);
    for (const size_t piece : {size_t{4099}, size_t{65536}, size_t{1} << 20, data.size()}) {
        EXPECT_EQ(read_chunks(reader, data, piece), expected) << piece;
    }
}

TEST(ChunkReader, GivesSmallFilesWhole) {
    const ChunkCutter cut(test_polynomial());
    ChunkReader reader(cut);
    EXPECT_EQ(read_chunks(reader, {}, 1).size(), 0U);
    EXPECT_EQ(read_chunks(reader, seeded_bytes(1, 1), 1), std::vector<size_t>{1});
    EXPECT_EQ(read_chunks(reader, seeded_bytes(1, 20'480), 999), std::vector<size_t>{20'480});
    EXPECT_EQ(read_chunks(reader, seeded_bytes(1, 15), 999), std::vector<size_t>{15});
}

TEST(ChunkReader, CutsTheLongestChunks) {
    const ChunkCutter cut(test_polynomial());
    ChunkReader reader(cut);
    const Bytes data = repeated("hello phone backup ", 2 * ChunkCutter::max_size + 5);
    EXPECT_EQ(read_chunks(reader, data, 1 << 20),
              (std::vector<size_t>{ChunkCutter::max_size, ChunkCutter::max_size, 5}));
}

TEST(ChunkReader, CutsSqliteDatabasesByPages) {
    const ChunkCutter cut(test_polynomial());
    ChunkReader reader(cut);
    Bytes data = to_bytes(std::string_view("SQLite format 3\0", 16));
    data.resize(3'000'000);
    std::vector<size_t> expected(3'000'000 / 65536, 65536);
    expected.push_back(3'000'000 % 65536);
    EXPECT_EQ(read_chunks(reader, data, 7), expected);
    EXPECT_EQ(read_chunks(reader, ByteView(data).first(65536), 65536), std::vector<size_t>{65536});
    EXPECT_EQ(read_chunks(reader, ByteView(data).first(100), 65536), std::vector<size_t>{100});
}

TEST(ChunkReader, CutsByContentWhatOnlyStartsLikeSqlite) {
    const ChunkCutter cut(test_polynomial());
    ChunkReader reader(cut);
    Bytes data = to_bytes(std::string_view("SQLite format 4\0", 16));
    data.resize(600'000);
    EXPECT_EQ(read_chunks(reader, data, 100'000), chunk_sizes(cut, data));
    EXPECT_EQ(read_chunks(reader, data, 100'000).size(), 2U);
}

class BreakingSource final : public ByteSource {
public:
    size_t read(MutableByteView out) override {
        if (given_ > 0) throw Temporary("the cable was pulled");
        given_ = std::min<size_t>(out.size(), 700'000);
        std::fill_n(out.begin(), given_, std::byte{7});
        return given_;
    }

private:
    size_t given_ = 0;
};

TEST(ChunkReader, PassesOnTheFailureOfASourceAndGoesOnWithTheNext) {
    const ChunkCutter cut(test_polynomial());
    ChunkReader reader(cut);
    BreakingSource breaking;
    reader.start(breaking);
    EXPECT_THROW(reader.next(), Temporary);
    EXPECT_EQ(read_chunks(reader, seeded_bytes(1, 1000), 999), std::vector<size_t>{1000});
}

}  // namespace
}  // namespace lifeboat::repository
