#include "sim/ios/world/settings_maker.h"

#include "plist/plist.h"
#include "sim/content_maker.h"
#include "sim/document_maker.h"
#include "sim/ios/state_file.h"
#include "sim/ios/world/messages_maker.h"
#include "sim/ios/world/phone_database.h"

#include <fmt/format.h>

namespace lifeboat::sim::ios {

namespace {

using plist::Array;
using plist::Dict;

constexpr std::string_view older_list = "SystemConfiguration/com.apple.wifi.plist";
constexpr std::string_view newer_list = "com.apple.wifi.known-networks.plist";

std::string network_name(uint64_t number) {
    return number == 1 ? "Home" : fmt::format("Harbour Cafe {}", number);
}

void write_newer(const Place& place, const std::vector<std::string>& names) {
    Dict list;
    for (const std::string& name : names) {
        list.set("wifi.network.ssid." + name,
                 Dict{{"AddReason", "WiFi Settings"},
                      {"AddedAt", plist::Date{apple_seconds(place.newest)}},
                      {"SSID", to_bytes(name)},
                      {"SupportedSecurityTypes", "WPA2 Personal"},
                      {"Hidden", false}});
    }
    write_content_file(place.path(network_domain, newer_list), plist::write_binary(list),
                       place.newest);
}

Dict keychain_item(const Place& place, std::string_view kind, uint64_t number, int64_t protection) {
    Bytes secret;
    append_le<uint32_t>(secret, 3);
    append_le<uint32_t>(secret, static_cast<uint32_t>(protection));
    append(secret, make_random(place.seed_of(kind, number), 112));
    return {{"v_Data", std::move(secret)},
            {"v_PersistentRef", make_random(place.seed_of("reference", number), 12)}};
}

}  // namespace

void make_networks(const Place& place, uint64_t count) {
    std::vector<std::string> names;
    for (uint64_t i = 1; i <= count; ++i) names.push_back(network_name(i));
    if (place.major >= 16) {
        write_newer(place, names);
        return;
    }
    Array networks;
    for (const std::string& name : names) {
        networks.emplace_back(Dict{{"SSID_STR", name},
                                   {"SSID", to_bytes(name)},
                                   {"addedAt", plist::Date{apple_seconds(place.newest)}}});
    }
    write_content_file(place.path(network_domain, older_list),
                       plist::write_binary(Dict{{"List of known networks", networks}}),
                       place.newest);
}

void move_networks(const Place& place) {
    const auto older = read_state_file(place.path(network_domain, older_list));
    const Array* networks = older ? older->array("List of known networks") : nullptr;
    if (networks == nullptr) return;
    std::vector<std::string> names;
    for (const plist::Value& network : *networks) {
        const std::string* name =
            network.dict() == nullptr ? nullptr : network.dict()->text("SSID_STR");
        if (name != nullptr) names.push_back(*name);
    }
    write_newer(place, names);
}

void make_accounts(const Place& place) {
    PhoneDatabase accounts(place.path(home_domain, "Library/Accounts/Accounts3.sqlite"));
    make_core_data_tables(accounts, {"Account", "AccountType"});
    accounts.run(
        "CREATE TABLE ZACCOUNTTYPE (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER, "
        "ZACCOUNTTYPEDESCRIPTION VARCHAR, ZIDENTIFIER VARCHAR);"
        "CREATE TABLE ZACCOUNT (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER, ZACTIVE "
        "INTEGER, ZACCOUNTTYPE INTEGER, ZDATE TIMESTAMP, ZACCOUNTDESCRIPTION VARCHAR, ZIDENTIFIER "
        "VARCHAR, ZUSERNAME VARCHAR);");
    const int64_t type = accounts.insert(
        "ZACCOUNTTYPE",
        {{"ZACCOUNTTYPEDESCRIPTION", "iCloud"}, {"ZIDENTIFIER", "com.apple.account.AppleAccount"}});
    accounts.insert("ZACCOUNT", {{"ZACTIVE", 1},
                                 {"ZACCOUNTTYPE", type},
                                 {"ZDATE", apple_seconds(place.newest)},
                                 {"ZACCOUNTDESCRIPTION", "iCloud"},
                                 {"ZIDENTIFIER", place.uuid("apple account", 1)},
                                 {"ZUSERNAME", "ada@example.com"}});
    accounts.commit();
}

void make_keychain(const Place& place) {
    // Protection 6 to 8 may move to another phone, 9 to 11 only back to the same.
    Array passwords, internet, certificates, keys;
    for (uint64_t i = 1; i <= 6; ++i) {
        passwords.emplace_back(keychain_item(place, "genp", i, i % 2 == 0 ? 10 : 7));
    }
    for (uint64_t i = 1; i <= 4; ++i) internet.emplace_back(keychain_item(place, "inet", i, 6));
    certificates.emplace_back(keychain_item(place, "cert", 1, 8));
    keys.emplace_back(keychain_item(place, "keys", 1, 11));
    const Dict all{{"genp", passwords}, {"inet", internet}, {"cert", certificates}, {"keys", keys}};
    write_content_file(place.path("KeychainDomain", "keychain-backup.plist"),
                       plist::write_binary(all), place.newest);
}

void make_backup_state(const Place& place) {
    const plist::Date last{apple_seconds(place.newest) - 30 * 86'400};
    write_content_file(
        place.path("RootDomain", "Library/Preferences/com.apple.MobileBackup.plist"),
        plist::write_binary(
            Dict{{"BackupStateInfo",
                  Dict{{"isCloud", true}, {"date", last}, {"state", 3}, {"errors", Array{}}}},
                 {"AccountEnabledDate", last}}),
        place.newest);
    write_content_file(
        place.path(home_domain, "Library/Preferences/com.apple.mobile.ldbackup.plist"),
        plist::write_binary(
            Dict{{"LastCloudBackupDate", last.seconds}, {"LastCloudBackupTZ", "GMT"}}),
        place.newest);
}

}  // namespace lifeboat::sim::ios
