#include "phone/ios/afc.h"

#include "base/text.h"
#include "phone/ios/file_frames.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace lifeboat::phone::ios {
namespace {

constexpr size_t largest_piece = size_t{1} << 20;  // of a file, in one question

AfcStatus status_of(const AfcPacket& answer) {
    if (answer.operation != AfcOperation::status) return AfcStatus::ok;
    return static_cast<AfcStatus>(afc_number(answer.parameters, 0));
}

ItemKind kind_of(std::string_view format) {
    if (format == "S_IFREG") return ItemKind::file;
    if (format == "S_IFDIR") return ItemKind::folder;
    return format == "S_IFLNK" ? ItemKind::symlink : ItemKind::other;
}

uint64_t number_of(std::string_view key, std::string_view text) {
    if (const auto number = parse_u64(text)) return *number;
    throw Garbled(fmt::format("the iPhone's file service gives a {} that is no number", key));
}

TimePoint time_of(std::string_view text) {
    const auto count = parse_i64(text);
    if (!count) throw Garbled("the iPhone's file service gives a date that is no number");
    return TimePoint(nanoseconds(*count));
}

}  // namespace

Afc::Afc(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}

AfcPacket Afc::receive() {
    std::array<std::byte, afc_header_size> head{};
    read_exactly(*connection_, head);
    const AfcHeader header = parse_afc_header(head);
    AfcPacket out{.operation = header.operation, .number = header.number};
    out.parameters = read_block(*connection_, header.parameter_size);
    out.payload = read_block(*connection_, header.payload_size);
    return out;
}

AfcPacket Afc::ask(AfcOperation operation, Bytes parameters, ByteView payload) {
    const AfcPacket question{
        .operation = operation, .number = ++number_, .parameters = std::move(parameters)};
    Bytes bytes = afc_head(question, payload.size());
    append(bytes, payload);
    connection_->write(bytes);
    AfcPacket answer = receive();
    if (answer.number != number_) {
        throw Garbled("the iPhone's file service answers another question than the one asked");
    }
    return answer;
}

void Afc::must(const AfcPacket& answer, std::string_view doing) const {
    const AfcStatus status = status_of(answer);
    if (status == AfcStatus::ok) return;
    const std::string text = fmt::format("{} on the iPhone failed: {}", doing, text_of(status));
    if (status == AfcStatus::no_space) throw NoSpace(text);
    if (status == AfcStatus::not_found) throw Missing(text);
    if (status == AfcStatus::permission_denied) throw Denied(text);
    throw AfcRefusal(text, status);
}

AfcStorage Afc::storage() {
    const AfcPacket answer = ask(AfcOperation::device_info, {});
    must(answer, "asking for its storage");
    AfcStorage out;
    for (const auto& [key, value] : parse_afc_pairs(answer.payload)) {
        if (key == "Model") out.model = value;
        if (key == "FSTotalBytes") out.total_bytes = number_of(key, value);
        if (key == "FSFreeBytes") out.free_bytes = number_of(key, value);
        if (key == "FSBlockSize") out.block_size = number_of(key, value);
    }
    return out;
}

std::optional<std::vector<std::string>> Afc::list(std::string_view folder) {
    const AfcPacket answer = ask(AfcOperation::read_folder, afc_path(folder));
    if (status_of(answer) == AfcStatus::not_found) return std::nullopt;
    must(answer, fmt::format("listing {}", printable(folder)));
    auto names = parse_afc_texts(answer.payload);
    std::erase_if(names, [](const std::string& name) {
        return name.empty() || name == "." || name == ".." || name.find('/') != std::string::npos;
    });
    return names;
}

std::optional<AfcInfo> Afc::info(std::string_view path) {
    const AfcPacket answer = ask(AfcOperation::file_info, afc_path(path));
    if (status_of(answer) == AfcStatus::not_found) return std::nullopt;
    must(answer, fmt::format("looking at {}", printable(path)));
    AfcInfo out;
    for (const auto& [key, value] : parse_afc_pairs(answer.payload)) {
        if (key == "st_ifmt") out.kind = kind_of(value);
        if (key == "st_size") out.size = number_of(key, value);
        if (key == "st_mtime") out.modified = time_of(value);
        if (key == "LinkTarget") out.link_target = value;
    }
    return out;
}

std::optional<uint64_t> Afc::open(std::string_view path, AfcMode mode) {
    Bytes parameters = afc_numbers({static_cast<uint64_t>(mode)});
    append(parameters, afc_path(path));
    const AfcPacket answer = ask(AfcOperation::open, std::move(parameters));
    if (status_of(answer) == AfcStatus::not_found) return std::nullopt;
    must(answer, fmt::format("opening {}", printable(path)));
    if (answer.operation != AfcOperation::open_result) {
        throw Garbled("the iPhone's file service opens a file without a number");
    }
    return afc_number(answer.parameters, 0);
}

size_t Afc::read(uint64_t handle, MutableByteView out) {
    const size_t wanted = std::min(out.size(), largest_piece);
    const AfcPacket answer = ask(AfcOperation::read, afc_numbers({handle, wanted}));
    if (status_of(answer) == AfcStatus::end_of_data) return 0;
    must(answer, "reading a file");
    if (answer.payload.size() > wanted) {
        throw Garbled("the iPhone's file service sends more than was asked for");
    }
    std::ranges::copy(answer.payload, out.begin());
    return answer.payload.size();
}

void Afc::write(uint64_t handle, ByteView bytes) {
    while (!bytes.empty()) {
        const ByteView piece = bytes.first(std::min(bytes.size(), largest_piece));
        must(ask(AfcOperation::write, afc_numbers({handle}), piece), "writing a file");
        bytes = bytes.subspan(piece.size());
    }
}

void Afc::seek(uint64_t handle, uint64_t offset) {
    constexpr uint64_t from_start = 0;
    must(ask(AfcOperation::seek, afc_numbers({handle, from_start, offset})), "seeking in a file");
}

void Afc::close(uint64_t handle) {
    must(ask(AfcOperation::close, afc_numbers({handle})), "closing a file");
}

bool Afc::try_lock(uint64_t handle) {
    const AfcPacket answer = ask(AfcOperation::lock, afc_numbers({handle, afc_lock_exclusive}));
    const AfcStatus status = status_of(answer);
    if (status == AfcStatus::would_block || status == AfcStatus::busy) return false;
    must(answer, "locking a file");
    return true;
}

void Afc::unlock(uint64_t handle) {
    must(ask(AfcOperation::lock, afc_numbers({handle, afc_lock_release})), "unlocking a file");
}

void Afc::make_folder(std::string_view path) {
    must(ask(AfcOperation::make_folder, afc_path(path)),
         fmt::format("making the folder {}", printable(path)));
}

void Afc::rename(std::string_view from, std::string_view to) {
    must(ask(AfcOperation::rename, afc_paths(from, to)),
         fmt::format("renaming {}", printable(from)));
}

bool Afc::remove(std::string_view path) {
    const AfcPacket answer = ask(AfcOperation::remove, afc_path(path));
    if (status_of(answer) == AfcStatus::not_found) return false;
    must(answer, fmt::format("removing {}", printable(path)));
    return true;
}

void Afc::set_modified(std::string_view path, TimePoint time) {
    Bytes parameters = afc_numbers({static_cast<uint64_t>(time.time_since_epoch().count())});
    append(parameters, afc_path(path));
    must(ask(AfcOperation::set_modified, std::move(parameters)),
         fmt::format("dating {}", printable(path)));
}

}  // namespace lifeboat::phone::ios
