#include "phone/android/mdns/service_catalogue.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace lifeboat::phone::android {
namespace {

const std::string connects = "_adb-tls-connect._tcp";

DnsName type() {
    return dns_name(connects + ".local");
}
DnsName named(const std::string& instance) {
    DnsName name = type();
    name.insert(name.begin(), instance);
    return name;
}
DnsRecord pointer(const std::string& instance, uint32_t seconds = 120) {
    return {.name = type(), .seconds = seconds, .data = DnsPointer{named(instance)}};
}
DnsRecord service(const std::string& instance, const std::string& host, uint16_t port) {
    return {.name = named(instance), .seconds = 120, .data = DnsService{{host, "local"}, port}};
}
DnsRecord address(const std::string& host, sys::Ipv4 ipv4) {
    return {.name = {host, "local"}, .seconds = 120, .data = DnsAddress{ipv4}};
}

class Catalogue : public testing::Test {
protected:
    void hear(std::vector<DnsRecord> records) {
        catalogue_.hear({.is_answer = true, .records = std::move(records)},
                        [](sys::Ipv4 one) { return one >> 24 == 10; });
    }
    ServiceCatalogue catalogue_{{connects}, {}};
};

TEST_F(Catalogue, PutsTogetherWhatComesInAnyOrder) {
    EXPECT_EQ(catalogue_.questions(), (std::vector<DnsQuestion>{{type(), DnsType::pointer}}));
    hear({pointer("adb-1")});
    EXPECT_TRUE(catalogue_.services().empty());
    EXPECT_EQ(catalogue_.questions().at(1), (DnsQuestion{named("adb-1"), DnsType::service}));
    hear({service("ADB-1", "phone", 37001)});
    EXPECT_EQ(catalogue_.questions().at(1), (DnsQuestion{{"phone", "local"}, DnsType::address}));
    hear({address("PHONE", 0x0a000007)});
    EXPECT_EQ(catalogue_.questions().size(), 1U);
    EXPECT_EQ(catalogue_.services(),
              (std::vector<AnnouncedService>{{connects, "adb-1", "10.0.0.7", 37001}}));
    // All at once, the wrong way round; then another port.
    hear({address("b", 0x0a000008), service("adb-2", "b", 1), service("adb-1", "phone", 2)});
    ASSERT_EQ(catalogue_.services().size(), 2U);
    EXPECT_EQ(catalogue_.services()[0].port, 2);
    EXPECT_EQ(catalogue_.services()[1].host, "10.0.0.8");
    hear({pointer("adb-1", 0)});
    EXPECT_EQ(catalogue_.services().size(), 1U);
}

TEST_F(Catalogue, IgnoresWhatNobodyAskedFor) {
    DnsRecord other = service("adb-1", "phone", 1);
    other.name[1] = "_http";
    DnsRecord deep = service("adb-1", "phone", 1);
    deep.name.insert(deep.name.begin(), "x");
    hear({address("phone", 0x0a000001), other, deep, service("adb-3", "phone", 0)});
    EXPECT_TRUE(catalogue_.services().empty());
    // An address elsewhere counts as none.
    hear({service("adb-4", "away", 1), address("away", 0x08080808)});
    EXPECT_TRUE(catalogue_.services().empty());
}

TEST_F(Catalogue, ACrowdHasAnEndAndHidesNobodyWhoIsWanted) {
    ServiceCatalogue wants({connects}, [](std::string_view name) { return name == "adb-me"; });
    for (uint16_t i = 1; i <= 2000; ++i) {
        const std::string name = fmt::format("adb-{}", i);
        const std::vector<DnsRecord> records{pointer(name), service(name, name, i),
                                             address(name, 0x0a000000U + i)};
        hear(records);
        wants.hear({.records = records}, [](sys::Ipv4) { return true; });
    }
    EXPECT_EQ(catalogue_.services().size(), 256U);
    wants.hear({.records = {service("adb-me", "me", 5), address("me", 1)}},
               [](sys::Ipv4) { return true; });
    EXPECT_EQ(wants.services(),
              (std::vector<AnnouncedService>{{connects, "adb-me", "0.0.0.1", 5}}));
    // One that names ever other hosts.
    for (uint16_t i = 1; i <= 2000; ++i) {
        const std::string host = fmt::format("h{}", i);
        hear({service("adb-1", host, i), address(host, 0x0a000009)});
    }
    const auto services = catalogue_.services();
    const auto one = std::ranges::find(services, "adb-1", &AnnouncedService::instance);
    ASSERT_NE(one, services.end());
    EXPECT_EQ(one->port, 2000);
    EXPECT_LE(encode_dns({.questions = catalogue_.questions()}).size(), 4000U);
}

TEST(MayName, OnlyWhatIsInTheSendersNetwork) {
    const std::vector<sys::LocalNetwork> networks{
        {.own = 0x7f000001, .mask = 0xff000000, .is_loopback = true},
        {.own = 0xc0a80102, .mask = 0xffffff00}};
    EXPECT_TRUE(may_name(networks, 0xc0a80107, 0xc0a80107));
    EXPECT_TRUE(may_name(networks, 0x7f000001, 0x7f000001));
    EXPECT_FALSE(may_name(networks, 0xc0a80107, 0x7f000001)) << "this computer itself";
    EXPECT_FALSE(may_name(networks, 0xc0a80107, 0x08080808));
    EXPECT_FALSE(may_name(networks, 0x08080808, 0x08080808));
    EXPECT_FALSE(may_name(networks, 0x7f000001, 0xc0a80107));
}

}  // namespace
}  // namespace lifeboat::phone::android
