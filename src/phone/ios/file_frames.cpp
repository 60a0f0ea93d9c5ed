#include "phone/ios/file_frames.h"

#include "phone/ios/big_endian.h"
#include "sys/stream_socket.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace lifeboat::phone::ios {
namespace {

constexpr size_t longest_kept_text = 4096;

uint32_t take_u32(ByteSource& from) {
    std::array<std::byte, 4> bytes{};
    read_exactly(from, bytes);
    return load_be<uint32_t>(bytes);
}

void append_block_head(Bytes& to, uint8_t code, size_t size) {
    append_be(to, static_cast<uint32_t>(size + 1));
    to.push_back(static_cast<std::byte>(code));
}

}  // namespace

void append_file_name(Bytes& to, std::string_view name) {
    append_be(to, static_cast<uint32_t>(name.size()));
    append(to, as_bytes(name));
}

void append_data_head(Bytes& to, size_t size) {
    append_block_head(to, block_code::data, size);
}

void append_file_end(Bytes& to) {
    append_block_head(to, block_code::success, 0);
}

void append_file_failure(Bytes& to, DlCode code, std::string_view text) {
    const auto status = static_cast<int64_t>(code);
    // One byte holds what the negative number says; 0x0c would mean data.
    const bool fits = status < 0 && status >= -127 && status != -block_code::data;
    append_block_head(to, fits ? static_cast<uint8_t>(-status) : uint8_t{1}, text.size());
    append(to, as_bytes(text));
}

void append_list_end(Bytes& to) {
    append_be(to, uint32_t{0});
}

bool FileEnding::is_success() const {
    return code == block_code::success ||
           (code == block_code::io_error && after_data && text.empty());
}

std::string FileFrameReader::take_name() {
    const uint32_t length = take_u32(from_);
    if (length > longest_file_name) {
        throw Garbled(fmt::format("the phone announces a file name of {} bytes", length));
    }
    return to_text(read_block(from_, length));
}

std::optional<FileFrameReader::Names> FileFrameReader::next() {
    if (in_file_) skip_file();
    Names names;
    names.on_phone = take_name();
    if (names.on_phone.empty()) return std::nullopt;
    names.in_backup = names_ == FileNames::two ? take_name() : names.on_phone;
    if (names.in_backup.empty()) throw Garbled("the phone sends a file without a name");
    in_file_ = true;
    left_ = 0;
    bytes_ = 0;
    ending_ = {};
    return names;
}

void FileFrameReader::next_block() {
    const uint32_t count = take_u32(from_);
    if (count == 0) throw Garbled("a file from the phone has a block without a code");
    std::array<std::byte, 1> code{};
    read_exactly(from_, code);
    left_ = count - 1;
    if (code[0] == std::byte{block_code::data}) return;
    ending_.code = std::to_integer<uint8_t>(code[0]);
    ending_.after_data = bytes_ > 0;
    ending_.text = to_text(read_block(from_, std::min<size_t>(left_, longest_kept_text)));
    left_ -= ending_.text.size();
    std::array<std::byte, 4096> rest{};
    while (left_ > 0) {
        const size_t size = std::min<size_t>(left_, rest.size());
        read_exactly(from_, MutableByteView(rest).first(size));
        left_ -= size;
    }
    in_file_ = false;
}

size_t FileFrameReader::read(MutableByteView out) {
    while (in_file_ && left_ == 0) next_block();
    if (!in_file_ || out.empty()) return 0;
    const size_t size = from_.read(out.first(std::min<uint64_t>(out.size(), left_)));
    if (size == 0) throw sys::ConnectionLost("the phone hung up in the middle of a file");
    left_ -= size;
    bytes_ += size;
    return size;
}

void FileFrameReader::skip_file() {
    std::array<std::byte, 65536> rest{};
    while (read(rest) > 0) {
    }
}

void read_exactly(ByteSource& from, MutableByteView out) {
    while (!out.empty()) {
        const size_t got = from.read(out);
        if (got == 0) throw sys::ConnectionLost("the phone hung up in the middle of a message");
        out = out.subspan(got);
    }
}

Bytes read_block(ByteSource& from, size_t size) {
    constexpr size_t step = size_t{1} << 20;
    Bytes out;
    while (out.size() < size) {
        const size_t before = out.size();
        out.resize(before + std::min(step, size - before));
        read_exactly(from, MutableByteView(out).subspan(before));
    }
    return out;
}

std::optional<ItemPath> path_in_backup(std::string_view name) {
    name.remove_prefix(std::min(name.find_first_not_of('/'), name.size()));
    while (name.ends_with('/')) name.remove_suffix(1);
    return ItemPath::parse(name);
}

}  // namespace lifeboat::phone::ios
