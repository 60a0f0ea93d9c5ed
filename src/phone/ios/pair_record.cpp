#include "phone/ios/pair_record.h"

#include "crypto/certificate.h"

#include <fmt/format.h>

#include <utility>

namespace lifeboat::phone::ios {
namespace {

using plist::Dict;

constexpr plist::Limits record_limits{.depth = 8, .values = 1'000, .bytes = size_t{1} << 20};

// PEM texts are stored as data; some programs store strings.
std::string text_under(const Dict& record, std::string_view key) {
    if (const Bytes* data = record.data(key)) return to_text(*data);
    const std::string* text = record.text(key);
    return text == nullptr ? std::string() : *text;
}

std::string needed(const Dict& record, std::string_view key) {
    std::string out = text_under(record, key);
    if (out.empty()) {
        throw Corrupt(fmt::format("the pair record of the iPhone has no {}", key),
                      "Pair the iPhone again: `lifeboat phone pair`.");
    }
    return out;
}

void set_data(Dict& record, std::string_view key, std::string_view text) {
    record.set(key, to_bytes(text));
}

}  // namespace

sys::TlsIdentity PairRecord::identity() const {
    return {.certificate = root_certificate, .key = root_key.duplicate()};
}

PairRecord parse_pair_record(ByteView bytes) {
    const plist::Value value = plist::read(bytes, record_limits);
    if (value.dict() == nullptr) throw Corrupt("the pair record of the iPhone is no dictionary");
    const Dict& record = *value.dict();
    PairRecord out;
    out.host_id = needed(record, "HostID");
    out.system_buid = needed(record, "SystemBUID");
    out.host_certificate = needed(record, "HostCertificate");
    out.host_key = SecretText(needed(record, "HostPrivateKey"));
    out.root_certificate = needed(record, "RootCertificate");
    out.root_key = SecretText(needed(record, "RootPrivateKey"));
    out.device_certificate = needed(record, "DeviceCertificate");
    out.wifi_mac = text_under(record, "WiFiMACAddress");
    out.udid = text_under(record, "UDID");
    if (const Bytes* bag = record.data("EscrowBag")) out.escrow_bag = *bag;
    return out;
}

Dict public_pair_record(const PairRecord& record) {
    Dict out;
    set_data(out, "DeviceCertificate", record.device_certificate);
    set_data(out, "HostCertificate", record.host_certificate);
    set_data(out, "RootCertificate", record.root_certificate);
    out.set("HostID", record.host_id);
    out.set("SystemBUID", record.system_buid);
    return out;
}

Bytes pair_record_bytes(const PairRecord& record) {
    Dict out = public_pair_record(record);
    set_data(out, "HostPrivateKey", record.host_key.reveal());
    set_data(out, "RootPrivateKey", record.root_key.reveal());
    if (!record.wifi_mac.empty()) out.set("WiFiMACAddress", record.wifi_mac);
    if (!record.escrow_bag.empty()) out.set("EscrowBag", record.escrow_bag);
    if (!record.udid.empty()) out.set("UDID", record.udid);
    return to_bytes(plist::write_xml(out));
}

PairRecord make_pair_record(const std::string& device_public_key, std::string host_id,
                            TimePoint now) {
    using crypto::CertificateUse;
    crypto::KeyPair root = crypto::make_rsa_key();
    crypto::KeyPair host = crypto::make_rsa_key();
    const auto sign = [&](const std::string& key, CertificateUse use) {
        return crypto::make_certificate(key, root.private_key.reveal(), use, now);
    };
    PairRecord out;
    out.host_id = std::move(host_id);
    out.root_certificate = sign(root.public_key, CertificateUse::authority);
    out.host_certificate = sign(host.public_key, CertificateUse::end);
    out.device_certificate = sign(device_public_key, CertificateUse::end);
    out.root_key = std::move(root.private_key);
    out.host_key = std::move(host.private_key);
    return out;
}

}  // namespace lifeboat::phone::ios
