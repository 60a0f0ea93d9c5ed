// Messages of usbmux, the daemon that carries streams to iPhones, as values and as bytes.
//
// Both ends use this: our client, and the daemon that the simulated phone brings. Pure functions.
// A message is a header of 16 bytes and a body, which is an XML property list in the protocol of
// today (version 1). The old binary protocol (version 0) is recognised only to be refused.
#pragma once

#include "base/bytes.h"
#include "phone/phone.h"
#include "plist/plist.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lifeboat::phone::ios {

struct UsbmuxHeader {
    uint32_t length = 0;  // with the header
    uint32_t version = 0;
    uint32_t message = 0;
    uint32_t tag = 0;  // a reply carries its request's; events carry 0
    size_t body_size() const;
};

inline constexpr size_t usbmux_header_size = 16;
inline constexpr uint32_t usbmux_plist_version = 1;
inline constexpr uint32_t usbmux_plist_message = 8;
// The largest are pair records (10 kB) and lists of devices; ours allow a hundred times as much.
inline constexpr size_t longest_usbmux_body = size_t{1} << 20;

// `bytes` are usbmux_header_size. Throws Garbled when the length is impossible.
UsbmuxHeader parse_usbmux_header(ByteView bytes);
// The dictionary in a body. Throws Garbled for another version or message, and for no dictionary.
plist::Dict parse_usbmux_body(const UsbmuxHeader& header, ByteView body);

Bytes usbmux_packet(const plist::Dict& body, uint32_t tag);
// One of the old protocol: only to tell a client of it that it is too old.
Bytes usbmux_binary_result(uint32_t result, uint32_t tag);

// The number in {MessageType: Result, Number: n}. Others occur and mean a refusal.
namespace usbmux_result {
inline constexpr int64_t ok = 0;
inline constexpr int64_t bad_command = 1;
inline constexpr int64_t bad_device = 2;  // also: there is no such pair record
inline constexpr int64_t refused = 3;     // nobody listens on that port of the phone
inline constexpr int64_t bad_version = 6;
}  // namespace usbmux_result

plist::Dict usbmux_result_body(int64_t number);
// Nothing when the message is no result.
std::optional<int64_t> usbmux_result_of(const plist::Dict& body);

// Ports go over this wire with their bytes swapped, as the system call wants them: 62078 is 32498.
uint16_t usbmux_port(uint16_t port);

enum class MuxConnection { usb, network };

struct MuxDevice {
    uint64_t device_id = 0;  // the daemon's number for it: a new one at each attaching
    std::string udid{};      // with its dash where the phone has one
    MuxConnection connection = MuxConnection::usb;
    uint64_t location_id = 0;      // of the USB port; 0 in the network
    uint64_t product_id = 0x12a8;  // an iPhone in normal mode; 0 in the network
    std::string address{};         // in the network: IPv4, "192.168.0.7"; empty when it is not told
    bool operator==(const MuxDevice&) const = default;
};

// {MessageType: Attached, ...}: an event, and an entry of DeviceList.
plist::Dict attached_body(const MuxDevice& device);
// Throws Garbled when the message is none, or has no usable id and serial number.
MuxDevice parse_attached(const plist::Dict& body);

// 40 hexadecimal digits, or 24 with a dash after the eighth. What is 24 without one gets it:
// libusbmuxd's daemons leave it out, lockdown and pair records have it.
std::optional<std::string> normal_udid(std::string_view text);

}  // namespace lifeboat::phone::ios
