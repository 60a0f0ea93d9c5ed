// DNS messages as multicast DNS carries them (RFC 1035 section 4, RFC 6762 sections 6, 10.2 and
// 18): only the four kinds of records that lead to a service. All numbers are big-endian.
#pragma once

#include "base/bytes.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace lifeboat::phone::android {

inline constexpr size_t longest_dns_message = 9000;  // RFC 6762, section 17

// Labels, the outermost last: {"adb-S-x", "_adb-tls-connect", "_tcp", "local"}. A label may hold
// any bytes, dots too. At most 63 bytes each, 255 with their lengths.
using DnsName = std::vector<std::string>;
// "_adb-tls-connect._tcp.local", in which no label has a dot.
DnsName dns_name(std::string_view dotted);
// Names that differ in the case of ASCII letters only are the same one; this is that one.
DnsName folded(DnsName name);

enum class DnsType : uint16_t { address = 1, pointer = 12, text = 16, service = 33, any = 255 };

struct DnsQuestion {
    DnsName name{};
    DnsType type = DnsType::any;
    bool operator==(const DnsQuestion&) const = default;
};

struct DnsAddress {
    uint32_t ipv4 = 0;  // 127.0.0.1 is 0x7f000001
    bool operator==(const DnsAddress&) const = default;
};
struct DnsPointer {
    DnsName to{};
    bool operator==(const DnsPointer&) const = default;
};
struct DnsService {
    DnsName host{};
    uint16_t port = 0;
    bool operator==(const DnsService&) const = default;
};
struct DnsText {
    std::vector<std::string> words{};  // at most 255 bytes each
    bool operator==(const DnsText&) const = default;
};

struct DnsRecord {
    DnsName name{};
    uint32_t seconds = 0;   // for how long it holds; 0: it holds no more
    bool replaces = false;  // what was said of this name and kind before
    std::variant<DnsAddress, DnsPointer, DnsService, DnsText> data{};
    bool operator==(const DnsRecord&) const = default;
};

struct DnsMessage {
    uint16_t id = 0;
    bool is_answer = false;
    std::vector<DnsQuestion> questions{};
    // Of all three sections; those of other kinds and classes are left out.
    std::vector<DnsRecord> records{};
    bool operator==(const DnsMessage&) const = default;
};

// Throws Corrupt for what is none: cut off, too long, a name that leads in a circle.
DnsMessage parse_dns(ByteView bytes);
// Without compression of names. Throws Misuse for a name or a word that is too long.
Bytes encode_dns(const DnsMessage& message);

}  // namespace lifeboat::phone::android
