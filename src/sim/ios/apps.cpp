#include "sim/ios/apps.h"

#include "base/hex.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::sim::ios {

using plist::Dict;

const std::vector<App>& apps() {
    static const std::vector<App> list{
        {.bundle = "com.google.Authenticator",
         .name = "Google Authenticator",
         .version = "4.2.1",
         .store_id = 388497605},
        {.bundle = "net.whatsapp.WhatsApp",
         .name = "WhatsApp",
         .version = "25.29.77",
         .store_id = 310633997,
         .group = "group.net.whatsapp.WhatsApp.shared"},
        {.bundle = "org.whispersystems.signal",
         .name = "Signal",
         .version = "7.80",
         .store_id = 874139669,
         .group = "group.org.whispersystems.signal.group"},
        {.bundle = "com.azure.authenticator",
         .name = "Authenticator",
         .version = "6.8.33",
         .store_id = 983156458},
        {.bundle = "org.example.ship-log",
         .name = "Ship's Log",
         .version = "1.4",
         .shares_documents = true,
         .store_id = 1234567890},
        {.bundle = "com.apple.mobilesafari", .name = "Safari", .version = "17.6", .system = true}};
    return list;
}

namespace {

// Stands for Apple's encrypted data of a purchase: what counts is that it comes back unchanged.
Bytes sinf(const App& app) {
    return to_bytes("sinf:" + app.bundle);
}

Bytes store_metadata(const App& app) {
    return plist::write_binary(Dict{{"itemId", app.store_id},
                                    {"itemName", app.name},
                                    {"softwareVersionBundleId", app.bundle},
                                    {"bundleShortVersionString", app.version},
                                    {"com.apple.iTunesStore.downloadInfo",
                                     Dict{{"accountInfo", Dict{{"AppleID", "ada@example.com"}}}}}});
}

}  // namespace

Dict app_entry(const App& app, const plist::Array* attributes) {
    const std::string home = fmt::format("/private/var/mobile/Containers/Data/{}", app.bundle);
    Dict all{{"CFBundleIdentifier", app.bundle},
             {"CFBundleName", app.name},
             {"CFBundleDisplayName", app.name},
             {"CFBundleVersion", app.version},
             {"CFBundleShortVersionString", app.version},
             {"CFBundleExecutable", app.name},
             {"ApplicationType", app.system ? "System" : "User"},
             {"Path", fmt::format("/private/var/containers/Bundle/{}.app", app.bundle)},
             {"Container", home},
             {"UIFileSharingEnabled", app.shares_documents},
             {"StaticDiskUsage", 48'211'968},
             {"DynamicDiskUsage", 1'204'224},
             {"SignerIdentity", "Apple iPhone OS Application Signing"}};
    if (!app.system) {
        all.set("ApplicationSINF", sinf(app));
        all.set("iTunesMetadata", store_metadata(app));
    }
    if (attributes == nullptr || attributes->empty()) return all;
    Dict chosen;
    for (const plist::Value& attribute : *attributes) {
        const std::string* name = attribute.text();
        const plist::Value* value = name == nullptr ? nullptr : all.find(*name);
        if (value != nullptr) chosen.set(*name, *value);
    }
    return chosen;
}

Bytes app_icon() {
    return from_hex(
               "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c494441547"
               "8"
               "9c63608080040000050001a4b1b5c90000000049454e44ae426082")
        .value_or(Bytes());
}

}  // namespace lifeboat::sim::ios
