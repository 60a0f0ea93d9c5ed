#include "personal/network.h"

#include "base/error.h"

#include <gtest/gtest.h>

namespace lifeboat::personal {
namespace {

TEST(PersonalNetwork, ComesBackAsItWas) {
    for (const std::string ssid : {"Harbour", "a \"b\" <c>", "\xff\xfe", " x "}) {
        const Network network{ssid, "wpa2-psk", "it's & <secret>"};
        EXPECT_EQ(decode_network(encode(network)), network);
    }
    EXPECT_THROW(decode_network("{}"), Corrupt);
    EXPECT_THROW(decode_network(R"({"ssid":1,"security":"","passphrase":""})"), Corrupt);
}

TEST(PersonalNetwork, IsTheSameWithAndWithoutItsPassword) {
    EXPECT_EQ(record_of(Network{"a", "open", ""}), record_of(Network{"a", "open", "x"}));
    EXPECT_NE(record_of(Network{"a", "open", ""}).identity,
              record_of(Network{"a", "owe", ""}).identity);
}

}  // namespace
}  // namespace lifeboat::personal
