// What a phone sends while it is backed up: messages behind their lengths, and file frames.
#include "base/error.h"
#include "item/memory_items.h"
#include "phone/ios/file_frames.h"
#include "phone/ios/plist_frame.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {

namespace ios = lifeboat::phone::ios;

void read_files(lifeboat::ByteSource& source, ios::FileNames names) {
    ios::FileFrameReader reader(source, names);
    std::array<std::byte, 7> out{};
    while (const auto file = reader.next()) {
        if (const auto path = ios::path_in_backup(file->in_backup)) {
            for (const auto part : path->parts()) {
                if (part == "..") std::abort();
            }
        }
        while (reader.read(out) > 0) {
        }
    }
}

void read_message(lifeboat::ByteSource& source) {
    std::array<std::byte, ios::frame_length_size> length{};
    ios::read_exactly(source, length);
    const ios::FrameLimits limits{.bytes = 1 << 20,
                                  .plist = {.depth = 32, .values = 20'000, .bytes = 1 << 20}};
    const auto value = ios::parse_frame_body(
        ios::read_block(source, ios::parse_frame_length(length, limits)), limits);
    if (ios::dl_name(value) == "DLMessageStatusResponse") {
        const ios::DlStatus status = ios::parse_dl_status(value);
        ios::parse_dl_listing(status.payload);
        return;
    }
    const ios::DlMessage message = ios::parse_dl_message(value);
    // Compared as bytes: a NaN is not equal to itself.
    const auto once = lifeboat::plist::write_binary(ios::dl_array(message));
    const auto again = ios::dl_array(ios::parse_dl_message(lifeboat::plist::read(once)));
    if (lifeboat::plist::write_binary(again) != once) std::abort();
    if (std::holds_alternative<ios::UploadFiles>(message.command)) {
        read_files(source, ios::FileNames::two);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size < 1) return 0;
    const auto bytes = std::as_bytes(std::span(data, size)).subspan(1);
    lifeboat::MemorySource source({bytes.begin(), bytes.end()});
    try {
        if (data[0] == 1) read_files(source, ios::FileNames::one);
        while (true) read_message(source);
    } catch (const lifeboat::Error&) {
        return 0;  // refused, or at its end
    }
    return 0;
}
