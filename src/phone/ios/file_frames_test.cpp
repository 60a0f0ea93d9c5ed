#include "phone/ios/file_frames.h"

#include "base/hex.h"
#include "item/memory_items.h"
#include "sys/stream_socket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lifeboat::phone::ios {
namespace {

// Gives bytes in pieces of at most `piece`, as a socket does.
class Pieces final : public ByteSource {
public:
    Pieces(Bytes bytes, size_t piece) : source_(std::move(bytes)), piece_(piece) {}
    size_t read(MutableByteView out) override {
        return source_.read(out.first(std::min(out.size(), piece_)));
    }

private:
    MemorySource source_;
    size_t piece_;
};

void append_data(Bytes& to, std::string_view text) {
    append_data_head(to, text.size());
    append(to, as_bytes(text));
}

std::string content(FileFrameReader& reader) {
    std::string out;
    Bytes block(3);
    while (const size_t got = reader.read(block)) out += as_text(ByteView(block).first(got));
    return out;
}

// Two files, one of them empty, one that the phone could not read, and the end.
Bytes upload() {
    Bytes out;
    append_file_name(out, "/var/a");
    append_file_name(out, "U/00/a");
    append_data(out, "first ");
    append_data(out, "second");
    append_file_end(out);
    append_file_name(out, "/var/b");
    append_file_name(out, "U/00/b");
    append_file_end(out);
    append_file_name(out, "/var/c");
    append_file_name(out, "U/00/c");
    append_data(out, "half");
    append_file_failure(out, DlCode::io_error, "unreadable");
    append_list_end(out);
    return out;
}

TEST(FileFrames, AsThePhoneSendsThem) {
    Bytes out;
    append_file_name(out, "ab");
    append_data(out, "xyz");
    append_file_end(out);
    append_file_failure(out, DlCode::not_found, "no");
    append_list_end(out);
    EXPECT_EQ(to_hex(out),
              "000000026162"
              "000000040c78797a"
              "0000000100"
              "00000003066e6f"
              "00000000");
}

TEST(FileFrames, FilesInPiecesOfAnySize) {
    for (const size_t piece : {1u, 2u, 5u, 10'000u}) {
        Pieces source(upload(), piece);
        FileFrameReader reader(source, FileNames::two);
        const auto first = reader.next();
        EXPECT_EQ(first->on_phone, "/var/a");
        EXPECT_EQ(first->in_backup, "U/00/a");
        EXPECT_EQ(content(reader), "first second");
        EXPECT_TRUE(reader.ending().is_success());
        EXPECT_EQ(reader.bytes_read(), 12u);
        EXPECT_EQ(reader.next()->in_backup, "U/00/b");
        EXPECT_EQ(content(reader), "");
        EXPECT_TRUE(reader.ending().is_success());
        reader.next();
        EXPECT_EQ(content(reader), "half");
        EXPECT_FALSE(reader.ending().is_success());
        EXPECT_EQ(reader.ending().code, block_code::io_error);
        EXPECT_EQ(reader.ending().text, "unreadable");
        EXPECT_EQ(reader.next(), std::nullopt);
    }
}

TEST(FileFrames, WhatIsNotReadIsSkipped) {
    Pieces source(upload(), 4);
    FileFrameReader reader(source, FileNames::two);
    Bytes two(2);
    reader.next();
    reader.read(two);
    EXPECT_EQ(reader.next()->in_backup, "U/00/b");
    EXPECT_EQ(reader.next()->in_backup, "U/00/c");
    EXPECT_EQ(reader.next(), std::nullopt);
}

TEST(FileFrames, OneNameFromTheComputer) {
    Bytes out;
    append_file_name(out, "U/Status.plist");
    append_file_failure(out, DlCode::not_found, "No such file");
    append_list_end(out);
    MemorySource source(out);
    FileFrameReader reader(source, FileNames::one);
    EXPECT_EQ(reader.next()->in_backup, "U/Status.plist");
    EXPECT_EQ(content(reader), "");
    EXPECT_EQ(reader.ending().code, block_code::not_found);
    EXPECT_FALSE(reader.ending().after_data);
    EXPECT_EQ(reader.next(), std::nullopt);
}

TEST(FileFrames, EveryCutIsNoticed) {
    const Bytes whole = upload();
    for (size_t size = 0; size < whole.size(); ++size) {
        MemorySource source(
            Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
        FileFrameReader reader(source, FileNames::two);
        EXPECT_THROW(
            {
                while (reader.next()) content(reader);
            },
            sys::ConnectionLost)
            << size;
    }
}

TEST(FileFrames, HostileLengths) {
    const auto read_all = [](std::string_view hex) {
        MemorySource source(*from_hex(hex));
        FileFrameReader reader(source, FileNames::two);
        while (reader.next()) content(reader);
    };
    EXPECT_THROW(read_all("ffffffff"), Garbled);  // a name of 4 GiB
    EXPECT_THROW(read_all("00001001"), Garbled);
    EXPECT_THROW(read_all("000000016100000000"), Garbled);            // no name in the backup
    EXPECT_THROW(read_all("0000000161000000016200000000"), Garbled);  // a block without a code
    EXPECT_THROW(read_all("00000001610000000162ffffffff0c"), sys::ConnectionLost);
    EXPECT_THROW(read_all("00000001610000000162ffffffff06"), sys::ConnectionLost);
}

TEST(FileFrames, LongFailuresAreCutShort) {
    Bytes out;
    append_file_name(out, "a");
    append_file_failure(out, DlCode::failed, std::string(100'000, 'x'));
    append_list_end(out);
    MemorySource source(out);
    FileFrameReader reader(source, FileNames::one);
    reader.next();
    content(reader);
    EXPECT_EQ(reader.ending().text.size(), 4096u);
    EXPECT_EQ(reader.next(), std::nullopt);
}

TEST(FileFrames, EndingsOfOldPhones) {
    const FileEnding bare{.code = block_code::io_error, .text = "", .after_data = true};
    EXPECT_TRUE(bare.is_success());
    EXPECT_FALSE(
        (FileEnding{.code = block_code::io_error, .text = "I/O", .after_data = true}).is_success());
    EXPECT_FALSE((FileEnding{.code = block_code::io_error}).is_success());
    EXPECT_FALSE(
        (FileEnding{.code = block_code::not_found, .text = "", .after_data = true}).is_success());
}

TEST(FileFrames, FailuresNeverLookLikeData) {
    Bytes out;
    append_file_failure(out, static_cast<DlCode>(-12), "");
    append_file_failure(out, static_cast<DlCode>(-300), "");
    append_file_failure(out, DlCode::ok, "");
    EXPECT_EQ(to_hex(out),
              "0000000101"
              "0000000101"
              "0000000101");
}

TEST(FileFrames, PathsStayInTheBackup) {
    EXPECT_EQ(path_in_backup("U/00/a"), ItemPath("U/00/a"));
    EXPECT_EQ(path_in_backup("//U/Snapshot/"), ItemPath("U/Snapshot"));
    EXPECT_EQ(path_in_backup("/"), ItemPath());
    EXPECT_EQ(path_in_backup(".b/x"), ItemPath(".b/x"));
    for (const std::string_view bad : {"..", "U/../../x", "/../x", "U//x", "U/./x"}) {
        EXPECT_EQ(path_in_backup(bad), std::nullopt) << bad;
    }
    EXPECT_EQ(path_in_backup(std::string_view("a\0b", 3)), std::nullopt);
    EXPECT_EQ(path_in_backup(std::string(5000, 'x')), std::nullopt);
}

TEST(FileFrames, BlocksTakeMemoryOnlyAsTheyCome) {
    MemorySource source(Bytes(10));
    EXPECT_THROW(read_block(source, size_t{1} << 40), sys::ConnectionLost);
    MemorySource large(Bytes(3'000'000, std::byte{7}));
    EXPECT_EQ(read_block(large, 3'000'000), Bytes(3'000'000, std::byte{7}));
}

}  // namespace
}  // namespace lifeboat::phone::ios
