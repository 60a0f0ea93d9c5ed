#include "phone/android/facts.h"

#include "base/text.h"
#include "phone/android/battery.h"
#include "phone/android/connectivity.h"
#include "phone/android/disk_space.h"
#include "phone/android/fact_reader.h"
#include "phone/android/getprop.h"
#include "phone/android/lock_state.h"
#include "phone/android/packages.h"
#include "phone/android/wifi_status.h"

#include <fmt/format.h>

#include <functional>

namespace lifeboat::phone::android {
namespace {

constexpr const char* property_list = "getprop";
constexpr const char* battery_state = "dumpsys battery";
constexpr const char* wifi_state = "cmd wifi status";
constexpr const char* network_state = "dumpsys connectivity";
constexpr const char* data_space = "df -k /data";
constexpr const char* package_list = "pm list packages";
constexpr const char* trust_state = "dumpsys trust";
constexpr const char* lock_settings = "dumpsys lock_settings";

class Reader : private FactReader {
public:
    Reader(const PhoneLink& link, const std::stop_token& stop) : FactReader(link, stop) {
        facts_.id = {.platform = Platform::android, .serial = link.serial};
    }

    Facts read() {
        std::vector<std::string> commands{property_list, battery_state, wifi_state,  network_state,
                                          data_space,    package_list,  trust_state, lock_settings};
        for (auto& one : cloud_commands()) commands.push_back(std::move(one));
        for (auto& one : update_commands()) commands.push_back(std::move(one));
        ask_ahead(commands);
        identity();
        battery();
        wifi();
        network();
        storage();
        packages();
        lock();
        read_cloud_facts(*this);
        read_update_facts(*this, property("ro.boot.slot_suffix").has_value() ||
                                     property("ro.virtual_ab.enabled") == "true");
        facts_.readings = std::move(readings);
        return std::move(facts_);
    }

private:
    std::optional<std::string> property(std::string_view name) const {
        const auto found = properties_.find(name);
        if (found == properties_.end() || found->second.empty()) return std::nullopt;
        return found->second;
    }

    void identity() {
        const auto answer = ask(property_list);
        properties_ = parse_getprop(answer.text);
        facts_.device_key = property("ro.serialno").value_or(facts_.id.serial);
        facts_.maker = property("ro.product.manufacturer").value_or("");
        facts_.model = property("ro.product.model").value_or("");
        facts_.os_name = "Android";
        facts_.os_version = property("ro.build.version.release").value_or("");
        facts_.build = property("ro.build.id").value_or("");
        add(answer, "os.version", property("ro.build.version.release"));
        add(answer, "os.sdk", property("ro.build.version.sdk"));
        add(answer, "os.build", property("ro.build.id"));
        add(answer, "os.security_patch", property("ro.build.version.security_patch"));
        add(answer, "os.fingerprint", property("ro.build.fingerprint"));
        add(answer, "os.verified_boot", property("ro.boot.verifiedbootstate"));
        add(answer, "os.encryption", property("ro.crypto.state"));
        add(answer, "os.slot", property("ro.boot.slot_suffix"));
    }

    void battery() {
        const auto answer = ask(battery_state);
        const auto parsed = parse_battery(answer.text);
        using Get = std::function<std::optional<std::string>(const Battery&)>;
        const auto fact = [&](const char* name, const Get& get) {
            add_parsed<Battery>(answer, name, parsed, get);
        };
        fact("battery.percent", [](const Battery& b) { return std::to_string(b.percent); });
        fact("battery.plugged", [](const Battery& b) { return yes_no(b.plugged); });
        fact("battery.charging", [](const Battery& b) { return yes_no(b.charging); });
        fact("battery.health", [](const Battery& b) { return b.health; });
        fact("battery.temperature", [](const Battery& b) -> std::optional<std::string> {
            if (!b.tenths_celsius) return std::nullopt;
            return fmt::format("{:.1f}", static_cast<double>(*b.tenths_celsius) / 10);
        });
    }

    // Android 10 and older have no `cmd wifi status`.
    void wifi() {
        auto answer = ask(wifi_state);
        auto parsed = parse_wifi_status(answer.text);
        if (!parsed.value && parse_u64(property("ro.build.version.sdk").value_or("")) <= 29) {
            answer = ask("dumpsys wifi");
            parsed = parse_dumpsys_wifi(answer.text);
        }
        using Get = std::function<std::optional<std::string>(const Wifi&)>;
        const auto fact = [&](const char* name, const Get& get) {
            add_parsed<Wifi>(answer, name, parsed, get);
        };
        fact("wifi.enabled", [](const Wifi& w) { return yes_no(w.enabled); });
        fact("wifi.connected", [](const Wifi& w) { return yes_no(w.connected); });
        fact("wifi.ssid", [](const Wifi& w) -> std::optional<std::string> {
            if (w.connected && w.ssid.empty()) return std::nullopt;
            return w.ssid;
        });
        fact("wifi.signal_dbm", [](const Wifi& w) -> std::optional<std::string> {
            if (!w.signal_dbm) return std::nullopt;
            return std::to_string(*w.signal_dbm);
        });
    }

    void network() {
        const auto answer = ask(network_state);
        const auto parsed = parse_connectivity(answer.text);
        using Get = std::function<std::optional<std::string>(const DefaultNetwork&)>;
        const auto fact = [&](const char* name, const Get& get) {
            add_parsed<DefaultNetwork>(answer, name, parsed, get);
        };
        fact("network.transport",
             [](const DefaultNetwork& n) { return n.there ? n.transport : std::string("none"); });
        fact("network.validated", [](const DefaultNetwork& n) { return yes_no(n.validated); });
        fact("network.metered", [](const DefaultNetwork& n) -> std::optional<std::string> {
            if (!n.there) return std::nullopt;
            return yes_no(n.metered);
        });
    }

    void storage() {
        const auto answer = ask(data_space);
        const auto parsed = parse_df(answer.text);
        using Get = std::function<std::optional<std::string>(const DiskSpace&)>;
        const auto fact = [&](const char* name, const Get& get) {
            add_parsed<DiskSpace>(answer, name, parsed, get);
        };
        fact("storage.free_bytes", [](const DiskSpace& s) { return std::to_string(s.free_bytes); });
        fact("storage.total_bytes",
             [](const DiskSpace& s) { return std::to_string(s.total_bytes); });
    }

    void packages() {
        using Packages = std::set<std::string>;
        const auto answer = ask(package_list);
        const auto parsed = parse_packages(answer.text);
        add_parsed<Packages>(answer, "packages.messengers", parsed, known_messengers);
        add_parsed<Packages>(answer, "packages.authenticators", parsed, known_authenticators);
        add_parsed<Packages>(answer, "packages.vendor_tools", parsed, known_vendor_tools);
        add_parsed<Packages>(answer, "packages.google_photos", parsed,
                             [](const Packages& p) { return yes_no(has_google_photos(p)); });
        add_parsed<Packages>(answer, "packages.count", parsed,
                             [](const Packages& p) { return std::to_string(p.size()); });
    }

    void lock() {
        const auto trust = ask(trust_state);
        const auto locked = parse_device_locked(trust.text);
        if (property("sys.user.0.ce_available") == "false") {
            add({.method = "shell: getprop", .text = "[sys.user.0.ce_available]: [false]"},
                "lock.state", "before_first_unlock");
        } else {
            add_parsed<bool>(trust, "lock.state", locked,
                             [](bool is) { return std::string(is ? "locked" : "unlocked"); });
        }
        const auto settings = ask(lock_settings);
        add_parsed<std::string>(settings, "lock.credential", parse_credential_type(settings.text),
                                [](const std::string& type) { return type; });
    }

    Facts facts_{};
    Properties properties_{};
};

}  // namespace

Facts read_facts(const PhoneLink& link, const std::stop_token& stop) {
    return Reader(link, stop).read();
}

}  // namespace lifeboat::phone::android
