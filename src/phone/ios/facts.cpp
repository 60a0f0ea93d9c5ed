#include "phone/ios/facts.h"

#include "base/hex.h"
#include "base/text.h"
#include "crypto/certificate.h"
#include "phone/ios/afc.h"
#include "phone/ios/model_names.h"
#include "phone/ios/services.h"
#include "phone/ios/waiting.h"
#include "phone/ios/watched_apps.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <set>

namespace lifeboat::phone::ios {
namespace {

using plist::Value;

// How a value of lockdown becomes the text of a fact.
enum class Shape {
    text,
    yes_no,
    number,
    percent,  // 0 to 100
    instant,  // seconds since 2001, or a date
};

struct Row {
    std::string_view fact;
    std::string_view domain;
    std::string_view key;
    Shape shape;
};

constexpr std::array rows{
    Row{"os.version", "", "ProductVersion", Shape::text},
    Row{"os.build", "", "BuildVersion", Shape::text},
    Row{"os.product", "", "ProductType", Shape::text},
    Row{"activation.state", "", "ActivationState", Shape::text},
    Row{"sim.status", "", "SIMStatus", Shape::text},
    Row{"battery.percent", "com.apple.mobile.battery", "BatteryCurrentCapacity", Shape::percent},
    Row{"battery.plugged", "com.apple.mobile.battery", "ExternalConnected", Shape::yes_no},
    Row{"storage.total_bytes", "com.apple.disk_usage", "TotalDiskCapacity", Shape::number},
    Row{"backup.encrypted", "com.apple.mobile.backup", "WillEncrypt", Shape::yes_no},
    Row{"backup.encryption_required", "com.apple.mobile.backup", "RequiresEncryption",
        Shape::yes_no},
    Row{"backup.computer_at", "com.apple.mobile.backup", "LastiTunesBackupDate", Shape::instant},
    Row{"icloud_backup.enabled", "com.apple.mobile.backup", "CloudBackupEnabled", Shape::yes_no},
    Row{"icloud_backup.finished_at", "com.apple.mobile.backup", "LastCloudBackupDate",
        Shape::instant},
    Row{"find_my.on", "com.apple.fmip", "IsAssociated", Shape::yes_no},
    Row{"wifi_sync.enabled", "com.apple.mobile.wireless_lockdown", "EnableWifiConnections",
        Shape::yes_no},
    Row{"setup.done", "com.apple.purplebuddy", "SetupDone", Shape::yes_no},
    Row{"supervised", "com.apple.mobile.chaperone", "DeviceIsChaperoned", Shape::yes_no},
    Row{"developer_mode.on", "com.apple.security.mac.amfi", "DeveloperModeStatus", Shape::yes_no},
};

constexpr std::string_view unknown_form = "the iPhone answers in a form this program does not know";

constexpr std::string_view no_network = "an iPhone tells no computer which network it uses";

std::string yes_no(bool value) {
    return value ? "yes" : "no";
}

std::optional<std::string> instant(const Value& value) {
    plist::Date date;
    if (value.date() != nullptr) {
        date = *value.date();
    } else if (const auto seconds = value.number()) {
        date.seconds = *seconds;
    } else {
        return std::nullopt;
    }
    if (!std::isfinite(date.seconds)) return std::nullopt;
    const auto time = date.time();
    return time ? std::optional(to_rfc3339(*time)) : std::nullopt;
}

std::optional<std::string> text_of(const Value& value, Shape shape) {
    const auto number = value.u64();
    switch (shape) {
        case Shape::text:
            return value.text() == nullptr ? std::nullopt : std::optional(*value.text());
        case Shape::yes_no:
            if (const auto truth = value.boolean()) return yes_no(*truth);
            // Some values are numbers on some versions.
            if (number && *number <= 1) return yes_no(*number == 1);
            return std::nullopt;
        case Shape::percent:
            if (number && *number > 100) return std::nullopt;
            [[fallthrough]];
        case Shape::number:
            return number ? std::optional(std::to_string(*number)) : std::nullopt;
        case Shape::instant:
            return instant(value);
    }
    return std::nullopt;
}

// What one question brought.
struct Asked {
    std::string method{};
    std::optional<Value> value{};
    std::string why_not{};
};

class Reader {
public:
    explicit Reader(Device& device) : device_(device) {}

    Facts read() {
        identity();
        for (const Row& row : rows) add(row.fact, ask(row.domain, row.key), row.shape);
        charging();
        number_known();
        apps();
        diagnostics();
        media();
        connection();
        never_told();
        return std::move(facts_);
    }

private:
    Asked ask(std::string_view domain, std::string_view key) {
        Asked asked{.method = fmt::format("lockdown: GetValue {}{}{}", domain,
                                          domain.empty() ? "" : " ", key)};
        Lockdown::Answer answer = device_.look_up(domain, key);
        asked.value = std::move(answer.value);
        if (!asked.value) {
            asked.why_not = answer.refusal == "MissingValue"
                                ? "the iPhone does not tell"
                                : fmt::format("the iPhone refuses ({})", printable(answer.refusal));
        }
        return asked;
    }

    void add(std::string_view fact, const Asked& asked, std::optional<std::string> value,
             std::string_view why = unknown_form) {
        Reading reading{.fact = std::string(fact), .method = asked.method};
        if (asked.value) reading.raw = plist::write_xml(*asked.value);
        if (!value) reading.why_unknown = asked.value ? std::string(why) : asked.why_not;
        reading.value = std::move(value);
        facts_.readings.push_back(std::move(reading));
    }

    void add(std::string_view fact, const Asked& asked, Shape shape) {
        add(fact, asked, asked.value ? text_of(*asked.value, shape) : std::nullopt);
    }

    std::string told(std::string_view key) {
        const Asked asked = ask({}, key);
        return asked.value && asked.value->text() != nullptr ? *asked.value->text() : std::string();
    }

    void identity() {
        facts_.id = {.platform = Platform::ios, .serial = device_.where().udid};
        facts_.device_key = device_.where().udid;
        facts_.maker = "Apple";
        facts_.model = model_name(told("ProductType"));
        facts_.os_name = told("DeviceClass") == "iPad" ? "iPadOS" : "iOS";
        facts_.os_version = told("ProductVersion");
        facts_.build = told("BuildVersion");
    }

    // Power is there, and the battery takes it or is full.
    void charging() {
        const std::string_view domain = "com.apple.mobile.battery";
        Asked asked = ask(domain, {});
        const plist::Dict* all = asked.value ? asked.value->dict() : nullptr;
        std::optional<std::string> value;
        if (all != nullptr) {
            const auto charges = all->boolean("BatteryIsCharging");
            const auto plugged = all->boolean("ExternalConnected");
            const bool full = all->boolean("FullyCharged").value_or(false);
            if (charges && plugged) value = yes_no(*charges || (*plugged && full));
        }
        add("battery.charging", asked, std::move(value));
    }

    // Whether there is one; the number itself is nobody's business.
    void number_known() {
        Asked asked = ask({}, "PhoneNumber");
        if (!asked.value) return add("sim.number", asked, std::nullopt);
        const bool known = asked.value->text() != nullptr && !asked.value->text()->empty();
        asked.value.reset();
        add("sim.number", asked, yes_no(known));
    }

    // Runs `work` with a connection to a service. What the service does wrong is why its facts are
    // unknown; a phone that went away ends everything.
    template <class Work>
    std::string with_service(std::string_view service, Work work) {
        try {
            work(device_.open(service, device_.best_escrow()));
            return {};
        } catch (const Gone&) {
            if (device_.presence()->is_gone()) throw;
            return "the iPhone ended the conversation";
        } catch (const Error& error) {
            return error.message();
        }
    }

    void apps() {
        Asked asked{.method = "installation_proxy: Browse User"};
        std::set<std::string> installed;
        asked.why_not = with_service(installation_service, [&](auto connection) {
            plist::Array bundles;
            InstallationProxy proxy(std::move(connection));
            proxy.browse("User", {"CFBundleIdentifier"}, [&](const plist::Dict& app) {
                const std::string* bundle = app.text("CFBundleIdentifier");
                if (bundle != nullptr && installed.insert(*bundle).second) {
                    bundles.emplace_back(*bundle);
                }
            });
            asked.value = std::move(bundles);
        });
        const auto known = [&](std::string text) {
            return asked.value ? std::optional(std::move(text)) : std::nullopt;
        };
        add("packages.messengers", asked, known(installed_messengers(installed)));
        add("packages.authenticators", asked, known(installed_authenticators(installed)));
        add("packages.count", asked, known(std::to_string(installed.size())));
    }

    void diagnostics() {
        Asked battery{.method = "diagnostics_relay: IORegistry AppleSmartBattery"};
        Asked gestalt{.method = "diagnostics_relay: MobileGestalt PasswordConfigured"};
        const std::string why = with_service(diagnostics_service, [&](auto connection) {
            DiagnosticsRelay relay(std::move(connection));
            if (auto found = relay.io_registry("AppleSmartBattery")) battery.value = *found;
            if (auto found = relay.mobile_gestalt({"PasswordConfigured"})) gestalt.value = *found;
            relay.goodbye();
        });
        const std::string_view refused = "the iPhone does not tell";
        battery.why_not = why.empty() ? refused : why;
        gestalt.why_not = why.empty() ? refused : why;
        wear(battery);
        passcode(gestalt);
    }

    void wear(const Asked& battery) {
        const plist::Dict* all = battery.value ? battery.value->dict() : nullptr;
        std::optional<std::string> cycles;
        std::optional<std::string> capacity;
        if (all != nullptr) {
            if (const auto count = all->u64("CycleCount")) cycles = std::to_string(*count);
            const auto design = all->u64("DesignCapacity");
            const auto now = all->u64("AppleRawMaxCapacity");
            constexpr uint64_t absurd = 1'000'000;  // mAh
            if (design && now && *design > 0 && *design < absurd && *now < absurd) {
                capacity = std::to_string(*now * 100 / *design);
            }
        }
        add("battery.cycles", battery, cycles);
        add("battery.capacity_percent", battery, capacity);
    }

    // PasswordProtected means "there is a passcode" on some versions and "locked" on others: so a
    // yes is one, and a no says nothing.
    void passcode(const Asked& gestalt) {
        const plist::Dict* all = gestalt.value ? gestalt.value->dict() : nullptr;
        const auto set = all == nullptr ? std::nullopt : all->boolean("PasswordConfigured");
        if (set) return add("passcode.set", gestalt, yes_no(*set));
        const Asked asked = ask({}, "PasswordProtected");
        const auto locked = asked.value ? asked.value->boolean() : std::nullopt;
        std::optional<std::string> value;
        if (locked.value_or(false)) value = "yes";
        add("passcode.set", asked, value, "this iOS does not tell whether there is a passcode");
    }

    // Free space as Settings counts it: what could be deleted counts only in TotalDataAvailable.
    void free_space(const Asked& media, const std::optional<AfcStorage>& storage) {
        const Asked asked = ask("com.apple.disk_usage", "AmountDataAvailable");
        if (asked.value && asked.value->u64()) {
            return add("storage.free_bytes", asked, Shape::number);
        }
        std::optional<std::string> value;
        if (storage) value = std::to_string(storage->free_bytes);
        add("storage.free_bytes", media, std::move(value));
    }

    void media() {
        Asked space{.method = "afc: GET_DEVINFO"};
        Asked cloud{.method = "afc: GET_FILE_INFO PhotoData/cpl_enabled_marker"};
        Asked loaded{.method = "afc: GET_FILE_INFO PhotoData/cpl_download_finished_marker"};
        std::optional<AfcStorage> storage;
        const std::string why = with_service(afc_service, [&](auto connection) {
            Afc afc(std::move(connection));
            storage = afc.storage();
            space.value = plist::Dict{{"FSFreeBytes", storage->free_bytes},
                                      {"FSTotalBytes", storage->total_bytes}};
            // Without this folder Photos was never opened, and its markers mean nothing.
            if (!afc.info("/PhotoData")) return;
            cloud.value = afc.info("/PhotoData/cpl_enabled_marker").has_value();
            loaded.value = afc.info("/PhotoData/cpl_download_finished_marker").has_value();
        });
        for (Asked* asked : {&space, &cloud, &loaded}) {
            asked->why_not = why.empty() ? "there is no folder PhotoData" : why;
        }
        free_space(space, storage);
        add("icloud_photos.on", cloud, Shape::yes_no);
        add("icloud_photos.downloaded", loaded, Shape::yes_no);
    }

    void connection() {
        const bool cable = device_.where().connection == MuxConnection::usb;
        facts_.readings.push_back({.fact = "connection.kind",
                                   .value = cable ? "cable" : "wifi",
                                   .method = "usbmux: ConnectionType"});
        // Reached over Wi-Fi, it has Wi-Fi; by cable it tells no computer.
        Reading wifi{.fact = "wifi.connected", .method = "usbmux: ConnectionType"};
        if (cable) {
            wifi.why_unknown = std::string(no_network);
        } else {
            wifi.value = "yes";
        }
        facts_.readings.push_back(std::move(wifi));
        Reading made{.fact = "pairing.made_at", .method = "usbmux: ReadPairRecord"};
        try {
            const std::string& certificate = device_.record().host_certificate;
            made.value = to_rfc3339(crypto::valid_from(certificate));
            made.raw = certificate;
        } catch (const Corrupt& error) {
            made.why_unknown = error.message();
        }
        facts_.readings.push_back(std::move(made));
    }

    // Asked by checks, and told by no iPhone: said here, so that the reason is shown.
    void never_told() {
        const std::string method = "no question exists";
        for (const char* fact : {"network.metered", "network.validated"}) {
            facts_.readings.push_back(
                {.fact = fact, .why_unknown = std::string(no_network), .method = method});
        }
        facts_.readings.push_back({.fact = "os.update_offered",
                                   .why_unknown = "an iPhone tells no computer about updates",
                                   .method = method});
    }

    Device& device_;
    Facts facts_{};
};

}  // namespace

Facts read_facts(Device& device) {
    return Reader(device).read();
}

}  // namespace lifeboat::phone::ios
