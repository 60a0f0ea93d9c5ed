#include "phone/android/shell_wire.h"

#include "base/error.h"
#include "phone/phone.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::phone::android {
namespace {

constexpr size_t header_size = 5;

}  // namespace

Bytes shell_packet(ShellPacket kind, ByteView data) {
    Bytes out;
    out.reserve(header_size + data.size());
    out.push_back(static_cast<std::byte>(kind));
    append_le(out, static_cast<uint32_t>(data.size()));
    append(out, data);
    return out;
}

size_t ShellReader::take_header(ByteView bytes) {
    const size_t size = std::min(bytes.size(), header_size - header_.size());
    append(header_, bytes.first(size));
    if (header_.size() == header_size) start_packet();
    return size;
}

void ShellReader::start_packet() {
    const auto kind = std::to_integer<uint8_t>(header_[0]);
    left_ = load_le<uint32_t>(header_, 1);
    kind_ = static_cast<ShellPacket>(kind);
    const bool known = kind_ == ShellPacket::output || kind_ == ShellPacket::errors ||
                       (kind_ == ShellPacket::exit && left_ == 1);
    if (!known) {
        throw Garbled(fmt::format("the phone's shell sent a packet {} of {} bytes", kind, left_));
    }
    if (left_ == 0) header_.clear();
}

void ShellReader::take_data(ByteView data) {
    if (kind_ == ShellPacket::exit) {
        exit_code_ = std::to_integer<int>(data[0]);
    } else {
        on_data_(kind_, data);
    }
}

void ShellReader::feed(ByteView bytes) {
    while (!bytes.empty() && !exit_code_) {
        if (header_.size() < header_size) {
            bytes = bytes.subspan(take_header(bytes));
            continue;
        }
        const size_t size = std::min<size_t>(bytes.size(), left_);
        take_data(bytes.first(size));
        bytes = bytes.subspan(size);
        left_ -= static_cast<uint32_t>(size);
        if (left_ == 0) header_.clear();
    }
}

}  // namespace lifeboat::phone::android
