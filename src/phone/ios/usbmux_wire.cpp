#include "phone/ios/usbmux_wire.h"

#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::phone::ios {
namespace {

constexpr size_t longest_udid = 64;
// No daemon of today needs more; a body is at most 1 MiB, so this only bounds what it unfolds to.
constexpr plist::Limits body_limits{.depth = 16, .values = 100'000, .bytes = size_t{4} << 20};

bool is_hex(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    });
}

void append_header(Bytes& to, const UsbmuxHeader& header) {
    append_le(to, header.length);
    append_le(to, header.version);
    append_le(to, header.message);
    append_le(to, header.tag);
}

}  // namespace

size_t UsbmuxHeader::body_size() const {
    return length - usbmux_header_size;
}

UsbmuxHeader parse_usbmux_header(ByteView bytes) {
    const UsbmuxHeader header{.length = load_le<uint32_t>(bytes, 0),
                              .version = load_le<uint32_t>(bytes, 4),
                              .message = load_le<uint32_t>(bytes, 8),
                              .tag = load_le<uint32_t>(bytes, 12)};
    if (header.length < usbmux_header_size ||
        header.length > usbmux_header_size + longest_usbmux_body) {
        throw Garbled(fmt::format("usbmux announces a message of {} bytes", header.length));
    }
    return header;
}

plist::Dict parse_usbmux_body(const UsbmuxHeader& header, ByteView body) {
    if (header.version != usbmux_plist_version || header.message != usbmux_plist_message) {
        throw Garbled(
            fmt::format("usbmux sends message {} of version {}, which this program does "
                        "not know",
                        header.message, header.version));
    }
    plist::Value value = plist::read(body, body_limits);
    if (value.dict() == nullptr) {
        throw Garbled(fmt::format("usbmux sends a {} where a dictionary belongs", value.kind()));
    }
    return std::move(*value.dict());
}

Bytes usbmux_packet(const plist::Dict& body, uint32_t tag) {
    const std::string text = plist::write_xml(body);
    Bytes out;
    append_header(out, {.length = static_cast<uint32_t>(usbmux_header_size + text.size()),
                        .version = usbmux_plist_version,
                        .message = usbmux_plist_message,
                        .tag = tag});
    append(out, as_bytes(text));
    return out;
}

Bytes usbmux_binary_result(uint32_t result, uint32_t tag) {
    constexpr uint32_t result_message = 1;
    Bytes out;
    append_header(
        out,
        {.length = usbmux_header_size + 4, .version = 0, .message = result_message, .tag = tag});
    append_le(out, result);
    return out;
}

plist::Dict usbmux_result_body(int64_t number) {
    return {{"MessageType", "Result"}, {"Number", number}};
}

std::optional<int64_t> usbmux_result_of(const plist::Dict& body) {
    const std::string* type = body.text("MessageType");
    return type != nullptr && *type == "Result" ? body.i64("Number") : std::nullopt;
}

uint16_t usbmux_port(uint16_t port) {
    return static_cast<uint16_t>((port << 8) | (port >> 8));
}

namespace {

// As BSD writes a sockaddr_in: its length and its family first. Other systems' daemons do the same.
constexpr std::byte sockaddr_size{16};
constexpr std::byte family_ipv4{2};
constexpr size_t address_at = 4;

Bytes sockaddr_of(std::string_view address) {
    Bytes bytes(std::to_integer<size_t>(sockaddr_size));
    bytes[0] = sockaddr_size;
    bytes[1] = family_ipv4;
    size_t at = address_at;
    for (const std::string_view part : split(address, '.')) {
        if (at < address_at + 4) bytes[at++] = static_cast<std::byte>(parse_u64(part).value_or(0));
    }
    return bytes;
}

std::string address_from(const Bytes* sockaddr) {
    if (sockaddr == nullptr || sockaddr->size() < address_at + 4 || (*sockaddr)[1] != family_ipv4) {
        return {};
    }
    const auto part = [&](size_t i) { return std::to_integer<int>((*sockaddr)[address_at + i]); };
    // All zeros: what is written where there is none to tell.
    if (part(0) == 0 && part(1) == 0 && part(2) == 0 && part(3) == 0) return {};
    return fmt::format("{}.{}.{}.{}", part(0), part(1), part(2), part(3));
}

// What libusbmuxd asks of a phone in the network, and refuses the whole list without: the name it
// announced itself by, and where it is.
plist::Dict network_properties(const MuxDevice& device) {
    return {{"ConnectionType", "Network"},
            {"DeviceID", device.device_id},
            {"EscapedFullServiceName",
             "a4:83:e7:10:20:30@fe80::a683:e7ff:fe10:2030._apple-mobdev2._tcp.local."},
            {"InterfaceIndex", 1},
            {"NetworkAddress", sockaddr_of(device.address)},
            {"SerialNumber", device.udid}};
}

}  // namespace

plist::Dict attached_body(const MuxDevice& device) {
    plist::Dict properties{{"ConnectionSpeed", 480'000'000}, {"ConnectionType", "USB"},
                           {"DeviceID", device.device_id},   {"LocationID", device.location_id},
                           {"ProductID", device.product_id}, {"SerialNumber", device.udid}};
    if (device.connection == MuxConnection::network) properties = network_properties(device);
    return {{"MessageType", "Attached"},
            {"DeviceID", device.device_id},
            {"Properties", std::move(properties)}};
}

MuxDevice parse_attached(const plist::Dict& body) {
    const plist::Dict* properties = body.dict("Properties");
    const auto id = body.u64("DeviceID");
    const std::string* serial = properties == nullptr ? nullptr : properties->text("SerialNumber");
    const auto udid = serial == nullptr ? std::nullopt : normal_udid(*serial);
    if (!id || !udid) throw Garbled("usbmux tells of a phone without a number or a name");
    const std::string* type = properties->text("ConnectionType");
    MuxDevice device{.device_id = *id, .udid = *udid, .product_id = 0};
    if (type != nullptr && *type == "Network") {
        device.connection = MuxConnection::network;
        device.address = address_from(properties->data("NetworkAddress"));
    } else {
        device.location_id = properties->u64("LocationID").value_or(0);
        device.product_id = properties->u64("ProductID").value_or(0);
    }
    return device;
}

std::optional<std::string> normal_udid(std::string_view text) {
    constexpr size_t chip = 8;  // digits before the dash
    if (text.empty() || text.size() > longest_udid) return std::nullopt;
    if (text.size() == 24 && is_hex(text)) {
        return fmt::format("{}-{}", text.substr(0, chip), text.substr(chip));
    }
    const bool dashed = text.size() == 25 && text[chip] == '-' && is_hex(text.substr(0, chip)) &&
                        is_hex(text.substr(chip + 1));
    if (dashed || (text.size() == 40 && is_hex(text))) return std::string(text);
    return std::nullopt;
}

}  // namespace lifeboat::phone::ios
