#include "phone/android/connectivity.h"
#include "phone/android/wifi_status.h"

#include <gtest/gtest.h>

namespace lifeboat::phone::android {
namespace {

constexpr const char* connected =
    "Wifi is enabled\nWifi scanning is only available when wifi is enabled\n"
    "==== Primary ClientModeManager instance ====\n"
    "Wifi is connected to \"Harbour\"\n"
    "WifiInfo: SSID: \"Harbour\", BSSID: 02:00:00:00:00:09, MAC: 02:00:00:00:00:08, IP: "
    "/10.0.0.7, Security type: 2, Supplicant state: COMPLETED, Wi-Fi standard: 5, RSSI: -52, "
    "Link speed: 433Mbps\n";

TEST(WifiStatus, Connected) {
    const auto wifi = parse_wifi_status(connected).value;
    ASSERT_TRUE(wifi);
    EXPECT_TRUE(wifi->enabled);
    EXPECT_TRUE(wifi->connected);
    EXPECT_EQ(wifi->ssid, "Harbour");
    EXPECT_EQ(wifi->signal_dbm, -52);
}

TEST(WifiStatus, NameOfTheNetworkIsHostile) {
    const auto wifi =
        parse_wifi_status(
            "Wifi is enabled\r\n"
            "Wifi is connected to \"a\", BSSID: x, Supplicant state: SCANNING, RSSI: -1, \"\"\r\n"
            "WifiInfo: SSID: \"a\", BSSID: x, Supplicant state: SCANNING, RSSI: -1, "
            "\"\", BSSID: 02:00:00:00:00:09, Supplicant state: COMPLETED, RSSI: -70, "
            "Link speed: 1Mbps\r\n")
            .value;
    ASSERT_TRUE(wifi);
    EXPECT_TRUE(wifi->connected);
    EXPECT_EQ(wifi->ssid, "a\", BSSID: x, Supplicant state: SCANNING, RSSI: -1, \"");
    EXPECT_EQ(wifi->signal_dbm, -70);
}

TEST(WifiStatus, NotConnectedDisabledAndStillConnecting) {
    EXPECT_FALSE(parse_wifi_status("Wifi is enabled\nWifi is not connected\n").value->connected);
    const auto off = parse_wifi_status("Wifi is disabled\nWifi scanning is only available\n").value;
    ASSERT_TRUE(off);
    EXPECT_FALSE(off->enabled);
    EXPECT_FALSE(
        parse_wifi_status("Wifi is enabled\nWifi is connected to \"x\"\n"
                          "WifiInfo: SSID: \"x\", Supplicant state: ASSOCIATING, RSSI: -5\n")
            .value->connected);
}

TEST(WifiStatus, FirstBlockCounts) {
    const auto wifi = parse_wifi_status(std::string(connected) +
                                        "==== ClientModeManager instance: x ====\n"
                                        "Wifi is not connected\n")
                          .value;
    ASSERT_TRUE(wifi);
    EXPECT_TRUE(wifi->connected);
}

TEST(WifiStatus, UnknownForms) {
    EXPECT_FALSE(parse_wifi_status("").value);
    EXPECT_FALSE(parse_wifi_status("Unknown command: status\n").value);
    EXPECT_FALSE(parse_wifi_status("Wifi is enabled\n").value);
    EXPECT_FALSE(parse_wifi_status("  Wifi is enabled\n").value);
}

TEST(DumpsysWifi, Android10) {
    const auto wifi =
        parse_dumpsys_wifi(
            "Wi-Fi is enabled\nStay-awake conditions: 0\n"
            "mNetworkInfo [type: WIFI[], state: CONNECTED/CONNECTED, reason: (unspecified)]\n"
            "mWifiInfo SSID: Harbour, BSSID: 02:00:00:00:00:09, MAC: x, Supplicant "
            "state: COMPLETED, RSSI: -60, Link speed: 400Mbps\n")
            .value;
    ASSERT_TRUE(wifi);
    EXPECT_TRUE(wifi->connected);
    EXPECT_EQ(wifi->ssid, "Harbour");
    EXPECT_EQ(wifi->signal_dbm, -60);
    EXPECT_TRUE(parse_dumpsys_wifi("Wi-Fi is enabled\nmWifiInfo SSID: x, BSSID: y, Supplicant "
                                   "state: COMPLETED, RSSI: -51\n")
                    .value->connected);
    EXPECT_FALSE(parse_dumpsys_wifi("Wi-Fi is enabled\nmWifiInfo SSID: <unknown ssid>, "
                                    "Supplicant state: DISCONNECTED\n")
                     .value->connected);
    EXPECT_FALSE(parse_dumpsys_wifi("Wi-Fi is disabled\n").value->enabled);
    EXPECT_FALSE(parse_dumpsys_wifi("Wi-Fi is enabled\n").value);
}

std::string agent(const std::string& id, const std::string& capabilities) {
    return "  NetworkAgentInfo{network{" + id +
           "}  handle{458}  ni{WIFI CONNECTED extra: } Score(60 ; Policies : "
           "IS_UNMETERED&IS_VALIDATED)  lp{{InterfaceName: wlan0}}  nc{[ Transports: WIFI "
           "Capabilities: " +
           capabilities +
           " LinkUpBandwidth>=12000Kbps SSID: \"Harbour\"]}  factorySerialNumber=7}\n";
}

TEST(Connectivity, CapabilitiesOfTheActiveNetworkOnly) {
    const auto network = parse_connectivity("Active default network: 106\n\nCurrent Networks:\n" +
                                            agent("105", "INTERNET&TRUSTED") +
                                            agent("106", "NOT_METERED&INTERNET&VALIDATED"))
                             .value;
    ASSERT_TRUE(network);
    EXPECT_TRUE(network->there);
    EXPECT_FALSE(network->metered);
    EXPECT_TRUE(network->validated);
    EXPECT_EQ(network->transport, "WIFI");
}

TEST(Connectivity, WholeTokensOnly) {
    const auto network =
        parse_connectivity("Active default network: 106\n" +
                           agent("106", "TEMPORARILY_NOT_METERED&INTERNET&NOT_VALIDATED"))
            .value;
    ASSERT_TRUE(network);
    EXPECT_TRUE(network->metered);
    EXPECT_FALSE(network->validated);
}

TEST(Connectivity, NoNetworkIsKnownToBeNone) {
    const auto network = parse_connectivity("Active default network: none\n").value;
    ASSERT_TRUE(network);
    EXPECT_FALSE(network->there);
}

TEST(Connectivity, UnknownForms) {
    EXPECT_FALSE(parse_connectivity("").value);
    EXPECT_FALSE(parse_connectivity("Active default network: 106\n").value);
    EXPECT_FALSE(parse_connectivity("Active default network: x\n" + agent("x", "VALIDATED")).value);
    EXPECT_FALSE(
        parse_connectivity("Active default network: 10\n" + agent("106", "VALIDATED")).value);
    EXPECT_FALSE(
        parse_connectivity("Active default network: 106\n  NetworkAgentInfo{network{106} }\n")
            .value);
    // A network may call itself what it likes.
    EXPECT_FALSE(parse_connectivity("Active default network: 106\n" +
                                    agent("106",
                                          "INTERNET SSID: \"nc{[ Transports: WIFI "
                                          "Capabilities: NOT_METERED&VALIDATED\""))
                     .value);
    EXPECT_FALSE(
        parse_connectivity("Active default network: 106\n  NetworkRequest [ LISTEN id=1, [ "
                           "Capabilities: NOT_METERED&VALIDATED] network{106}]\n")
            .value);
}

}  // namespace
}  // namespace lifeboat::phone::android
