#include "phone/ios/afc_wire.h"

#include <fmt/format.h>

namespace lifeboat::phone::ios {
namespace {

constexpr std::string_view magic = "CFA6LPAA";

void append_text(Bytes& to, std::string_view text) {
    append(to, as_bytes(text));
    to.push_back(std::byte{0});
}

}  // namespace

std::string_view text_of(AfcStatus status) {
    switch (status) {
        case AfcStatus::ok:
            return "success";
        case AfcStatus::read_error:
            return "it cannot be read";
        case AfcStatus::write_error:
            return "it cannot be written";
        case AfcStatus::not_found:
            return "there is no such file";
        case AfcStatus::is_folder:
            return "it is a folder";
        case AfcStatus::permission_denied:
            return "the phone does not allow it";
        case AfcStatus::timed_out:
            return "the phone took too long";
        case AfcStatus::end_of_data:
            return "the file ends before";
        case AfcStatus::unknown_packet:
        case AfcStatus::invalid_argument:
        case AfcStatus::not_supported:
            return "the phone does not know how";
        case AfcStatus::exists:
            return "there is one already";
        case AfcStatus::busy:
        case AfcStatus::would_block:
            return "another program uses it";
        case AfcStatus::no_space:
            return "the phone is full";
        case AfcStatus::io_error:
            return "the phone's storage failed";
        case AfcStatus::folder_not_empty:
            return "the folder is not empty";
        case AfcStatus::unknown:
            break;
    }
    return "the phone does not say why";
}

AfcHeader parse_afc_header(ByteView bytes) {
    if (as_text(bytes.first(magic.size())) != magic) {
        throw Garbled("the phone's file service sends something else than a packet");
    }
    const auto whole = load_le<uint64_t>(bytes, 8);
    const auto head = load_le<uint64_t>(bytes, 16);
    if (head < afc_header_size || whole < head || whole > longest_afc_packet) {
        throw Garbled(
            fmt::format("the phone's file service announces a packet of {} bytes, {} of "
                        "them its head",
                        whole, head));
    }
    return {.operation = static_cast<AfcOperation>(load_le<uint64_t>(bytes, 32)),
            .number = load_le<uint64_t>(bytes, 24),
            .parameter_size = head - afc_header_size,
            .payload_size = whole - head};
}

Bytes afc_head(const AfcPacket& packet, uint64_t payload_size) {
    const uint64_t head = afc_header_size + packet.parameters.size();
    Bytes out = to_bytes(magic);
    append_le(out, head + payload_size);
    append_le(out, head);
    append_le(out, packet.number);
    append_le(out, static_cast<uint64_t>(packet.operation));
    append(out, packet.parameters);
    return out;
}

Bytes afc_bytes(const AfcPacket& packet) {
    Bytes out = afc_head(packet, packet.payload.size());
    append(out, packet.payload);
    return out;
}

Bytes afc_numbers(std::initializer_list<uint64_t> numbers) {
    Bytes out;
    for (const uint64_t number : numbers) append_le(out, number);
    return out;
}

Bytes afc_path(std::string_view path) {
    Bytes out;
    append_text(out, path);
    return out;
}

Bytes afc_paths(std::string_view first, std::string_view second) {
    Bytes out;
    append_text(out, first);
    append_text(out, second);
    return out;
}

uint64_t afc_number(ByteView parameters, size_t index) {
    constexpr size_t width = 8;
    if (parameters.size() / width <= index) {
        throw Garbled("an answer of the phone's file service is cut off");
    }
    return load_le<uint64_t>(parameters, index * width);
}

Bytes afc_texts(const std::vector<std::string>& texts) {
    Bytes out;
    for (const std::string& text : texts) append_text(out, text);
    return out;
}

std::vector<std::string> parse_afc_texts(ByteView payload) {
    std::vector<std::string> out;
    std::string_view rest = as_text(payload);
    while (!rest.empty()) {
        const size_t end = std::min(rest.find('\0'), rest.size());
        out.emplace_back(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return out;
}

Bytes afc_pairs(const AfcPairs& pairs) {
    Bytes out;
    for (const auto& [key, value] : pairs) {
        append_text(out, key);
        append_text(out, value);
    }
    return out;
}

AfcPairs parse_afc_pairs(ByteView payload) {
    const std::vector<std::string> texts = parse_afc_texts(payload);
    AfcPairs out;
    for (size_t i = 0; i + 1 < texts.size(); i += 2) out.emplace_back(texts[i], texts[i + 1]);
    return out;
}

}  // namespace lifeboat::phone::ios
