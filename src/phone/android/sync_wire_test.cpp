#include "phone/android/sync_wire.h"

#include "base/error.h"
#include "phone/android/packer.h"
#include "phone/android/pulled_file.h"
#include "phone/android/walk.h"

#include <gtest/gtest.h>

#include <array>

namespace lifeboat::phone::android {
namespace {

constexpr SyncDialect v2{.stat_v2 = true, .list_v2 = true, .receive_v2 = true};
constexpr SyncDialect v1{};

class MemoryBlocks final : public BlockSource {
public:
    MemoryBlocks(Bytes bytes, size_t piece) : bytes_(std::move(bytes)), piece_(piece) {}
    ByteView next() override {
        const size_t size = std::min(piece_, bytes_.size() - at_);
        at_ += size;
        return ByteView(bytes_).subspan(at_ - size, size);
    }

private:
    Bytes bytes_;
    size_t piece_;
    size_t at_ = 0;
};

Bytes stat_body(const StatReply& stat) {
    Bytes out;
    append_le(out, stat.error);
    append_le(out, stat.device);
    append_le(out, stat.inode);
    append_le(out, stat.mode);
    for (int i = 0; i < 3; ++i) append_le(out, uint32_t{1});
    append_le(out, stat.size);
    append_le(out, int64_t{0});
    append_le(out, stat.modified);
    append_le(out, int64_t{0});
    return out;
}

Bytes entry(const StatReply& stat, std::string_view name) {
    Bytes out = to_bytes("DNT2");
    append(out, stat_body(stat));
    append_le(out, static_cast<uint32_t>(name.size()));
    append(out, as_bytes(name));
    return out;
}

Bytes joined(std::initializer_list<Bytes> parts) {
    Bytes out;
    for (const Bytes& part : parts) append(out, part);
    return out;
}

Bytes data(std::string_view text) {
    Bytes out;
    append_request(out, "DATA", text);
    return out;
}

Bytes lst2(const StatReply& stat) {
    return joined({to_bytes("LST2"), stat_body(stat)});
}

const Bytes done = joined({to_bytes("DONE"), Bytes(4)});
const Bytes end_of_list = joined({to_bytes("DONE"), Bytes(72)});
const StatReply five_bytes{.mode = 0100660, .size = 5, .modified = 1'700'000'000};

TEST(SyncWire, RequestsAsAdbSendsThem) {
    Bytes out;
    append_receive(out, v2, "/sdcard/a");
    append_stat(out, v2, "/sdcard/a");
    EXPECT_EQ(as_text(out),
              std::string_view("RCV2\x09\0\0\0/sdcard/aRCV2\0\0\0\0LST2\x09\0\0\0/sdcard/a", 42));
    out.clear();
    append_receive(out, v1, "/x");
    append_list(out, v1, "/y");
    EXPECT_EQ(as_text(out), std::string_view("RECV\x02\0\0\0/xLIST\x02\0\0\0/y", 20));
}

TEST(SyncWire, ListingInPiecesOfAnySize) {
    const Bytes stream = joined({entry({.mode = 040770}, "."), entry(five_bytes, "a\nb\xff"),
                                 entry({.error = 13}, "locked"), end_of_list});
    for (const size_t piece : {1u, 3u, 76u, 10'000u}) {
        MemoryBlocks blocks(stream, piece);
        SyncInput input(blocks);
        EXPECT_EQ(read_entry(input, v2)->name, ".");
        const auto file = read_entry(input, v2);
        EXPECT_EQ(file->name, "a\nb\xff");
        EXPECT_EQ(file->stat, five_bytes);
        EXPECT_EQ(read_entry(input, v2)->stat.error, 13u);
        EXPECT_FALSE(read_entry(input, v2));
    }
}

TEST(SyncWire, VersionOne) {
    Bytes stream = to_bytes("DENT");
    append_le(stream, uint32_t{0100644});
    append_le(stream, uint32_t{7});
    append_le(stream, uint32_t{1'600'000'000});
    append_le(stream, uint32_t{1});
    append(stream, as_bytes("x"));
    append(stream, as_bytes("DONE"));
    append(stream, Bytes(16));
    append(stream, as_bytes("STAT"));
    append(stream, Bytes(12));
    MemoryBlocks blocks(stream, 5);
    SyncInput input(blocks);
    EXPECT_EQ(read_entry(input, v1)->stat.modified, 1'600'000'000);
    EXPECT_FALSE(read_entry(input, v1));
    EXPECT_EQ(read_stat(input, v1).error, 2u);
}

TEST(SyncWire, NameOfFourGigabytesIsRefusedAtOnce) {
    Bytes stream = to_bytes("DNT2");
    append(stream, stat_body(five_bytes));
    append_le(stream, uint32_t{0xffffffff});
    MemoryBlocks blocks(stream, 1000);
    SyncInput input(blocks);
    EXPECT_THROW(read_entry(input, v2), Corrupt);
}

TEST(SyncWire, GarbageIsCorruptAndTheEndIsALostConnection) {
    MemoryBlocks garbage(to_bytes("HTTP/1.1 200 OK and so on and on, for long enough"), 9);
    SyncInput input(garbage);
    EXPECT_THROW(read_entry(input, v2), Corrupt);
    MemoryBlocks cut(to_bytes("DNT"), 9);
    SyncInput cut_input(cut);
    EXPECT_THROW(read_entry(cut_input, v2), Temporary);
    MemoryBlocks big(joined({to_bytes("DATA"), Bytes(4, std::byte{0xff})}), 9);
    SyncInput big_input(big);
    EXPECT_THROW(read_frame(big_input), Corrupt);
}

PullJob job_of(const StatReply& stat) {
    return {.item = item_of(ItemPath("sdcard/a"), stat), .remote = "/sdcard/a"};
}

// What a sink would get, and how the file ended.
struct Pulled {
    std::string bytes{};
    PulledFile::State state{};
    std::string reason{};
};

Pulled pull(const Bytes& stream, const StatReply& listed, const SyncDialect& dialect = v2,
            Packing packing = Packing::none) {
    MemoryBlocks blocks(stream, 11);
    SyncInput input(blocks);
    PullJob job = job_of(listed);
    job.packing = packing;
    Unpacker unpacker;
    PulledFile file(input, dialect, job, unpacker);
    Pulled out;
    std::array<std::byte, 4> buffer{};
    try {
        while (const size_t got = file.read(buffer))
            out.bytes += as_text(ByteView(buffer).first(got));
    } catch (const Error&) {
    }
    out.state = file.state();
    out.reason = file.reason();
    return out;
}

using State = PulledFile::State;

TEST(PulledFile, WholeFile) {
    const auto got =
        pull(joined({data("hel"), data(""), data("lo"), done, lst2(five_bytes)}), five_bytes);
    EXPECT_EQ(got.bytes, "hello");
    EXPECT_EQ(got.state, State::complete);
}

TEST(PulledFile, TornFilesAreSeen) {
    StatReply later = five_bytes;
    ++later.modified;
    EXPECT_EQ(pull(joined({data("hello"), done, lst2(later)}), five_bytes).state, State::changed);
    StatReply bigger = five_bytes;
    bigger.size = 6;
    EXPECT_EQ(pull(joined({data("hello"), done, lst2(bigger)}), five_bytes).state, State::changed);
    EXPECT_EQ(pull(joined({data("hell"), done, lst2(five_bytes)}), five_bytes).state,
              State::changed);
    EXPECT_EQ(pull(joined({data("hello"), done, lst2({.error = 2})}), five_bytes).state,
              State::changed);
}

// A phone ends its file service with the words: no second look follows.
TEST(PulledFile, RefusalIsTheLastWord) {
    Bytes fail;
    append_request(fail, "FAIL", "open failed: Permission denied");
    Bytes half;
    append_request(half, "FAIL", "read failed: I/O error");
    const auto got = pull(fail, five_bytes);
    EXPECT_EQ(got.state, State::refused);
    EXPECT_EQ(got.reason, "Permission denied");
    const auto broken_off = pull(joined({data("hel"), half}), five_bytes);
    EXPECT_EQ(broken_off.bytes, "hel");
    EXPECT_EQ(broken_off.state, State::refused);
    EXPECT_EQ(broken_off.reason, "I/O error");
}

// The same frame again and again.
class EndlessBlocks final : public BlockSource {
public:
    explicit EndlessBlocks(Bytes block) : block_(std::move(block)) {}
    ByteView next() override { return block_; }

private:
    Bytes block_;
};

// How many bytes of it are given before it is broken off; nothing where `most` are.
std::optional<uint64_t> broken_off_after(BlockSource& blocks, PullJob job,
                                         const SyncDialect& dialect, uint64_t most) {
    SyncInput input(blocks);
    Unpacker unpacker;
    PulledFile file(input, dialect, job, unpacker);
    Bytes buffer(longest_data_frame);
    uint64_t count = 0;
    try {
        while (count < most) count += file.read(buffer);
        return std::nullopt;
    } catch (const Garbled&) {
        EXPECT_EQ(file.state(), State::broken);
        return count;
    }
}

constexpr uint64_t may_grow = uint64_t{64} << 20;

TEST(PulledFile, ContentHasAnEnd) {
    EndlessBlocks frames((data)(std::string(longest_data_frame, 'x')));
    const auto given = broken_off_after(frames, job_of(five_bytes), v2, 2 * may_grow);
    ASSERT_TRUE(given);
    EXPECT_LE(*given, may_grow + 5);
    EXPECT_GT(*given, may_grow - longest_data_frame);
    EndlessBlocks nothing(data(""));
    EXPECT_EQ(broken_off_after(nothing, job_of(five_bytes), v2, 2 * may_grow), 0u);
    StatReply lie = five_bytes;
    lie.size = UINT64_MAX;
    EXPECT_FALSE(broken_off_after(frames, job_of(lie), v2, 2 * may_grow));
}

// 5 bytes are 4 GiB and 5 as well; 5 GiB are told only by who knows.
TEST(PulledFile, ContentOfVersionOneMayBeLonger) {
    EndlessBlocks frames((data)(std::string(longest_data_frame, 'x')));
    EXPECT_FALSE(broken_off_after(frames, job_of(five_bytes), v1, 2 * may_grow));
}

TEST(PulledFile, PackedContentHasAnEnd) {
    Bytes bomb;
    Packer packer(Packing::zstd);
    const Bytes zeros(uint64_t{1} << 20);
    for (int i = 0; i < 200; ++i) {
        packer.pack(zeros, i == 199, [&](ByteView part) { append(bomb, part); });
    }
    Bytes frames;
    append_data(frames, bomb);
    EXPECT_LT(frames.size(), 100'000u);
    MemoryBlocks blocks(joined({frames, done, lst2(five_bytes)}), 4096);
    PullJob job = job_of(five_bytes);
    job.packing = Packing::zstd;
    const auto given = broken_off_after(blocks, job, v2, 2 * may_grow);
    ASSERT_TRUE(given);
    EXPECT_LE(*given, may_grow + 5);

    Bytes empty;  // frames of zstd without content, again and again
    Packer(Packing::zstd).pack({}, true, [&](ByteView part) { append(empty, part); });
    EndlessBlocks nothing((data)(to_text(empty)));
    EXPECT_EQ(broken_off_after(nothing, job, v2, 2 * may_grow), 0u);
}

class PackedFrames : public testing::TestWithParam<Packing> {
protected:
    static std::string packed(std::string_view text) {
        Bytes out;
        Packer packer(GetParam());
        packer.pack(as_bytes(text), true, [&](ByteView part) { append(out, part); });
        return to_text(out);
    }
    static Pulled pulled(std::initializer_list<std::string> pieces) {
        Bytes stream;
        for (const std::string& piece : pieces) append(stream, (data)(piece));
        append(stream, done);
        append(stream, lst2(five_bytes));
        return pull(stream, five_bytes, v2, GetParam());
    }
};

TEST_P(PackedFrames, AreTheFile) {
    const std::string whole = packed("hello");
    const std::string half = whole.substr(0, whole.size() / 2);
    const auto got = pulled({half, whole.substr(half.size())});
    EXPECT_EQ(got.bytes, "hello");
    EXPECT_EQ(got.state, State::complete);
    EXPECT_EQ(pulled({packed("hell")}).state, State::changed);
    EXPECT_EQ(pulled({half}).state, State::broken);
    EXPECT_EQ(pulled({"hello"}).state, State::broken);
    EXPECT_EQ(pulled({}).state, State::broken);
    EXPECT_EQ(pulled({whole, "more"}).state, State::broken);
    Bytes fail;
    append_request(fail, "FAIL", "open failed: Permission denied");
    EXPECT_EQ(pull(fail, five_bytes, v2, GetParam()).state, State::refused);
}

// A frame behind a frame is more of the file; a brotli stream has one end.
TEST_P(PackedFrames, OneBehindTheOther) {
    const auto got = pulled({packed("he") + packed("llo")});
    const bool one_end = GetParam() == Packing::brotli;
    EXPECT_EQ(got.state, one_end ? State::broken : State::complete);
    EXPECT_EQ(got.bytes, one_end ? "" : "hello");
}

TEST_P(PackedFrames, OfAnySizeAndDamagedAtAnyByte) {
    std::string text;
    while (text.size() < 300'000) {
        text += "a line of a log, number " + std::to_string(text.size() * 7919) + "\n";
    }
    const std::string small = packed(text);
    EXPECT_LT(small.size(), text.size() / 2);
    Unpacker unpacker;
    // The text, or what it takes it for.
    const auto unpacked = [&](const std::string& all, size_t piece) {
        std::string out;
        unpacker.begin(GetParam());
        Bytes room(10'000);
        for (size_t at = 0; at < all.size(); at += piece) {
            unpacker.feed(as_bytes(std::string_view(all).substr(at, piece)));
            while (const size_t size = unpacker.unpack(room)) {
                out += as_text(ByteView(room).first(size));
                if (out.size() > 10 * text.size()) return out;
            }
        }
        return out;
    };
    EXPECT_EQ(unpacked(small, 1), text);
    EXPECT_TRUE(unpacker.is_complete());
    EXPECT_EQ(unpacked(small, small.size()), text);
    for (size_t at = 0; at < small.size(); at += 1 + small.size() / 300) {
        std::string damaged = small;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x41);
        try {
            unpacked(damaged, 4096);  // it may be seen, it must not hang or crash
        } catch (const Corrupt&) {
        }
    }
    EXPECT_EQ(unpacked(small, 65'536), text);  // nothing is left of that
}

INSTANTIATE_TEST_SUITE_P(Every, PackedFrames,
                         testing::Values(Packing::brotli, Packing::lz4, Packing::zstd));

TEST(SyncWire, FilesToBeWritten) {
    Bytes plain;
    append_send(plain, "/sdcard/a", 0100644);
    EXPECT_EQ(as_text(plain), std::string_view("SEND\x0f\0\0\0/sdcard/a,33188", 23));
    Bytes packed;
    append_send(packed, "/sdcard/a", 0100644, Packing::lz4);
    EXPECT_EQ(as_text(packed),
              std::string_view("SND2\x09\0\0\0/sdcard/aSND2\xa4\x81\0\0\x02\0\0\0", 29));
    Bytes frames;
    append_data(frames, Bytes(longest_data_frame + 1));
    EXPECT_EQ(frames.size(), longest_data_frame + 1 + 16);
}

TEST(SyncDialect, PacksInTheBestWayThatThePhoneKnows) {
    const auto best = [](std::set<std::string> ways) {
        std::set<std::string> features{"sendrecv_v2"};
        for (const std::string& way : ways) features.insert("sendrecv_v2_" + way);
        return SyncDialect::of(features).packing();
    };
    EXPECT_EQ(best({}), Packing::none);
    EXPECT_EQ(best({"brotli"}), Packing::brotli);  // Android 11
    EXPECT_EQ(best({"brotli", "lz4"}), Packing::lz4);
    EXPECT_EQ(best({"brotli", "lz4", "zstd"}), Packing::zstd);
    EXPECT_EQ(SyncDialect::of({"sendrecv_v2_zstd"}).packing(), Packing::none);
}

TEST(PacksWell, ByNameAndSize) {
    const auto well = [](const char* path, uint64_t size) {
        return packs_well({.path = ItemPath(path), .size = size});
    };
    EXPECT_TRUE(well("sdcard/a/msgstore.db", 5000));
    EXPECT_TRUE(well("sdcard/a/Notes.TXT", 5000));
    EXPECT_FALSE(well("sdcard/a/Notes.TXT", 100));
    EXPECT_FALSE(well("sdcard/a/msgstore.db.crypt15", 5000));
    EXPECT_FALSE(well("sdcard/a/IMG.jpg", 5000));
}

TEST(PulledFile, SizesOfVersionOneWrap) {
    StatReply huge = five_bytes;
    huge.size = (uint64_t{1} << 32) + 5;  // as exact times told it
    Bytes stat = to_bytes("STAT");
    append_le(stat, uint32_t{0100660});
    append_le(stat, uint32_t{5});
    append_le(stat, uint32_t{1'700'000'000});
    EXPECT_EQ(pull(joined({data("hello"), done, stat}), huge, v1).state, State::complete);
}

TEST(PulledFile, GarbageBreaksTheStream) {
    EXPECT_EQ(pull(joined({data("he"), to_bytes("????????")}), five_bytes).state, State::broken);
    EXPECT_EQ(pull(data("he"), five_bytes).state, State::broken);
}

}  // namespace
}  // namespace lifeboat::phone::android
