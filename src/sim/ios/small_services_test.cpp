#include "sim/ios/small_services.h"

#include "sim/ios/lockdown_service.h"
#include "sim/ios/served_phone_test.h"

#include <gmock/gmock.h>

namespace lifeboat::sim::ios {
namespace {

using plist::Array;
using plist::Dict;
using testing::Contains;
using testing::ElementsAre;
using testing::Not;

std::string text_at(const Dict& from, std::string_view key) {
    const std::string* text = from.text(key);
    return text == nullptr ? "(none)" : *text;
}

class SmallServices : public testing::Test {
protected:
    PhoneFolder folder_;
    sys::SystemClock clock_;
    Device device_{folder_.path() + "/world", personality("ios16"), clock_};
};

// All pages of one Browse.
std::vector<std::string> browse(Served& proxy, const Dict& options, size_t& pages) {
    std::vector<std::string> found;
    proxy.computer().send(Dict{{"Command", "Browse"}, {"ClientOptions", options}});
    for (pages = 0;; ++pages) {
        const Dict page = proxy.computer().receive_dict();
        if (text_at(page, "Status") == "Complete") return found;
        EXPECT_EQ(page.u64("CurrentIndex"), found.size());
        for (const plist::Value& app : *page.array("CurrentList")) {
            found.push_back(text_at(*app.dict(), "CFBundleIdentifier"));
        }
    }
}

TEST_F(SmallServices, AppsComeInPages) {
    Served proxy(device_, run_installation_proxy);
    size_t pages = 0;
    const auto users = browse(proxy, {{"ApplicationType", "User"}}, pages);
    EXPECT_GT(pages, 1u);
    EXPECT_THAT(users, Contains("com.google.Authenticator"));
    EXPECT_THAT(users, Contains("org.whispersystems.signal"));
    EXPECT_THAT(users, Not(Contains("com.apple.mobilesafari")));
    EXPECT_THAT(browse(proxy, {{"ApplicationType", "System"}}, pages),
                ElementsAre("com.apple.mobilesafari"));
    EXPECT_THAT(browse(proxy, {{"BundleIDs", Array{"net.whatsapp.WhatsApp"}}}, pages),
                ElementsAre("net.whatsapp.WhatsApp"));
    EXPECT_THAT(browse(proxy, {{"BundleIDs", Array{"org.example.none"}}}, pages),
                testing::IsEmpty());
    EXPECT_NE(proxy.ask({{"Command", "Format"}}).find("Error"), nullptr);
}

TEST_F(SmallServices, AppsAreLookedUp) {
    Served proxy(device_, run_installation_proxy);
    const Dict answer = proxy.ask(
        {{"Command", "Lookup"},
         {"ClientOptions", Dict{{"BundleIDs", Array{"net.whatsapp.WhatsApp"}},
                                {"ReturnAttributes", Array{"CFBundleShortVersionString", 7}}}}});
    const Dict* app = answer.dict("LookupResult")->dict("net.whatsapp.WhatsApp");
    ASSERT_NE(app, nullptr);
    EXPECT_EQ(app->size(), 1u);
}

TEST_F(SmallServices, NotificationsReachWhoObserves) {
    Served observer(device_, run_notification_proxy);
    const auto say = [](Served& proxy, const char* command, const char* name) {
        proxy.computer().send(Dict{{"Command", command}, {"Name", name}});
    };
    const auto expect_wanted = [&] {
        const Dict relayed = observer.computer().receive_dict();
        EXPECT_EQ(text_at(relayed, "Command"), "RelayNotification");
        EXPECT_EQ(text_at(relayed, "Name"), "wanted");
    };
    // In order on one connection; what is not observed is not told.
    say(observer, "ObserveNotification", "wanted");
    say(observer, "PostNotification", "other");
    say(observer, "PostNotification", "wanted");
    expect_wanted();
    // From another computer, while this one says nothing.
    Served poster(device_, run_notification_proxy);
    say(poster, "PostNotification", "wanted");
    expect_wanted();
    EXPECT_EQ(text_at(poster.ask({{"Command", "Shutdown"}}), "Command"), "ProxyDeath");
    EXPECT_EQ(poster.wait_for_end(), "");
}

TEST_F(SmallServices, DiagnosticsAnswerAndAct) {
    int reboots = 0, gone = 0;
    const PhoneActions actions{
        .disappear = [&] { ++gone; }, .reboot = [&] { ++reboots; }, .note = [](auto) {}};
    Served relay(device_, [&](Device& device, Channel& channel) {
        run_diagnostics(device, channel, actions);
    });
    const Dict gestalt = relay.ask(
        {{"Request", "MobileGestalt"}, {"MobileGestaltKeys", Array{"PasswordConfigured", "x", 7}}});
    const Dict* values = gestalt.dict("Diagnostics")->dict("MobileGestalt");
    EXPECT_EQ(values->boolean("PasswordConfigured"), true);
    EXPECT_EQ(values->find("x"), nullptr);
    const Dict registry =
        relay.ask({{"Request", "IORegistry"}, {"EntryClass", "AppleSmartBattery"}});
    EXPECT_EQ(registry.dict("Diagnostics")->dict("IORegistry")->i64("CycleCount"), 312);
    EXPECT_EQ(text_at(relay.ask({{"Request", "Fly"}}), "Status"), "UnknownRequest");
    EXPECT_EQ(text_at(relay.ask({{"Nothing", 1}}), "Status"), "UnknownRequest");
    relay.ask({{"Request", "Restart"}});
    relay.ask({{"Request", "Shutdown"}});
    relay.ask({{"Request", "Goodbye"}});
    EXPECT_EQ(relay.wait_for_end(), "");
    EXPECT_EQ(reboots, 1);
    EXPECT_EQ(gone, 1);
}

TEST_F(SmallServices, TheHeartbeatWaitsForItsAnswer) {
    Served heart(device_, run_heartbeat);
    EXPECT_EQ(text_at(heart.computer().receive_dict(), "Command"), "Marco");
    EXPECT_EQ(text_at(heart.ask({{"Command", "Polo"}}), "Command"), "Marco");
    heart.computer().send(Dict{{"Command", "SleepyTime"}});
    EXPECT_EQ(heart.wait_for_end(), "");
}

TEST_F(SmallServices, OnlySharedDocumentsAreLent) {
    const auto ask = [&](const char* command, const char* app) {
        Served house(device_, run_house_arrest);
        return house.ask({{"Command", command}, {"Identifier", app}});
    };
    EXPECT_NE(ask("VendDocuments", "org.example.none").find("Error"), nullptr);
    EXPECT_NE(ask("VendDocuments", "net.whatsapp.WhatsApp").find("Error"), nullptr);
    EXPECT_NE(ask("VendContainer", "org.example.ship-log").find("Error"), nullptr);
    EXPECT_EQ(text_at(ask("VendDocuments", "org.example.ship-log"), "Status"), "Complete");
}

TEST_F(SmallServices, WhatIsNoMessageEndsThem) {
    for (const auto service : {run_installation_proxy, run_notification_proxy, run_springboard,
                               run_misagent, run_heartbeat, run_house_arrest}) {
        for (const Bytes& bytes :
             {Bytes(4, std::byte{0xff}), to_bytes(std::string_view("\0\0\0\3abc", 7)),
              wire::plist_frame(Array{1, 2}, plist::Format::binary)}) {
            Served served(device_, service);
            served.computer().write(bytes);
            EXPECT_NE(served.wait_for_end(), "");
        }
    }
}

class Lockdown : public SmallServices {
protected:
    Served lockdown_{
        device_, [](Device& device, Channel& channel) { LockdownService(device, channel).run(); }};
    std::string error_of(const Dict& question) { return text_at(lockdown_.ask(question), "Error"); }
};

TEST_F(Lockdown, TellsStrangersLittle) {
    EXPECT_EQ(text_at(lockdown_.ask({{"Request", "QueryType"}}), "Type"),
              "com.apple.mobile.lockdown");
    const Dict all = lockdown_.ask({{"Request", "GetValue"}});
    EXPECT_NE(all.dict("Value")->find("ProductVersion"), nullptr);
    EXPECT_EQ(all.dict("Value")->find("SerialNumber"), nullptr);
    EXPECT_EQ(error_of({{"Request", "GetValue"}, {"Key", "SerialNumber"}}), "GetProhibited");
    EXPECT_EQ(error_of({{"Request", "GetValue"}, {"Key", "Nothing"}}), "MissingValue");
    EXPECT_EQ(error_of({{"Request", "GetValue"}, {"Domain", "com.apple.fmip"}}), "InvalidHostID");
    EXPECT_EQ(error_of({{"Request", "SetValue"}, {"Key", "DeviceName"}, {"Value", "x"}}),
              "SessionInactive");
    EXPECT_EQ(error_of({{"Request", "StartService"}, {"Service", "com.apple.afc"}}),
              "SessionInactive");
    EXPECT_EQ(error_of({{"Request", "StopSession"}}), "SessionInactive");
    EXPECT_EQ(error_of({{"Request", "StartSession"}}), "MissingHostID");
    EXPECT_EQ(error_of({{"Request", "StartSession"}, {"HostID", "nobody"}}), "InvalidHostID");
    EXPECT_EQ(error_of({{"Request", "Fly"}}), "InvalidResponse");
    EXPECT_EQ(error_of({{"Request", 7}}), "InvalidResponse");
}

TEST_F(Lockdown, LetsNobodyInBeforeTheFirstUnlock) {
    device_.trust({.host_id = "A"});
    device_.change([](DeviceState& s) { s.locked = s.awaits_first_unlock = true; });
    EXPECT_EQ(error_of({{"Request", "StartSession"}, {"HostID", "A"}}), "PasswordProtected");
    EXPECT_EQ(error_of({{"Request", "Pair"}}), "PasswordProtected");
    EXPECT_EQ(text_at(lockdown_.ask({{"Request", "GetValue"}, {"Key", "ProductVersion"}}), "Value"),
              "16.7.10");
}

TEST_F(Lockdown, PairsOnlyWithThePersonsConsent) {
    const Dict question{{"Request", "Pair"}};
    const auto with = [&](Consent consent, bool locked) {
        device_.change([&](DeviceState& s) {
            s.consent = consent;
            s.locked = locked;
        });
        return error_of(question);
    };
    EXPECT_EQ(with(Consent::wait, false), "PairingDialogResponsePending");
    EXPECT_EQ(with(Consent::deny, false), "UserDeniedPairing");
    EXPECT_EQ(with(Consent::accept, true), "PasswordProtected");
    EXPECT_EQ(with(Consent::accept, false), "MissingPairRecord");
    EXPECT_EQ(error_of({{"Request", "Pair"}, {"PairRecord", Dict{}}}), "MissingHostID");
    EXPECT_EQ(error_of({{"Request", "Pair"},
                        {"PairRecord", Dict{{"HostID", "A"}, {"HostCertificate", "no PEM"}}}}),
              "InvalidPairRecord");
    EXPECT_EQ(device_.pairing_count(), 0u);
    EXPECT_EQ(error_of({{"Request", "Unpair"}, {"PairRecord", Dict{{"HostID", "A"}}}}),
              "InvalidHostID");
}

}  // namespace
}  // namespace lifeboat::sim::ios
