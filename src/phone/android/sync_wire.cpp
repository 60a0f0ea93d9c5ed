#include "phone/android/sync_wire.h"

#include "base/error.h"
#include "base/text.h"
#include "phone/phone.h"
#include "sys/stream_socket.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::phone::android {
namespace {

constexpr size_t body_v2_size = 68;  // of a stat or an entry, behind its id
constexpr uint32_t no_such_file = 2;
constexpr uint32_t longest_name = 65536;  // longer ones are a lie, not a name
constexpr uint32_t longest_failure = 65536;

[[noreturn]] void unexpected(std::string_view id) {
    throw Garbled(fmt::format("the phone's file service answers garbage: \"{}\"", printable(id)));
}

std::string take_id(SyncInput& input) {
    return to_text(input.take(4));
}

StatReply stat_v2(ByteView body) {
    return {.error = load_le<uint32_t>(body, 0),
            .mode = load_le<uint32_t>(body, 20),
            .size = load_le<uint64_t>(body, 36),
            .modified = load_le<int64_t>(body, 52),
            .device = load_le<uint64_t>(body, 4),
            .inode = load_le<uint64_t>(body, 12)};
}

StatReply stat_v1(ByteView body) {
    StatReply out{.mode = load_le<uint32_t>(body, 0),
                  .size = load_le<uint32_t>(body, 4),
                  .modified = load_le<uint32_t>(body, 8)};
    if (out.mode == 0 && out.size == 0 && out.modified == 0) out.error = no_such_file;
    return out;
}

uint32_t flag_of(Packing packing) {
    switch (packing) {
        case Packing::none:
            return 0;
        case Packing::brotli:
            return 1;
        case Packing::lz4:
            return 2;
        case Packing::zstd:
            return 4;
    }
    return 0;
}

}  // namespace

SyncDialect SyncDialect::of(const std::set<std::string>& features) {
    const bool both_ways = features.contains("sendrecv_v2");
    return {.stat_v2 = features.contains("stat_v2"),
            .list_v2 = features.contains("ls_v2"),
            .receive_v2 = both_ways,
            .brotli = both_ways && features.contains("sendrecv_v2_brotli"),
            .lz4 = both_ways && features.contains("sendrecv_v2_lz4"),
            .zstd = both_ways && features.contains("sendrecv_v2_zstd")};
}

Packing SyncDialect::packing() const {
    if (zstd) return Packing::zstd;
    if (lz4) return Packing::lz4;
    return brotli ? Packing::brotli : Packing::none;
}

void SyncInput::refill() {
    block_ = source_.next();
    if (block_.empty()) {
        throw sys::ConnectionLost("the phone hung up in the middle of a transfer");
    }
}

ByteView SyncInput::take(size_t size) {
    if (block_.empty() && size > 0) refill();
    if (block_.size() >= size) {
        const ByteView out = block_.first(size);
        block_ = block_.subspan(size);
        return out;
    }
    scratch_.clear();
    while (scratch_.size() < size) {
        if (block_.empty()) refill();
        const size_t part = std::min(size - scratch_.size(), block_.size());
        append(scratch_, block_.first(part));
        block_ = block_.subspan(part);
    }
    return scratch_;
}

size_t SyncInput::read(MutableByteView out) {
    if (block_.empty()) refill();
    const size_t size = std::min(out.size(), block_.size());
    std::copy_n(block_.begin(), size, out.begin());
    block_ = block_.subspan(size);
    return size;
}

void SyncInput::skip(uint64_t size) {
    while (size > 0) {
        if (block_.empty()) refill();
        const size_t part = std::min<uint64_t>(size, block_.size());
        block_ = block_.subspan(part);
        size -= part;
    }
}

void append_request(Bytes& to, std::string_view id, std::string_view argument) {
    append(to, as_bytes(id));
    append_le(to, static_cast<uint32_t>(argument.size()));
    append(to, as_bytes(argument));
}

void append_stat(Bytes& to, const SyncDialect& dialect, std::string_view path) {
    append_request(to, dialect.stat_v2 ? "LST2" : "STAT", path);
}

void append_list(Bytes& to, const SyncDialect& dialect, std::string_view path) {
    append_request(to, dialect.list_v2 ? "LIS2" : "LIST", path);
}

void append_receive(Bytes& to, const SyncDialect& dialect, std::string_view path, Packing packing) {
    if (!dialect.receive_v2) return append_request(to, "RECV", path);
    append_request(to, "RCV2", path);
    append(to, as_bytes("RCV2"));
    append_le(to, flag_of(packing));
}

void append_send(Bytes& to, std::string_view path, uint32_t mode, Packing packing) {
    if (packing == Packing::none) {
        return append_request(to, "SEND", fmt::format("{},{}", path, mode));
    }
    append_request(to, "SND2", path);
    append(to, as_bytes("SND2"));
    append_le(to, mode);
    append_le(to, flag_of(packing));
}

void append_data(Bytes& to, ByteView bytes) {
    for (; !bytes.empty(); bytes = bytes.subspan(std::min(longest_data_frame, bytes.size()))) {
        const size_t size = std::min(longest_data_frame, bytes.size());
        append_request(to, "DATA", as_text(bytes.first(size)));
    }
}

StatReply read_stat(SyncInput& input, const SyncDialect& dialect) {
    const std::string id = take_id(input);
    if (dialect.stat_v2 && id == "LST2") return stat_v2(input.take(body_v2_size));
    if (!dialect.stat_v2 && id == "STAT") return stat_v1(input.take(12));
    unexpected(id);
}

std::optional<DirectoryEntry> read_entry(SyncInput& input, const SyncDialect& dialect) {
    const std::string id = take_id(input);
    const bool is_entry = id == (dialect.list_v2 ? "DNT2" : "DENT");
    if (!is_entry && id != "DONE") unexpected(id);
    DirectoryEntry out;
    out.stat = dialect.list_v2 ? stat_v2(input.take(body_v2_size)) : stat_v1(input.take(12));
    const auto length = load_le<uint32_t>(input.take(4));
    if (!is_entry) return std::nullopt;
    if (length > longest_name) {
        throw Garbled(fmt::format("the phone announces a file name of {} bytes", length));
    }
    constexpr size_t kept = SyncInput::longest_take;
    out.name = to_text(input.take(std::min<size_t>(length, kept)));
    if (length > kept) input.skip(length - kept);
    return out;
}

Frame read_frame(SyncInput& input) {
    const std::string header = to_text(input.take(8));
    const std::string_view id = std::string_view(header).substr(0, 4);
    const auto length = load_le<uint32_t>(as_bytes(header), 4);
    if (id == "DONE") return {.kind = FrameKind::done};
    if (id == "OKAY") return {.kind = FrameKind::okay};
    if (id == "FAIL" && length <= longest_failure) {
        return {.kind = FrameKind::fail, .length = length};
    }
    if (id == "DATA" && length <= longest_data_frame) {
        return {.kind = FrameKind::data, .length = length};
    }
    unexpected(header);
}

std::string read_failure(SyncInput& input, const Frame& frame) {
    constexpr uint32_t kept = 1024;
    std::string out = to_text(input.take(std::min(frame.length, kept)));
    if (frame.length > kept) input.skip(frame.length - kept);
    return out;
}

std::string text_of_errno(uint32_t error) {
    switch (error) {
        case 1:
            return "Operation not permitted";
        case 2:
            return "No such file or directory";
        case 5:
            return "I/O error";
        case 13:
            return "Permission denied";
        case 20:
            return "Not a directory";
        case 36:
            return "File name too long";
        case 40:
            return "Too many symbolic links";
        default:
            return fmt::format("error {} of the phone", error);
    }
}

}  // namespace lifeboat::phone::android
