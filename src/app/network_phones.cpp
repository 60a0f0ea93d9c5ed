#include "app/network_phones.h"

#include "app/files.h"
#include "app/nearby_phones.h"
#include "base/text.h"
#include "phone/android/direct/pairing.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace lifeboat::app {
namespace {

using phone::android::KnownPhone;
using Json = nlohmann::json;

constexpr size_t record_limit = size_t{1} << 20;
constexpr size_t key_limit = size_t{64} << 10;

std::string record_path(const Paths& paths) {
    return paths.state + "/network-phones.json";
}

[[noreturn]] void throw_unreadable(const Paths& paths) {
    throw Misuse(
        fmt::format("the record of phones in the network cannot be read: {}", record_path(paths)),
        "Delete that file, and name the phones again: lifeboat phone wifi HOST:PORT.");
}

std::optional<crypto::AndroidKey> key_in(const std::string& path) {
    if (path.empty()) return std::nullopt;
    const auto text = read_file_if_there(path, key_limit);
    if (!text) return std::nullopt;
    return crypto::AndroidKey(SecretText(*text));
}

phone::android::NetworkAddress address_of(const std::string& text) {
    if (const auto address = phone::android::parse_address(text)) return *address;
    throw Misuse(fmt::format("\"{}\" is no address of a phone", printable(text)),
                 "Write HOST:PORT, as the phone shows it under Wireless debugging.");
}

PairedPhone pair(World& world, const std::string& where, const std::stop_token& stop) {
    const auto address = address_of(where);
    auto& bus = world.network_phones();
    const SecretText code = world.prompt().secret("The six digits that the phone shows", stop);
    if (!phone::android::is_pairing_code(code.reveal())) {
        throw Misuse("a pairing code is six digits", "The phone shows it with its address.");
    }
    const std::string name = phone::android::pair_with_phone({.host = address.host,
                                                              .port = address.port,
                                                              .code = code,
                                                              .key = bus.key(),
                                                              .owner = bus.settings().owner,
                                                              .now = world.clock().now()},
                                                             world.random(), stop);
    note_pairing(world, name);
    return {.name = name, .host = address.host};
}

KnownPhone look_at(World& world, const NetworkPhoneRequest& request, const std::stop_token& stop) {
    const PersonNeeded question{
        .code = "phone.unauthorized",
        .instruction = "Unlock the phone and tap \"Allow\" on its question about USB debugging."};
    // A phone that was just paired tells its own parts of it: it may take a moment until the one
    // that listens knows our key.
    const nanoseconds until = world.clock().monotonic() + std::chrono::seconds{10};
    while (true) {
        try {
            return world.network_phones().look_at({.address = request.address,
                                                   .person = request.person,
                                                   .on_wait = [&] { world.events().on(question); }},
                                                  stop);
        } catch (const phone::NotReady&) {
            if (!request.is_paired || world.clock().monotonic() > until) throw;
        }
        world.clock().sleep(std::chrono::milliseconds{300}, stop);
    }
}

}  // namespace

std::vector<KnownPhone> known_network_phones(const Paths& paths) {
    std::vector<KnownPhone> out;
    try {
        const auto text = read_file_if_there(record_path(paths), record_limit);
        if (!text) return out;
        const Json all = Json::parse(*text);
        for (const Json& one : all) {
            out.push_back({.address = one.at("address").get<std::string>(),
                           .hardware = one.value("hardware", ""),
                           .model = one.value("model", "")});
        }
    } catch (const Json::exception&) {
        throw_unreadable(paths);
    } catch (const Misuse&) {
        throw_unreadable(paths);  // far too long: we never wrote that
    }
    return out;
}

void remember_network_phones(const Paths& paths, const std::vector<KnownPhone>& phones) {
    Json all = Json::array();
    for (const KnownPhone& phone : phones) {
        all.push_back(
            {{"address", phone.address}, {"hardware", phone.hardware}, {"model", phone.model}});
    }
    write_file_atomically(record_path(paths),
                          all.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
}

void note_moved_phone(const Paths& paths, const std::string& from, const std::string& to) {
    auto known = known_network_phones(paths);  // another process may have changed it meanwhile
    const auto moved = std::ranges::find(known, from, &KnownPhone::address);
    if (moved == known.end()) return;
    moved->address = to;
    remember_network_phones(paths, known);
}

crypto::AndroidKey computer_key(const Paths& paths) {
    // One that was made stays in use when adb is installed later: phones are paired with it.
    const std::string own = paths.state + "/adbkey";
    if (auto key = key_in(own)) return std::move(*key);
    try {
        if (auto key = key_in(paths.adb_key)) return std::move(*key);
    } catch (const Error&) {
        // Not ours, and not of use: adb itself will say what is wrong with it.
    }
    auto key = crypto::AndroidKey::make();
    write_file_atomically(own, std::string(key.pem().reveal()));
    return key;
}

NewNetworkPhone add_network_phone(World& world, const NetworkPhoneRequest& request,
                                  const std::stop_token& stop) {
    std::string address = request.address.empty() ? "" : address_of(request.address).text();
    bool is_paired = request.is_paired;
    if (request.pairing_address) {
        const PairedPhone paired = pair(world, *request.pairing_address, stop);
        if (address.empty()) address = await_paired_phone(world, paired, stop).text();
        is_paired = true;
    }
    NewNetworkPhone done;
    done.phone = look_at(
        world, {.address = address, .is_paired = is_paired, .person = request.person}, stop);
    auto known = known_network_phones(world.paths());
    const auto same = [&](const KnownPhone& one) {
        return one.address == address ||
               (!one.hardware.empty() && one.hardware == done.phone.hardware);
    };
    done.was_known = std::erase_if(known, same) > 0;
    known.push_back(done.phone);
    remember_network_phones(world.paths(), known);
    return done;
}

bool forget_network_phone(World& world, const std::string& address) {
    const std::string wanted = address_of(address).text();
    auto known = known_network_phones(world.paths());
    const bool was =
        std::erase_if(known, [&](const KnownPhone& one) { return one.address == wanted; }) > 0;
    if (was) remember_network_phones(world.paths(), known);
    return was;
}

}  // namespace lifeboat::app
