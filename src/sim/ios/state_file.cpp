#include "sim/ios/state_file.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace lifeboat::sim::ios {

namespace {

std::string text_at(const plist::Dict& from, std::string_view key) {
    const std::string* text = from.text(key);
    return text == nullptr ? std::string() : *text;
}

void read_flag(const plist::Dict& from, std::string_view key, bool& to) {
    to = from.boolean(key).value_or(to);
}

}  // namespace

std::optional<plist::Dict> read_state_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return std::nullopt;
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    plist::Value value = plist::read(as_bytes(text));
    if (value.dict() == nullptr) throw plist::Malformed(path + " is no dictionary");
    return std::move(*value.dict());
}

void write_state_file(const std::string& path, const plist::Dict& content) {
    // Several services may remember something at once: each draft has a name of its own.
    std::string draft = path + ".XXXXXX";
    const int number = ::mkstemp(draft.data());
    if (number >= 0) ::close(number);
    std::ofstream out(draft, std::ios::binary);
    out << plist::write_xml(content);
    out.close();
    if (!out) throw NoSpace("the simulated phone cannot remember anything in " + path);
    std::filesystem::rename(draft, path);
}

plist::Dict write_state(const DeviceState& s) {
    plist::Dict state{{"Name", s.name},
                      {"Version", s.who.version},
                      {"Build", s.who.build},
                      {"WillEncrypt", s.will_encrypt},
                      {"FindMy", s.find_my},
                      {"SetupDone", s.setup_done},
                      {"WifiSync", s.wifi_sync},
                      {"CloudBackup", s.cloud_backup},
                      {"PasscodeSet", s.passcode_set},
                      {"RequiresEncryption", s.requires_encryption}};
    if (s.last_cloud_backup) state.set("CloudBackupAt", plist::Date::from(*s.last_cloud_backup));
    return state;
}

void read_state(const plist::Dict& from, DeviceState& s) {
    if (const auto* name = from.text("Name")) s.name = *name;
    const std::string version = text_at(from, "Version");
    if (!version.empty() && version != s.who.version) s.who = updated(s.who, version);
    read_flag(from, "WillEncrypt", s.will_encrypt);
    read_flag(from, "FindMy", s.find_my);
    read_flag(from, "SetupDone", s.setup_done);
    read_flag(from, "WifiSync", s.wifi_sync);
    read_flag(from, "CloudBackup", s.cloud_backup);
    if (const auto* at = from.find("CloudBackupAt"); at != nullptr && at->date() != nullptr) {
        s.last_cloud_backup = at->date()->time();
    }
    read_flag(from, "PasscodeSet", s.passcode_set);
    read_flag(from, "RequiresEncryption", s.requires_encryption);
}

plist::Dict write_pairing(const Pairing& p) {
    return {{"HostID", p.host_id},
            {"SystemBUID", p.system_buid},
            {"DeviceCertificate", p.device_certificate},
            {"HostCertificate", p.host_certificate},
            {"RootCertificate", p.root_certificate},
            {"EscrowBag", p.escrow_bag}};
}

Pairing read_pairing(const plist::Value& value) {
    if (value.dict() == nullptr) throw plist::Malformed("a remembered pairing is no dictionary");
    const plist::Dict& from = *value.dict();
    const Bytes* bag = from.data("EscrowBag");
    return {.host_id = text_at(from, "HostID"),
            .system_buid = text_at(from, "SystemBUID"),
            .device_certificate = text_at(from, "DeviceCertificate"),
            .host_certificate = text_at(from, "HostCertificate"),
            .root_certificate = text_at(from, "RootCertificate"),
            .escrow_bag = bag == nullptr ? Bytes() : *bag};
}

}  // namespace lifeboat::sim::ios
