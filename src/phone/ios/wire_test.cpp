#include "base/hex.h"
#include "item/memory_items.h"
#include "phone/ios/afc_wire.h"
#include "phone/ios/plist_frame.h"
#include "phone/ios/usbmux_wire.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lifeboat::phone::ios {
namespace {

using plist::Array;
using plist::Dict;
using plist::Value;
using testing::HasSubstr;

const std::string new_udid = "00008101-000A11112222801E";
const std::string old_udid = "0123456789abcdef0123456789abcdef01234567";

template <class Throw, class Work>
std::string thrown(Work&& work) {
    try {
        work();
    } catch (const Throw& error) {
        return error.message();
    }
    return "nothing was thrown";
}

UsbmuxHeader header_of(const Bytes& packet) {
    return parse_usbmux_header(ByteView(packet).first(usbmux_header_size));
}

Dict body_of(const Bytes& packet) {
    return parse_usbmux_body(header_of(packet), ByteView(packet).subspan(usbmux_header_size));
}

TEST(UsbmuxWire, PacketAsTheDaemonReadsIt) {
    const Bytes packet = usbmux_packet({{"MessageType", "ListDevices"}}, 7);
    Bytes want;
    for (const auto number : {static_cast<uint32_t>(packet.size()), 1u, 8u, 7u}) {
        append_le(want, number);
    }
    EXPECT_EQ(to_hex(ByteView(packet).first(16)), to_hex(want));
    EXPECT_TRUE(as_text(packet).substr(16).starts_with("<?xml"));
    EXPECT_EQ(body_of(packet), (Dict{{"MessageType", "ListDevices"}}));
    EXPECT_EQ(header_of(packet).tag, 7u);
}

TEST(UsbmuxWire, ImpossibleLengths) {
    Bytes packet = usbmux_packet({}, 1);
    for (const uint32_t length : {0u, 15u, uint32_t{16 + (1 << 20) + 1}, 0xffffffffu}) {
        Bytes changed;
        append_le(changed, length);
        append(changed, ByteView(packet).subspan(4));
        EXPECT_THAT(thrown<Garbled>([&] { header_of(changed); }),
                    HasSubstr(std::to_string(length)));
    }
    packet.resize(16);
    packet[0] = std::byte{16};
    EXPECT_EQ(header_of(packet).body_size(), 0u);
    EXPECT_THROW(body_of(packet), Corrupt);  // an empty body is no property list
}

TEST(UsbmuxWire, BodiesThatAreNone) {
    const auto body = [](uint32_t version, uint32_t message, std::string_view text) {
        return parse_usbmux_body({.length = 16, .version = version, .message = message},
                                 as_bytes(text));
    };
    EXPECT_EQ(body(1, 8, "<dict/>"), Dict{});
    EXPECT_THAT(thrown<Garbled>([&] { body(0, 8, "<dict/>"); }), HasSubstr("version 0"));
    EXPECT_THAT(thrown<Garbled>([&] { body(1, 1, "<dict/>"); }), HasSubstr("message 1"));
    EXPECT_THAT(thrown<Garbled>([&] { body(1, 8, "<array/>"); }), HasSubstr("array"));
    EXPECT_THROW(body(1, 8, "<dict>"), plist::Malformed);
}

TEST(UsbmuxWire, Results) {
    EXPECT_EQ(usbmux_result_of(usbmux_result_body(3)), usbmux_result::refused);
    EXPECT_EQ(usbmux_result_of({{"MessageType", "Attached"}, {"Number", 0}}), std::nullopt);
    EXPECT_EQ(usbmux_result_of({{"MessageType", "Result"}, {"Number", "0"}}), std::nullopt);
    EXPECT_EQ(to_hex(usbmux_binary_result(6, 2)), "1400000000000000010000000200000006000000");
}

TEST(UsbmuxWire, PortsAreSwapped) {
    EXPECT_EQ(usbmux_port(62078), 32498);
    EXPECT_EQ(usbmux_port(usbmux_port(1234)), 1234);
}

TEST(UsbmuxWire, DevicesThereAndBack) {
    MuxDevice device{.device_id = 3,
                     .udid = new_udid,
                     .connection = MuxConnection::usb,
                     .location_id = 0x14200000,
                     .product_id = 0x12a8};
    EXPECT_EQ(parse_attached(attached_body(device)), device);
    // In the network a phone hangs on no port of the computer.
    device.connection = MuxConnection::network;
    device.address = "127.77.0.255";
    const MuxDevice back = parse_attached(attached_body(device));
    device.location_id = device.product_id = 0;
    EXPECT_EQ(back, device);
    Dict body = attached_body(device);
    for (const Bytes& odd : {Bytes(), Bytes(2, std::byte{2}), Bytes(64, std::byte{0x1e})}) {
        body.find("Properties")->dict()->set("NetworkAddress", odd);
        EXPECT_EQ(parse_attached(body).address, "");
    }
}

TEST(UsbmuxWire, DevicesWithoutWhatCounts) {
    const auto refused = [](const Dict& body) {
        return thrown<Garbled>([&] { parse_attached(body); }) != "nothing was thrown";
    };
    const MuxDevice device{.device_id = 3, .udid = old_udid};
    Dict body = attached_body(device);
    EXPECT_FALSE(refused(body));
    body.set("DeviceID", -1);
    EXPECT_TRUE(refused(body));
    body.set("DeviceID", 3);
    body.find("Properties")->dict()->set("SerialNumber", "../../etc/passwd");
    EXPECT_TRUE(refused(body));
    body.find("Properties")->dict()->set("SerialNumber", 17);
    EXPECT_TRUE(refused(body));
    body.set("Properties", Array{});
    EXPECT_TRUE(refused(body));
    EXPECT_TRUE(refused({}));
}

TEST(UsbmuxWire, Udids) {
    EXPECT_EQ(normal_udid("00008101000A11112222801E"), new_udid);
    EXPECT_EQ(normal_udid(new_udid), new_udid);
    EXPECT_EQ(normal_udid(old_udid), old_udid);
    for (const char* text : {"", "00008101-000A11112222801", "00008101-000A1111222280/E",
                             "0000810-1000A11112222801E", "xyz"}) {
        EXPECT_EQ(normal_udid(text), std::nullopt) << text;
    }
    EXPECT_EQ(normal_udid(std::string(100'000, 'a')), std::nullopt);
}

TEST(PlistFrame, ThereAndBack) {
    for (const auto format : {plist::Format::xml, plist::Format::binary}) {
        const Value value = Dict{{"Request", "QueryType"}};
        const Bytes frame = plist_frame(value, format);
        const ByteView body = ByteView(frame).subspan(4);
        EXPECT_EQ(parse_frame_length(frame, service_limits), body.size());
        EXPECT_EQ(plist::format_of(body), format);
        EXPECT_EQ(parse_frame_body(body, service_limits), value);
    }
}

TEST(PlistFrame, AbsurdLengths) {
    EXPECT_EQ(parse_frame_length(*from_hex("01000000"), service_limits), 16u << 20);
    EXPECT_THAT(thrown<Garbled>([] { parse_frame_length(*from_hex("01000001"), service_limits); }),
                HasSubstr("16777217 bytes"));
    EXPECT_THROW(parse_frame_length(*from_hex("ffffffff"), device_link_limits), Garbled);
}

TEST(AfcWire, PacketAsThePhoneReadsIt) {
    const Bytes packet = afc_bytes({.operation = AfcOperation::open,
                                    .number = 5,
                                    .parameters = afc_numbers({1}),
                                    .payload = to_bytes("/a")});
    EXPECT_EQ(to_hex(packet),
              "434641364c504141"
              "3200000000000000"
              "3000000000000000"
              "0500000000000000"
              "0d00000000000000"
              "0100000000000000"
              "2f61");
    const AfcHeader header = parse_afc_header(ByteView(packet).first(afc_header_size));
    EXPECT_EQ(header.operation, AfcOperation::open);
    EXPECT_EQ(header.number, 5u);
    EXPECT_EQ(header.parameter_size, 8u);
    EXPECT_EQ(header.payload_size, 2u);
}

TEST(AfcWire, ImpossibleHeaders) {
    const auto refused = [](uint64_t whole, uint64_t head, std::string_view magic) {
        Bytes bytes = to_bytes(magic);
        for (const uint64_t number : {whole, head, uint64_t{0}, uint64_t{1}}) {
            append_le(bytes, number);
        }
        return thrown<Garbled>([&] { parse_afc_header(bytes); });
    };
    EXPECT_EQ(refused(40, 40, "CFA6LPAA"), "nothing was thrown");
    EXPECT_THAT(refused(40, 40, "CFA6LPAB"), HasSubstr("something else"));
    EXPECT_THAT(refused(39, 39, "CFA6LPAA"), HasSubstr("39 bytes"));
    EXPECT_THAT(refused(40, 41, "CFA6LPAA"), HasSubstr("41 of"));
    EXPECT_THAT(refused(~uint64_t{0}, 40, "CFA6LPAA"), HasSubstr("announces"));
    EXPECT_THAT(refused((64u << 20) + 1, 40, "CFA6LPAA"), HasSubstr("announces"));
}

TEST(AfcWire, NumbersTextsAndPairs) {
    const Bytes numbers = afc_numbers({7, ~uint64_t{0}});
    EXPECT_EQ(afc_number(numbers, 0), 7u);
    EXPECT_EQ(afc_number(numbers, 1), ~uint64_t{0});
    EXPECT_THROW(afc_number(numbers, 2), Garbled);
    EXPECT_THROW(afc_number(ByteView(numbers).first(7), 0), Garbled);
    const std::vector<std::string> names{".", "..", "", "DCIM"};
    EXPECT_EQ(parse_afc_texts(afc_texts(names)), names);
    EXPECT_EQ(parse_afc_texts(as_bytes("a\0b")), (std::vector<std::string>{"a"}));
    EXPECT_EQ(parse_afc_texts(as_bytes(std::string_view("a\0b", 3))),
              (std::vector<std::string>{"a", "b"}));
    EXPECT_TRUE(parse_afc_texts({}).empty());
    const AfcPairs pairs{{"st_size", "5"}, {"st_ifmt", "S_IFREG"}};
    EXPECT_EQ(parse_afc_pairs(afc_pairs(pairs)), pairs);
    EXPECT_EQ(parse_afc_pairs(afc_texts({"st_size", "5", "odd"})), (AfcPairs{{"st_size", "5"}}));
    EXPECT_EQ(as_text(afc_paths("/a", "/b")), std::string_view("/a\0/b\0", 6));
}

TEST(AfcWire, LockNumbersAreFlocks) {
    EXPECT_EQ(afc_lock_exclusive, 6u);
    EXPECT_EQ(afc_lock_release, 12u);
}

TEST(AfcWire, EveryStatusHasWords) {
    for (uint64_t status = 0; status < 40; ++status) {
        EXPECT_FALSE(text_of(static_cast<AfcStatus>(status)).empty());
    }
}

}  // namespace
}  // namespace lifeboat::phone::ios
