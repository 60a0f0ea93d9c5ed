#include "phone/ios/info_plist.h"

#include "base/hex.h"
#include "phone/ios/afc.h"
#include "phone/ios/services.h"
#include "phone/ios/waiting.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <utility>

namespace lifeboat::phone::ios {
namespace {

using plist::Dict;

constexpr uint64_t largest_file = uint64_t{32} << 20;  // those of iTunes have some kilobytes

struct RootValue {
    std::string_view name;  // in Info.plist
    std::string_view key;   // of lockdown
};

constexpr std::array root_values{
    RootValue{"Build Version", "BuildVersion"},
    RootValue{"Device Name", "DeviceName"},
    RootValue{"Display Name", "DeviceName"},
    RootValue{"ICCID", "IntegratedCircuitCardIdentity"},
    RootValue{"IMEI", "InternationalMobileEquipmentIdentity"},
    RootValue{"MEID", "MobileEquipmentIdentifier"},
    RootValue{"Phone Number", "PhoneNumber"},
    RootValue{"Product Name", "ProductName"},
    RootValue{"Product Type", "ProductType"},
    RootValue{"Product Version", "ProductVersion"},
    RootValue{"Serial Number", "SerialNumber"},
};

// Written by iTunes and Finder onto the phone, and kept in its backup beside the phone's files.
constexpr std::array<std::string_view, 11> itunes_files{
    "ApertureAlbumPrefs",   "IC-Info.sidb",      "IC-Info.sidv",     "PhotosFolderAlbums",
    "PhotosFolderName",     "PhotosFolderPrefs", "VoiceMemos.plist", "iPhotoAlbumPrefs",
    "iTunesApplicationIDs", "iTunesPrefs",       "iTunesPrefs.plist"};

std::string upper(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

std::string new_guid(sys::Random& random) {
    std::array<std::byte, 16> bytes{};
    random.fill(bytes);
    return upper(to_hex(bytes));
}

// A service that refuses is gone without; a phone that is gone is not.
template <class Work>
void if_it_serves(Work work) {
    try {
        work();
    } catch (const Denied&) {
        return;
    } catch (const AfcRefusal&) {
        return;
    }
}

std::optional<Bytes> read_file(Afc& afc, const std::string& path) {
    const auto info = afc.info(path);
    if (!info || info->kind != ItemKind::file || info->size > largest_file) return std::nullopt;
    const auto handle = afc.open(path, AfcMode::read);
    if (!handle) return std::nullopt;
    Bytes out;
    Bytes buffer(size_t{1} << 20);
    while (const size_t got = afc.read(*handle, buffer)) {
        append(out, ByteView(buffer).first(got));
        if (out.size() > largest_file) return std::nullopt;
    }
    afc.close(*handle);
    return out;
}

class Maker {
public:
    Maker(Device& device, sys::Random& random, TimePoint now)
        : device_(device), random_(random), now_(now) {}

    Dict make() {
        identity();
        if_it_serves([&] { apps(); });
        if_it_serves([&] { files(); });
        itunes();
        return std::move(info_);
    }

private:
    std::unique_ptr<Connection> open(std::string_view service) {
        return device_.open(service, device_.best_escrow());
    }

    void identity() {
        for (const RootValue& row : root_values) {
            const auto answer = device_.look_up({}, row.key);
            if (answer.value && answer.value->text() != nullptr) info_.set(row.name, *answer.value);
        }
        const std::string& udid = device_.where().udid;
        info_.set("GUID", new_guid(random_));
        info_.set("Last Backup Date", plist::Date::from(now_));
        info_.set("Target Identifier", udid);
        info_.set("Target Type", "Device");
        info_.set("Unique Identifier", upper(udid));
    }

    // With these an App Store app can be installed again: proof of purchase and description.
    void apps() {
        plist::Array installed;
        std::vector<std::pair<std::string, Dict>> fetchable;
        InstallationProxy proxy(open(installation_service));
        proxy.browse("User", {"CFBundleIdentifier", "ApplicationSINF", "iTunesMetadata"},
                     [&](const Dict& app) {
                         const std::string* bundle = app.text("CFBundleIdentifier");
                         if (bundle == nullptr) return;
                         installed.emplace_back(*bundle);
                         const plist::Value* proof = app.find("ApplicationSINF");
                         const plist::Value* about = app.find("iTunesMetadata");
                         if (proof == nullptr || about == nullptr) return;
                         fetchable.emplace_back(*bundle, Dict{{"ApplicationSINF", *proof},
                                                              {"iTunesMetadata", *about}});
                     });
        info_.set("Installed Applications", std::move(installed));
        if_it_serves([&] { icons(fetchable); });
        Dict applications;
        for (auto& [bundle, app] : fetchable) applications.set(bundle, std::move(app));
        info_.set("Applications", std::move(applications));
    }

    void icons(std::vector<std::pair<std::string, Dict>>& apps) {
        if (apps.empty()) return;
        Springboard springboard(open(springboard_service));
        for (auto& [bundle, app] : apps) {
            if (auto png = springboard.icon_png(bundle)) app.set("PlaceholderIcon", *png);
        }
    }

    void files() {
        Afc afc(open(afc_service));
        Dict found;
        for (const std::string_view name : itunes_files) {
            auto content = read_file(afc, "/iTunes_Control/iTunes/" + std::string(name));
            if (content) found.set(name, std::move(*content));
        }
        info_.set("iTunes Files", std::move(found));
        if (auto books = read_file(afc, "/Books/iBooksData2.plist")) {
            info_.set("iBooks Data 2", std::move(*books));
        }
    }

    void itunes() {
        auto settings = device_.look_up("com.apple.iTunes", {}).value;
        const bool usable = settings && settings->dict() != nullptr;
        info_.set("iTunes Settings", usable ? std::move(*settings) : plist::Value(Dict{}));
        const auto version = device_.look_up("com.apple.mobile.iTunes", "MinITunesVersion").value;
        const bool told = version && version->text() != nullptr;
        info_.set("iTunes Version", told ? *version : plist::Value("10.0.1"));
    }

    Device& device_;
    sys::Random& random_;
    TimePoint now_;
    Dict info_{};
};

}  // namespace

plist::Dict make_info_plist(Device& device, sys::Random& random, TimePoint now) {
    return Maker(device, random, now).make();
}

}  // namespace lifeboat::phone::ios
