#include "sim/ios/lockdown_service.h"

#include "base/error.h"
#include "crypto/base64.h"
#include "sim/ios/services.h"
#include "sys/random.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::sim::ios {

namespace {

using plist::Dict;

Dict error(std::string_view name) {
    return {{"Error", name}};
}

std::string text_at(const Dict& from, std::string_view key) {
    const std::string* text = from.text(key);
    return text == nullptr ? std::string() : *text;
}

std::string pem_at(const Dict& from, std::string_view key) {
    const Bytes* data = from.data(key);
    std::string text = data == nullptr ? text_at(from, key) : to_text(*data);
    while (!text.empty() && text.back() == '\0') text.pop_back();  // C programs send theirs
    return text;
}

// The bytes between the lines of a PEM; nothing when it is none.
std::optional<Bytes> der_of(std::string_view pem) {
    constexpr std::string_view begin = "-----BEGIN CERTIFICATE-----";
    const size_t first = pem.find(begin);
    const size_t last = pem.find("-----END CERTIFICATE-----");
    if (first == std::string_view::npos || last == std::string_view::npos) return std::nullopt;
    std::string body;
    for (const char c : pem.substr(first + begin.size(), last - first - begin.size())) {
        if (c != '\n' && c != '\r' && c != ' ') body += c;
    }
    return crypto::from_base64(body);
}

std::string random_id() {
    sys::SystemRandom random;
    return fmt::format("{:08X}-{:04X}-4{:03X}-8{:03X}-{:012X}", random.below(1ull << 32),
                       random.below(1 << 16), random.below(1 << 12), random.below(1 << 12),
                       random.below(1ull << 48));
}

// A person's answer to "Trust This Computer?", as an error; nothing when it is yes.
std::optional<Dict> objection(const DeviceState& state) {
    if (state.locked) return error("PasswordProtected");
    if (state.consent == Consent::deny) return error("UserDeniedPairing");
    if (state.consent == Consent::wait) return error("PairingDialogResponsePending");
    return std::nullopt;
}

}  // namespace

void start_paired_tls(const Device& device, const Pairing& pairing, Channel& channel) {
    const Bytes shown =
        channel.start_tls({pairing.device_certificate, device.private_key().duplicate()});
    // Real phones look for the very certificate they were given, and build no chain: some programs
    // show the root's, others the host's.
    const bool known = !shown.empty() && (der_of(pairing.host_certificate) == shown ||
                                          der_of(pairing.root_certificate) == shown);
    if (!known) throw Denied("the computer shows a certificate that it did not pair with");
}

void LockdownService::run() {
    for (;;) {
        const Dict request = channel_.receive_dict();
        const std::string name = text_at(request, "Request");
        Dict reply = answer(name, request);
        reply.set("Request", name);
        const bool failed = reply.find("Error") != nullptr;
        channel_.send(reply);
        follow(name, failed);
        if (name == "Goodbye") return;
    }
}

// What happens behind an answer, on the same stream.
void LockdownService::follow(const std::string& name, bool failed) {
    if (failed) return;
    if (name == "StartSession" && session_) start_paired_tls(device_, *session_, channel_);
    if (name == "StopSession" && session_) {
        channel_.stop_tls();
        session_.reset();
    }
}

Dict LockdownService::answer(const std::string& name, const Dict& request) {
    if (name == "QueryType") return {{"Type", "com.apple.mobile.lockdown"}};
    if (name == "GetValue") return get_value(request);
    if (name == "SetValue") return set_value(request);
    if (name == "RemoveValue") return error("RemoveProhibited");
    if (name == "Pair") return pair(request);
    if (name == "ValidatePair") return validate(request);
    if (name == "Unpair") return unpair(request);
    if (name == "StartSession") return start_session(request);
    if (name == "StopSession") return stop_session();
    if (name == "StartService") return start_service(request);
    if (name == "Goodbye" || name == "EnterRecovery" || name == "Activate" ||
        name == "Deactivate") {
        return {};
    }
    return error("InvalidResponse");
}

Dict LockdownService::get_value(const Dict& request) const {
    const std::string domain = text_at(request, "Domain");
    const std::string key = text_at(request, "Key");
    if (!session_ && !domain.empty()) return error("InvalidHostID");
    const Dict all = device_.values(domain);
    Dict visible;
    for (const auto& entry : all) {
        const bool allowed = session_ || Device::is_public(entry.key);
        if (allowed) visible.set(entry.key, entry.value);
    }
    Dict reply;
    if (!domain.empty()) reply.set("Domain", domain);
    if (key.empty()) {
        reply.set("Value", visible);
        return reply;
    }
    reply.set("Key", key);
    if (const plist::Value* value = visible.find(key)) {
        reply.set("Value", *value);
    } else {
        reply.set("Error", all.find(key) == nullptr ? "MissingValue" : "GetProhibited");
    }
    return reply;
}

Dict LockdownService::set_value(const Dict& request) {
    if (!session_) return error("SessionInactive");
    const std::string domain = text_at(request, "Domain");
    const std::string key = text_at(request, "Key");
    const plist::Value* value = request.find("Value");
    Dict reply{{"Key", key}};
    if (value == nullptr) return error("MissingValue");
    if (domain.empty() && key == "DeviceName" && value->text() != nullptr) {
        device_.change([&](DeviceState& s) { s.name = *value->text(); });
    } else if (domain == "com.apple.mobile.wireless_lockdown" && key == "EnableWifiConnections" &&
               value->boolean()) {
        device_.change([&](DeviceState& s) { s.wifi_sync = *value->boolean(); });
    } else {
        return error("SetProhibited");
    }
    if (!domain.empty()) reply.set("Domain", domain);
    reply.set("Value", *value);
    return reply;
}

Dict LockdownService::pair(const Dict& request) {
    if (const auto no = objection(device_.state())) return *no;
    const Dict* record = request.dict("PairRecord");
    if (record == nullptr) return error("MissingPairRecord");
    Pairing pairing{.host_id = text_at(*record, "HostID"),
                    .system_buid = text_at(*record, "SystemBUID"),
                    .device_certificate = pem_at(*record, "DeviceCertificate"),
                    .host_certificate = pem_at(*record, "HostCertificate"),
                    .root_certificate = pem_at(*record, "RootCertificate"),
                    .escrow_bag = Bytes(32)};
    if (pairing.host_id.empty()) return error("MissingHostID");
    const auto device = der_of(pairing.device_certificate);
    if (!device || !der_of(pairing.host_certificate) || !der_of(pairing.root_certificate)) {
        return error("InvalidPairRecord");
    }
    sys::SystemRandom().fill(pairing.escrow_bag);
    const Bytes bag = pairing.escrow_bag;
    device_.trust(std::move(pairing));
    return {{"EscrowBag", bag}};
}

Dict LockdownService::validate(const Dict& request) const {
    const Dict* record = request.dict("PairRecord");
    const std::string host = record == nullptr ? "" : text_at(*record, "HostID");
    return device_.pairing(host) ? Dict() : error("InvalidHostID");
}

Dict LockdownService::unpair(const Dict& request) {
    const Dict* record = request.dict("PairRecord");
    const std::string host = record == nullptr ? "" : text_at(*record, "HostID");
    if (!device_.pairing(host)) return error("InvalidHostID");
    device_.forget(host);
    return {};
}

Dict LockdownService::start_session(const Dict& request) {
    if (session_) return error("SessionActive");
    const std::string host = text_at(request, "HostID");
    if (host.empty()) return error("MissingHostID");
    if (device_.state().awaits_first_unlock) return error("PasswordProtected");
    auto pairing = device_.pairing(host);
    if (!pairing) return error("InvalidHostID");
    session_ = std::move(pairing);
    return {{"SessionID", random_id()}, {"EnableSessionSSL", true}};
}

Dict LockdownService::stop_session() {
    return session_ ? Dict() : error("SessionInactive");
}

Dict LockdownService::start_service(const Dict& request) {
    if (!session_) return error("SessionInactive");
    const std::string service = text_at(request, "Service");
    if (!is_service(service)) return error("InvalidService");
    const Bytes* bag = request.data("EscrowBag");
    const bool escrowed = bag != nullptr && *bag == session_->escrow_bag;
    if (bag != nullptr && !escrowed) return error("EscrowLocked");
    // Locked, only a computer that shows the escrow bag gets in; a backup needs it always.
    const bool needs_bag = service == backup_service_name || device_.state().locked;
    if (needs_bag && !escrowed) return error("PasswordProtected");
    const uint16_t port = device_.open_port({.service = service, .host_id = session_->host_id});
    return {{"Service", service}, {"Port", port}, {"EnableServiceSSL", true}};
}

}  // namespace lifeboat::sim::ios
