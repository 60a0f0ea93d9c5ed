#include "sim/ios/device.h"

#include "base/error.h"
#include "crypto/certificate.h"
#include "sim/content_maker.h"
#include "sim/ios/lockdown_service.h"
#include "sim/ios/state_file.h"

#include <filesystem>
#include <utility>

namespace lifeboat::sim::ios {

Device::Device(std::string world, Personality who, sys::Clock& clock)
    : world_(std::move(world)), clock_(clock) {
    std::filesystem::create_directories(media_folder());
    state_.with([&](DeviceState& s) {
        s.who = std::move(who);
        s.name = "Ada's iPhone";
    });
    load();
    if (private_key_.empty()) {
        auto key = crypto::make_rsa_key();
        public_key_ = std::move(key.public_key);
        private_key_ = std::move(key.private_key);
        save();
    }
}

std::string Device::domain_folder(std::string_view domain) const {
    return files() + "/" + std::string(domain);
}

void Device::load() {
    const auto file = read_state_file(world_ + "/phone.plist");
    if (!file) return;
    if (const auto* key = file->text("PublicKey")) public_key_ = *key;
    if (const auto* key = file->text("PrivateKey")) private_key_ = SecretText(*key);
    if (const auto* state = file->dict("State")) {
        state_.with([&](DeviceState& s) { read_state(*state, s); });
    }
    if (const auto* memory = file->dict("Memory")) {
        memory_.with([&](plist::Dict& m) { m = *memory; });
    }
    const auto* pairings = file->array("Pairings");
    for (const plist::Value& one : pairings == nullptr ? plist::Array() : *pairings) {
        Pairing pairing = read_pairing(one);
        pairings_.with([&](auto& all) { all.emplace(pairing.host_id, std::move(pairing)); });
    }
}

void Device::save() const {
    writing_.with([this](OneWriter&) {
        plist::Dict file{{"PublicKey", public_key_}, {"PrivateKey", private_key_.reveal()}};
        file.set("State", state_.with([](const DeviceState& s) { return write_state(s); }));
        file.set("Memory", memory_.with([](const plist::Dict& m) { return m; }));
        file.set("Pairings", pairings_.with([](const auto& all) {
            plist::Array list;
            for (const auto& [id, pairing] : all) list.emplace_back(write_pairing(pairing));
            return list;
        }));
        write_state_file(world_ + "/phone.plist", file);
    });
}

void Device::change(const std::function<void(DeviceState&)>& change) {
    state_.with([&](DeviceState& s) { change(s); });
    save();
}

std::optional<Pairing> Device::pairing(std::string_view host_id) const {
    return pairings_.with([&](const auto& all) -> std::optional<Pairing> {
        const auto at = all.find(host_id);
        if (at == all.end()) return std::nullopt;
        return at->second;
    });
}

void Device::trust(Pairing pairing) {
    pairings_.with([&](auto& all) { all.insert_or_assign(pairing.host_id, pairing); });
    save();
}

void Device::forget(std::string_view host_id) {
    pairings_.with([&](auto& all) {
        const auto at = all.find(host_id);
        if (at != all.end()) all.erase(at);
    });
    save();
}

void Device::forget_all() {
    pairings_.with([](auto& all) { all.clear(); });
    save();
}

size_t Device::pairing_count() const {
    return pairings_.with([](const auto& all) { return all.size(); });
}

uint16_t Device::open_port(OpenPort port) {
    const uint16_t opened = ports_.with([&](Ports& ports) {
        // The dynamic range, round and round: a port is forgotten long before it comes again.
        if (ports.next == lockdown_port) ++ports.next;
        const uint16_t number = ports.next++;
        if (ports.next == 0) ports.next = 49152;
        ports.open.insert_or_assign(number, std::move(port));
        return number;
    });
    if (tell_port_) tell_port_(opened);
    return opened;
}

std::optional<OpenPort> Device::take_port(uint16_t number) {
    return ports_.with([&](Ports& ports) -> std::optional<OpenPort> {
        const auto node = ports.open.extract(number);
        if (node.empty()) return std::nullopt;
        return node.mapped();
    });
}

plist::Dict Device::memory(std::string_view key) const {
    return memory_.with([&](const plist::Dict& m) {
        const plist::Dict* found = m.dict(key);
        return found == nullptr ? plist::Dict() : *found;
    });
}

void Device::remember(std::string_view key, plist::Dict value) {
    memory_.with([&](plist::Dict& m) { m.set(key, std::move(value)); });
    save();
}

bool Device::begin_backup() {
    return backing_up_.with([](bool& busy) { return !std::exchange(busy, true); });
}

void Device::end_backup() {
    backing_up_.with([](bool& busy) { busy = false; });
}

void Device::post(const std::string& notification) {
    notifications_.with([&](auto& all) { all.push_back(notification); });
}

size_t Device::notification_count() const {
    return notifications_.with([](const auto& all) { return all.size(); });
}

std::vector<std::string> Device::notifications_since(size_t index) const {
    return notifications_.with([&](const auto& all) {
        return std::vector<std::string>(all.begin() + static_cast<std::ptrdiff_t>(index),
                                        all.end());
    });
}

}  // namespace lifeboat::sim::ios
