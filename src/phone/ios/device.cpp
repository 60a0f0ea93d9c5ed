#include "phone/ios/device.h"

#include "base/hex.h"
#include "phone/ios/waiting.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <type_traits>

namespace lifeboat::phone::ios {
namespace {

// The daemon tells at once; this only bounds how long the end of a watch takes.
constexpr milliseconds watch_interval{500};

// Runs until the phone goes, or the daemon: then no stream through it is worth waiting for.
void watch(UsbmuxEvents& events, uint64_t device_id, Presence& presence,
           const std::stop_token& stop) {
    const struct Farewell {
        Presence& presence;
        const std::stop_token& stop;
        ~Farewell() {
            if (!stop.stop_requested()) presence.went();
        }
    } farewell{presence, stop};
    while (!stop.stop_requested()) {
        const auto event = events.next(watch_interval);
        if (!event) continue;
        const Detached* detached = std::get_if<Detached>(&*event);
        if (detached != nullptr && detached->device_id == device_id) return;
    }
}

MuxDevice find(const Usbmux& mux, const std::string& udid, const std::stop_token& stop) {
    std::vector<MuxDevice> found = mux.devices(stop);
    std::erase_if(found, [&](const MuxDevice& device) { return device.udid != udid; });
    if (found.empty()) throw Waiting(Hand::connect);
    // The same phone by cable and by network: the cable is ten times as fast, and surer.
    const auto best = std::ranges::find(found, MuxConnection::usb, &MuxDevice::connection);
    return best == found.end() ? found.front() : *best;
}

}  // namespace

DeviceWatch::DeviceWatch(const Usbmux& mux, uint64_t device_id, std::shared_ptr<Presence> presence,
                         const std::stop_token& stop)
    : presence_(std::move(presence)), thread_(stop) {
    // The group's own stop: it ends the wait for the next event.
    events_.emplace(mux.events(thread_.stop()));
    thread_.run([this, device_id](const std::stop_token& group_stop) {
        watch(*events_, device_id, *presence_, group_stop);
    });
}

DeviceWatch::~DeviceWatch() = default;

Device::Device(const World& world, const std::string& udid, DeviceOptions options,
               const std::stop_token& stop)
    : world_(world),
      options_(options),
      stop_(stop),
      where_(find(world.mux, udid, stop)),
      presence_(std::make_shared<Presence>()) {
    watch_.emplace(world_.mux, where_.device_id, presence_, stop_);
}

Device::~Device() = default;

std::unique_ptr<Connection> Device::connect(uint16_t port, const std::stop_token& stop) {
    auto connection =
        std::make_unique<Connection>(world_.mux.connect(where_.device_id, port, stop), presence_);
    connection->set_patience(options_.patience);
    return connection;
}

std::unique_ptr<Lockdown> Device::lockdown() {
    return std::make_unique<Lockdown>(connect(lockdown_port, stop_));
}

bool Device::load_record() {
    if (record_) return true;
    if (const auto bytes = world_.mux.pair_record(where_.udid, stop_)) {
        record_ = parse_pair_record(*bytes);
    }
    return record_.has_value();
}

const PairRecord& Device::record() {
    if (!load_record()) throw Waiting(Hand::not_paired);
    return *record_;
}

Escrow Device::best_escrow() {
    return record().escrow_bag.empty() ? Escrow::without : Escrow::with;
}

// A record that cannot be read, or without the escrow bag that backups need, is paired anew: no
// other program could use it either.
bool Device::has_good_record() {
    try {
        if (load_record() && !record_->escrow_bag.empty()) return true;
    } catch (const Corrupt&) {
        record_.reset();
    }
    record_.reset();
    return false;
}

// Tries `work` again while the phone waits for its person, who is told what it waits for: once for
// each thing.
template <class Work>
auto Device::with_person(Work work) {
    struct Told {
        EventSink& events;
        std::optional<Hand> hand{};
        void tell(Hand now) {
            if (hand == now) return;
            over();
            events.on(person_needed(now, false));
            hand = now;
        }
        void over() {
            if (hand) events.on(person_needed(*hand, true));
            hand.reset();
        }
    } told{world_.events};
    milliseconds left = options_.trust_patience;
    while (true) {
        try {
            if constexpr (std::is_void_v<std::invoke_result_t<Work>>) {
                work();
                return told.over();
            } else {
                auto done = work();
                told.over();
                return done;
            }
        } catch (const Waiting& waiting) {
            const Hand hand = waiting.hand;
            // These end when the person takes the phone in hand.
            const bool passes =
                hand == Hand::trust || hand == Hand::unlock || hand == Hand::unlock_once;
            if (!passes || left.count() <= 0) throw;
            told.tell(hand);
        }
        if (!world_.clock.sleep(options_.trust_interval, stop_)) throw Cancelled();
        left -= options_.trust_interval;
    }
}

void Device::ensure_paired() {
    if (has_good_record()) {
        // The boundary where one refusal means "pair again" and every other goes on up.
        try {
            with_person([&] { session(); });
            return;
        } catch (const Waiting& waiting) {
            if (waiting.hand != Hand::trust_again) throw;
        }
        record_.reset();
        session_.reset();
    }
    pair();
}

std::string Device::make_uuid() {
    std::array<std::byte, 16> bytes{};
    world_.random.fill(bytes);
    bytes[6] = (bytes[6] & std::byte{0x0f}) | std::byte{0x40};  // version 4: made by chance
    bytes[8] = (bytes[8] & std::byte{0x3f}) | std::byte{0x80};
    std::string hex = to_hex(bytes);
    std::ranges::transform(hex, hex.begin(), [](unsigned char c) { return std::toupper(c); });
    return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4),
                       hex.substr(16, 4), hex.substr(20));
}

void Device::pair() {
    const auto door = lockdown();
    const auto key = door->value({}, "DevicePublicKey");
    const Bytes* public_key = key ? key->data() : nullptr;
    if (public_key == nullptr) throw Garbled("the iPhone does not give its public key");
    PairRecord wanted = make_pair_record(to_text(*public_key), make_uuid(), world_.clock.now());
    wanted.system_buid = world_.mux.buid(stop_);
    wanted.udid = where_.udid;
    const auto mac = door->value({}, "WiFiAddress");
    if (mac && mac->text() != nullptr) wanted.wifi_mac = *mac->text();
    wanted.escrow_bag = with_person([&] { return door->pair(wanted); });
    world_.mux.save_pair_record(where_, pair_record_bytes(wanted), stop_);
    record_ = std::move(wanted);
}

bool Device::unpair() {
    if (!load_record()) return false;
    try {
        lockdown()->unpair(*record_);
    } catch (const Waiting& waiting) {
        if (waiting.hand != Hand::trust_again) throw;  // else the phone forgot it first
    }
    world_.mux.delete_pair_record(where_.udid, stop_);
    session_.reset();
    record_.reset();
    return true;
}

Lockdown& Device::session() {
    if (session_ && session_->in_session()) return *session_;
    auto made = lockdown();
    made->start_session(record());
    session_ = std::move(made);
    return *session_;
}

// lockdown ends a conversation in which nothing was said for a while: once more, then.
template <class Work>
auto Device::in_session(Work work) {
    const bool fresh = session_ == nullptr;
    try {
        return work(session());
    } catch (const Gone&) {
        if (fresh || presence_->is_gone()) throw;
    }
    session_.reset();
    return work(session());
}

Lockdown::Answer Device::look_up(std::string_view domain, std::string_view key) {
    return in_session([&](Lockdown& door) { return door.look_up(domain, key); });
}

std::unique_ptr<Connection> Device::open(std::string_view service, Escrow escrow) {
    return open(service, escrow, stop_);
}

std::unique_ptr<Connection> Device::open(std::string_view service, Escrow escrow,
                                         const std::stop_token& stop) {
    return while_doing(fmt::format("opening the iPhone's service {}", service), [&] {
        const ServicePort port = in_session(
            [&](Lockdown& door) { return door.start_service(service, escrow, record()); });
        auto connection = connect(port.port, stop);
        if (port.tls) connection->start_tls(record().identity(), record().device_certificate);
        return connection;
    });
}

}  // namespace lifeboat::phone::ios
