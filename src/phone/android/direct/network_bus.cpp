#include "phone/android/direct/network_bus.h"

#include "base/task_group.h"
#include "base/text.h"
#include "phone/android/direct/nearby.h"
#include "phone/android/shell.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::phone::android {
namespace {

// What a phone says of itself goes into a record that every command reads.
constexpr size_t answer_limit = 4096;
constexpr size_t longest_name = 64;

bool is_serial_number(std::string_view text) {
    return !text.empty() && text.size() <= longest_name && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '_' || c == ':' || c == '-';
    });
}

}  // namespace

NetworkBus::NetworkBus(std::vector<KnownPhone> known, DirectSettings settings, sys::Clock& clock,
                       AndroidOptions options, Following following)
    : known_(std::move(known)),
      transport_(std::move(settings), clock),
      clock_(clock),
      options_(options),
      following_(std::move(following)) {}

// Fills in why a phone cannot be used. False when it can be that it is elsewhere.
bool NetworkBus::greet(PhoneEntry& entry, const std::stop_token& stop) {
    try {
        transport_.greet_phone(entry.id.serial, stop);
    } catch (const NotReady& error) {
        entry.readiness = Readiness::offline;
        entry.instruction = error.guidance();
        return dynamic_cast<const NotThere*>(&error) == nullptr;
    } catch (const Error& error) {
        entry.readiness = Readiness::other;
        entry.instruction = error.message();
    }
    return true;
}

PhoneEntry NetworkBus::entry_of(KnownPhone& phone, const std::stop_token& stop) {
    PhoneEntry entry{.id = {.platform = Platform::android, .serial = phone.address},
                     .model = phone.model,
                     .hardware = phone.hardware};
    if (greet(entry, stop) || following_.limit.count() == 0) return entry;
    const auto before = parse_address(phone.address);
    std::optional<NetworkAddress> now;
    try {
        now = whereabouts(phone, following_.limit, clock_, stop);
    } catch (const Error&) {
        return entry;  // without a network there is nobody to ask
    }
    if (!now || !before || now->text() == phone.address) return entry;
    if (now->host != before->host) {
        entry.instruction = fmt::format(
            "Somebody at {} calls himself by this phone's name. If that is where it is now (it "
            "shows its address under Wireless debugging): lifeboat phone wifi {}",
            now->text(), now->text());
        return entry;
    }
    PhoneEntry there = entry;
    there.id.serial = now->text();
    there.readiness = Readiness::ready;
    there.instruction.clear();
    greet(there, stop);
    if (there.readiness != Readiness::ready) return entry;
    phone.address = there.id.serial;
    return there;
}

// One that is switched off takes seconds to be known as such: all are asked at once.
std::vector<PhoneEntry> NetworkBus::list(const std::stop_token& stop) {
    std::vector<PhoneEntry> out(known_.size());
    const std::vector<KnownPhone> before = known_;
    TaskGroup group(stop);
    for (size_t i = 0; i < known_.size(); ++i) {
        group.run([&, i](const std::stop_token& group_stop) {
            out[i] = entry_of(known_[i], group_stop);
        });
    }
    group.join();
    for (size_t i = 0; i < known_.size() && following_.on_moved; ++i) {
        if (known_[i] != before[i]) following_.on_moved(before[i].address, known_[i].address);
    }
    return out;
}

std::unique_ptr<Phone> NetworkBus::connect(const PhoneId& id, const std::stop_token& stop) {
    if (std::ranges::find(known_, id.serial, &KnownPhone::address) == known_.end()) {
        throw Missing(
            fmt::format("the phone {} is not known in this network", printable(id.serial)),
            "Make it known: lifeboat phone wifi HOST:PORT.");
    }
    return std::make_unique<AndroidPhone>(transport_, id.serial, clock_, options_, stop);
}

KnownPhone NetworkBus::look_at(const Question& question, const std::stop_token& stop) {
    DirectSettings patient = transport_.settings();
    patient.key = [this] { return crypto::AndroidKey(key().pem().duplicate()); };
    patient.waits.person = question.person;
    patient.waits.on_person_needed = question.on_wait;
    DirectTransport once(std::move(patient), clock_);
    const Greeting greeting = once.greet_phone(question.address, stop);
    if (!greeting.features.contains("shell_v2")) {
        throw Unsupported("this phone's Android is older than version 7",
                          "Lifeboat cannot read it; copy its files by hand.");
    }
    const auto told = Shell(once, question.address)
                          .run({.text = "getprop ro.serialno", .output_limit = answer_limit}, stop);
    const auto serial = trim(told.output);
    return {.address = question.address,
            .hardware = is_serial_number(serial) ? std::string(serial) : std::string(),
            .model = greeting.model.substr(0, longest_name)};
}

}  // namespace lifeboat::phone::android
