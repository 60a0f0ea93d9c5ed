#include "phone/android/direct/packet.h"

#include "base/error.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace lifeboat::phone::android {
namespace {

Bytes encode(Command command, uint32_t arg0, uint32_t arg1, std::string_view payload) {
    const auto header = make_header(command, arg0, arg1, as_bytes(payload), Checksum::sum);
    Bytes out(header.begin(), header.end());
    append(out, as_bytes(payload));
    return out;
}

std::vector<Packet> parse(PacketParser& parser, ByteView data, size_t at_once) {
    std::vector<Packet> packets;
    while (!data.empty()) {
        const auto space = parser.space();
        const size_t count = std::min({space.size(), data.size(), at_once});
        std::copy_n(data.begin(), count, space.begin());
        if (auto packet = parser.commit(count)) packets.push_back(std::move(*packet));
        data = data.subspan(count);
    }
    return packets;
}

TEST(Packet, ComesOutAsItWentInAtEverySplit) {
    Bytes wire = encode(Command::open, 1, 2, "shell:ls");
    append(wire, encode(Command::okay, 3, 4, ""));
    append(wire, encode(Command::wrte, 5, 6, std::string(4096, 'x')));
    for (const size_t at_once : {size_t{1}, size_t{7}, size_t{24}, size_t{5000}}) {
        PacketParser parser;
        parser.set_checksum(Checksum::sum);
        const auto packets = parse(parser, wire, at_once);
        ASSERT_EQ(packets.size(), 3u) << at_once;
        EXPECT_EQ(as_text(packets[0].payload), "shell:ls");
        EXPECT_EQ(packets[1], (Packet{static_cast<uint32_t>(Command::okay), 3, 4, {}}));
        EXPECT_EQ(packets[2].payload.size(), 4096u);
    }
}

TEST(Packet, RefusesAWrongMagicNumber) {
    Bytes wire = encode(Command::cnxn, 1, 2, "");
    wire[20] ^= std::byte{1};
    PacketParser parser;
    EXPECT_THROW(parse(parser, wire, 24), Corrupt);
}

TEST(Packet, RefusesAPayloadOverTheLimitBeforeItComes) {
    const Bytes wire = encode(Command::wrte, 1, 2, std::string(4097, 'x'));
    PacketParser parser;
    EXPECT_THROW(parse(parser, ByteView(wire).first(24), 24), Corrupt);
    parser = {};
    parser.set_max_payload(5000);
    EXPECT_EQ(parse(parser, wire, 5000).size(), 1u);
}

TEST(Packet, ChecksTheSumOnlyOfOldVersions) {
    Bytes wire = encode(Command::wrte, 1, 2, "abc");
    wire[16] ^= std::byte{1};
    PacketParser careless;
    EXPECT_EQ(parse(careless, wire, 100).size(), 1u);
    PacketParser careful;
    careful.set_checksum(Checksum::sum);
    EXPECT_THROW(parse(careful, wire, 100), Corrupt);
}

}  // namespace
}  // namespace lifeboat::phone::android
