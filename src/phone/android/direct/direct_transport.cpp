#include "phone/android/direct/direct_transport.h"

#include "base/text.h"
#include "sys/tls.h"

#include <fmt/format.h>

namespace lifeboat::phone::android {
namespace {

template <class Kind>
[[noreturn]] void throw_away(const NetworkAddress& address, const std::string& why) {
    throw Kind(fmt::format("the phone at {} does not answer ({})", address.text(), why),
               "Is it in this network, awake, with wireless debugging on? Its port changes "
               "whenever that is switched on: `lifeboat phone wifi` shows where phones are now.");
}

}  // namespace

std::string NetworkAddress::text() const {
    const bool v6 = host.find(':') != std::string::npos;
    return v6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

std::optional<NetworkAddress> parse_address(std::string_view text) {
    const size_t colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return std::nullopt;
    std::string_view host = text.substr(0, colon);
    const auto port = parse_u64(text.substr(colon + 1));
    if (!port || *port == 0 || *port > 0xffff) return std::nullopt;
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    constexpr std::string_view allowed =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:%";
    if (host.empty() || host.find_first_not_of(allowed) != std::string_view::npos) {
        return std::nullopt;
    }
    return NetworkAddress{.host = std::string(host), .port = static_cast<uint16_t>(*port)};
}

DirectTransport::DirectTransport(DirectSettings settings, sys::Clock& clock)
    : settings_(std::move(settings)), clock_(clock) {}

const crypto::AndroidKey& DirectTransport::key() {
    // It stays where it is once it is there.
    return *key_.with([&](std::optional<crypto::AndroidKey>& key) {
        if (!key) key.emplace(settings_.key());
        return &*key;
    });
}

GreetedPhone DirectTransport::dial_once(const NetworkAddress& address,
                                        const std::stop_token& stop) {
    // The socket outlives this call, and may outlive who called: only until it is greeted does a
    // stop end it.
    std::stop_source until_greeted;
    const std::stop_callback forward(stop, [&] { until_greeted.request_stop(); });
    std::unique_ptr<sys::Socket> socket;
    try {
        socket = sys::connect_tcp(address.host, address.port, {.connect = settings_.connect},
                                  until_greeted.get_token());
    } catch (const Temporary& error) {
        throw_away<NotReady>(address, error.message());
    }
    if (!socket) throw_away<NotThere>(address, "nobody listens there");
    const ComputerIdentity who{.key = key(), .owner = settings_.owner, .now = clock_.now()};
    return greet(std::move(socket), who, settings_.waits);
}

// The first TLS connection to a phone fails now and then: its reader is not ready for it.
std::shared_ptr<Connection> DirectTransport::dial(const NetworkAddress& address,
                                                  const std::stop_token& stop) {
    try {
        return Connection::over(dial_once(address, stop));
    } catch (const sys::TlsFailed&) {
    } catch (const sys::ConnectionLost&) {
    }
    return Connection::over(dial_once(address, stop));
}

std::shared_ptr<Connection> DirectTransport::connection(const std::string& serial,
                                                        const std::stop_token& stop) {
    const auto address = parse_address(serial);
    if (!address) {
        throw Misuse(fmt::format("\"{}\" is no address of a phone", printable(serial)),
                     "Write HOST:PORT, as the phone shows it.");
    }
    const auto slot = slots_.with([&](auto& slots) {
        auto& one = slots[serial];
        if (!one) one = std::make_shared<Slot>();
        return one;
    });
    return slot->with([&](std::shared_ptr<Connection>& now) {
        if (!now || !now->is_alive()) now = dial(*address, stop);
        return now;
    });
}

std::unique_ptr<PhoneStream> DirectTransport::open(const std::string& serial,
                                                   std::string_view service,
                                                   const std::stop_token& stop) {
    return connection(serial, stop)->open(service, stop);
}

std::set<std::string> DirectTransport::features(const std::string& serial,
                                                const std::stop_token& stop) {
    return connection(serial, stop)->greeting().features;
}

Greeting DirectTransport::greet_phone(const std::string& serial, const std::stop_token& stop) {
    return connection(serial, stop)->greeting();
}

bool DirectTransport::is_ready(const std::string& serial, const std::stop_token& stop) {
    try {
        connection(serial, stop);
        return true;
    } catch (const Error&) {
        return false;
    }
}

}  // namespace lifeboat::phone::android
