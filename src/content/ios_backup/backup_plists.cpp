#include "content/ios_backup/backup_plists.h"

#include "plist/plist.h"

namespace lifeboat::content {
namespace {

// Manifest.plist and Info.plist name every app, with icons: megabytes on a full phone.
constexpr plist::Limits limits{
    .depth = 32, .values = 500'000, .bytes = static_cast<size_t>(most_plist_bytes)};
constexpr size_t most_apps = 100'000;

plist::Value read_list(ByteView bytes, const char* name) {
    return while_doing(std::string("reading ") + name, [&] {
        if (bytes.empty()) throw Corrupt(std::string(name) + " is empty");
        plist::Value value = plist::read(bytes, limits);
        if (value.dict() == nullptr) {
            throw Corrupt(std::string(name) + " is a list of another kind");
        }
        return value;
    });
}

std::string text(const plist::Dict& dict, const char* key) {
    const std::string* found = dict.text(key);
    return found == nullptr ? std::string() : *found;
}

std::optional<TimePoint> date(const plist::Dict& dict, const char* key) {
    const plist::Value* found = dict.find(key);
    if (found == nullptr || found->date() == nullptr) return std::nullopt;
    return found->date()->time();
}

Bytes data(const plist::Dict& dict, const char* key) {
    const Bytes* found = dict.data(key);
    return found == nullptr ? Bytes() : *found;
}

}  // namespace

ManifestPlist read_manifest_plist(ByteView bytes) {
    const plist::Value value = read_list(bytes, "Manifest.plist");
    const plist::Dict& dict = *value.dict();
    ManifestPlist list{.encrypted = dict.boolean("IsEncrypted").value_or(false),
                       .version = text(dict, "Version"),
                       .date = date(dict, "Date"),
                       .passcode_was_set = dict.boolean("WasPasscodeSet"),
                       .keybag = data(dict, "BackupKeyBag"),
                       .manifest_key = data(dict, "ManifestKey")};
    if (const plist::Dict* phone = dict.dict("Lockdown")) {
        list.product_version = text(*phone, "ProductVersion");
        list.product_type = text(*phone, "ProductType");
        list.device_name = text(*phone, "DeviceName");
        list.serial_number = text(*phone, "SerialNumber");
        list.udid = text(*phone, "UniqueDeviceID");
    }
    if (list.encrypted && list.keybag.empty()) {
        throw Corrupt("Manifest.plist says that the backup is encrypted, but has no keybag");
    }
    return list;
}

InfoPlist read_info_plist(ByteView bytes) {
    const plist::Value value = read_list(bytes, "Info.plist");
    const plist::Dict& dict = *value.dict();
    InfoPlist list{.product_version = text(dict, "Product Version"),
                   .product_type = text(dict, "Product Type"),
                   .device_name = text(dict, "Device Name"),
                   .serial_number = text(dict, "Serial Number"),
                   .udid = text(dict, "Target Identifier"),
                   .last_backup = date(dict, "Last Backup Date")};
    const plist::Array* apps = dict.array("Installed Applications");
    if (apps == nullptr) return list;
    if (apps->size() > most_apps) throw Corrupt("Info.plist names more apps than a phone can have");
    for (const plist::Value& app : *apps) {
        if (app.text() != nullptr) list.installed_apps.push_back(*app.text());
    }
    return list;
}

StatusPlist read_status_plist(ByteView bytes) {
    const plist::Value value = read_list(bytes, "Status.plist");
    const plist::Dict& dict = *value.dict();
    return {.uuid = text(dict, "UUID"),
            .snapshot_state = text(dict, "SnapshotState"),
            .backup_state = text(dict, "BackupState"),
            .version = text(dict, "Version"),
            .full = dict.boolean("IsFullBackup").value_or(false),
            .date = date(dict, "Date")};
}

}  // namespace lifeboat::content
