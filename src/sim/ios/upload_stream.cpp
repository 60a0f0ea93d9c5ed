#include "sim/ios/upload_stream.h"

#include "base/text.h"
#include "phone/ios/big_endian.h"
#include "sys/stream_socket.h"

#include <fmt/format.h>

namespace lifeboat::sim::ios {

namespace {

constexpr uint32_t huge = 0xfffffff0;

// Half of a property list, and then nothing more.
Bytes truncated_message() {
    Bytes frame = wire::plist_frame(plist::Array{"DLMessageUploadFiles", plist::Dict{}, 0.0, 1},
                                    plist::Format::binary);
    constexpr size_t length_size = wire::frame_length_size;
    const size_t half = (frame.size() - length_size) / 2;
    Bytes cut;
    wire::append_be(cut, static_cast<uint32_t>(half));
    append(cut, ByteView(frame).subspan(length_size, half));
    return cut;
}

// As much as there is, up to the whole of `out`.
size_t fill(ByteSource& content, MutableByteView out) {
    size_t size = 0;
    while (size < out.size()) {
        const size_t got = content.read(out.subspan(size));
        if (got == 0) break;
        size += got;
    }
    return size;
}

}  // namespace

UploadStream::UploadStream(DeviceLink& link, BackupFaults& faults, uint64_t total_bytes)
    : link_(link), faults_(faults), plan_(faults.plan()) {
    Channel& channel = link_.channel();
    using plist::Array;
    const plist::Dict options{{"DLFileAttributesItemOptionKey", ""}};
    switch (plan_.hostile) {
        case Hostile::truncated_plist:
            channel.write(truncated_message());
            break;
        case Hostile::negative_size:
            channel.send(Array{"DLMessageUploadFiles", options, -1.0, int64_t{-5}},
                         plist::Format::binary);
            break;
        case Hostile::five_items:
            channel.send(Array{"DLMessageUploadFiles", options, 0.0, total_bytes, "one more"},
                         plist::Format::binary);
            break;
        default:
            link_.send(wire::UploadFiles{.total_bytes = total_bytes});
    }
}

void UploadStream::begin(const Names& names) {
    frame_.clear();
    if (plan_.hostile == Hostile::huge_length) {
        wire::append_be(frame_, huge);
        append(frame_, as_bytes(names.on_phone));
        return;
    }
    wire::append_file_name(frame_, names.on_phone);
    wire::append_file_name(frame_, plan_.hostile == Hostile::escaping_path
                                       ? "../../" + names.in_backup
                                       : names.in_backup);
}

void UploadStream::send_block(ByteView content) {
    wire::append_data_head(frame_, content.size());
    const size_t allowed = faults_.let_through(content.size());
    append(frame_, content.first(allowed));
    link_.channel().write(frame_);
    frame_.clear();
    if (allowed < content.size()) faults_.cut();
}

bool UploadStream::send(const Names& names, ByteSource& content) {
    begin(names);
    Bytes block(plan_.frame);
    bool has_data = false;
    for (;;) {
        size_t size = 0;
        try {
            size = fill(content, block);
        } catch (const Error& error) {
            wire::append_file_failure(frame_, wire::DlCode::not_found, error.message());
            link_.channel().write(frame_);
            return false;
        }
        if (size == 0) break;
        send_block(ByteView(block).first(size));
        has_data = true;
    }
    if (plan_.old_trailer && has_data) {
        wire::append_be(frame_, uint32_t{1});
        frame_.push_back(std::byte{wire::block_code::io_error});
    } else {
        wire::append_file_end(frame_);
    }
    link_.channel().write(frame_);
    return true;
}

void UploadStream::send_failure(const Names& names, int code, std::string_view text) {
    begin(names);
    wire::append_be(frame_, static_cast<uint32_t>(text.size() + 1));
    frame_.push_back(static_cast<std::byte>(code));
    append(frame_, as_bytes(text));
    link_.channel().write(frame_);
}

void UploadStream::finish() {
    Bytes end;
    wire::append_list_end(end);
    link_.channel().write(end);
    const auto answer = link_.status();
    if (answer.code == wire::DlCode::ok) return;
    throw BackupFailure(MbCode::computer_write,
                        fmt::format("Multiple errors uploading files: the computer answers {} {}",
                                    static_cast<int64_t>(answer.code), printable(answer.text)));
}

}  // namespace lifeboat::sim::ios
