#include "sim/android_phone.h"

#include "base/error.h"
#include "base/text.h"
#include "crypto/android_key.h"
#include "phone/android/direct/nearby.h"
#include "sim/android/services.h"
#include "sim/content_maker.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace lifeboat::sim {

namespace {

constexpr std::string_view sd_card_path = "/storage/1A2B-3C4D";
constexpr int poll_ms = 50;

Storage::Rules make_rules(const AndroidPhone::Config& config) {
    Storage::Rules rules;
    rules.mounts.push_back({"/storage/emulated/0", config.storage});
    if (!config.sd_card.empty())
        rules.mounts.push_back({std::string(sd_card_path), config.sd_card});
    rules.denied = personality(config.personality).denied;
    rules.denied.insert(rules.denied.end(), config.denied.begin(), config.denied.end());
    return rules;
}

std::vector<std::string> features_of(const AndroidPhone::Config& config, const Personality& who) {
    std::vector<std::string> features;
    for (const std::string& f : who.features) {
        const auto& without = config.without_features;
        if (std::find(without.begin(), without.end(), f) == without.end()) features.push_back(f);
    }
    return features;
}

}  // namespace

AndroidPhone::AndroidPhone(Config config, sys::Clock& clock)
    : config_(std::move(config)),
      clock_(clock),
      device_(personality(config_.personality), config_.serial, make_rules(config_), clock),
      consent_(config_.consent) {
    device_.set_root(config_.root);
    device_.state().with([&](DeviceState& s) { s.content_start = config_.content_start; });
    if (!config_.note) config_.note = [](std::string_view) {};
    for (const std::string& key : config_.trusted_keys) keys_.trust(key);
    fill_personal_data();
}

void AndroidPhone::fill_personal_data() {
    android::PersonalMaker maker;
    maker.counts = config_.personal;
    // Not from this machine's clock: the same seed makes the same rows tomorrow.
    maker.newest = std::chrono::sys_days{std::chrono::year{2025} / 6 / 1} + std::chrono::hours(12);
    if (device_.who().has_google) maker.cloud_account = "ada@example.com";
    device_.personal().with(
        [&](android::PersonalData& data) { android::make_personal_data(data, maker); });
}

AndroidPhone::~AndroidPhone() {
    acceptor_.request_stop();
    if (acceptor_.joinable()) acceptor_.join();
    drop_connections();
    connections_.with([](auto& all) { return std::exchange(all, {}); });
}

uint16_t AndroidPhone::start() {
    listen();
    // Before its threads: from then on nobody changes it.
    if (config_.mdns) mdns_ = std::make_unique<adb::MdnsResponder>("Android-" + config_.serial);
    say_where_it_is(true);
    acceptor_ = std::jthread([this](const std::stop_token& stop) { accept_hosts(stop); });
    return port();
}

void AndroidPhone::listen() {
    Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const int on = 1;
    ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    const uint16_t wanted =
        listening_.with([&](const Listening& l) { return l.port != 0 ? l.port : config_.port; });
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(wanted);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    // The socket interface wants its addresses under another name.
    const auto* name = static_cast<const sockaddr*>(static_cast<const void*>(&address));
    if (::bind(fd.get(), name, sizeof address) != 0 || ::listen(fd.get(), 64) != 0) {
        throw Misuse(fmt::format("cannot listen on 127.0.0.1:{}: {}", wanted, std::strerror(errno)),
                     "Choose another port with --port, or 0 for any free one.");
    }
    socklen_t size = sizeof address;
    ::getsockname(fd.get(), static_cast<sockaddr*>(static_cast<void*>(&address)), &size);
    listening_.with([&](Listening& l) { l.port = ntohs(address.sin_port); });
    listener_.with([&](Fd& l) { l = std::move(fd); });
}

uint16_t AndroidPhone::port() const {
    return listening_.with([](const Listening& l) { return l.port; });
}

std::string AndroidPhone::address() const {
    return fmt::format("127.0.0.1:{}", port());
}

bool AndroidPhone::answers() {
    const bool back = listening_.with([&](Listening& l) {
        if (!l.back_at || clock_.now() < *l.back_at) return false;
        l.back_at.reset();
        return true;
    });
    if (back) come_back();
    return listening_.with([](const Listening& l) { return !l.away; });
}

void AndroidPhone::accept_hosts(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        reap();
        if (!answers()) {
            sys::SystemClock().sleep(std::chrono::milliseconds(poll_ms), stop);
            continue;
        }
        pollfd waiting{listener_.with([](const Fd& l) { return l.get(); }), POLLIN, 0};
        if (::poll(&waiting, 1, poll_ms) > 0) accept_one();
    }
}

void AndroidPhone::accept_one() {
    const int number = listener_.with(
        [](const Fd& l) { return ::accept4(l.get(), nullptr, nullptr, SOCK_CLOEXEC); });
    if (number < 0) return;
    Fd socket(number);
    connections_.with([&](std::list<Connection>& all) {
        Connection& connection = all.emplace_back();
        connection.link =
            std::make_unique<adb::Link>(std::move(socket), setup(), keys_, device_.faults());
        connection.thread = std::jthread([this, &connection] { serve(connection); });
    });
}

void AndroidPhone::serve(Connection& connection) {
    connection.link->serve();
    connections_.with([&](auto&) { connection.ended = true; });
}

void AndroidPhone::reap() {
    std::list<Connection> ended;
    connections_.with([&](std::list<Connection>& all) {
        for (auto at = all.begin(); at != all.end();) {
            const auto next = std::next(at);
            if (at->ended) ended.splice(ended.end(), all, at);
            at = next;
        }
    });
}

adb::LinkSetup AndroidPhone::setup() {
    const Personality& who = device_.who();
    adb::LinkSetup setup;
    setup.max_payload = config_.max_payload.value_or(who.max_payload);
    setup.features = features_of(config_, who);
    setup.properties = fmt::format("ro.product.name={};ro.product.model={};ro.product.device={};",
                                   who.product, who.model, who.device);
    setup.needs_key = config_.needs_key;
    if (config_.wireless) setup.tls = &tls_identity();
    setup.open = [this](std::string_view destination) {
        return open_service(device_, destination);
    };
    setup.ask = [this](std::string_view) {
        config_.note("a computer asks to be allowed");
        return consent_.with([](const adb::Consent& c) { return c; });
    };
    setup.note = config_.note;
    return setup;
}

// Made once: it takes some 100 ms, and phones that nobody pairs need none.
const sys::TlsIdentity& AndroidPhone::tls_identity() {
    return *identity_.with([&](std::unique_ptr<sys::TlsIdentity>& identity) {
        if (!identity) {
            const auto key = crypto::AndroidKey::make();
            identity = std::make_unique<sys::TlsIdentity>(sys::TlsIdentity{
                .certificate = key.certificate(clock_.now()), .key = key.pem().duplicate()});
        }
        return identity.get();
    });
}

std::string AndroidPhone::network_name() const {
    return fmt::format("adb-{}-pRd7Qw", device_.serial());
}

void AndroidPhone::say_where_it_is(bool there) {
    if (!mdns_ || !config_.wireless) return;
    const std::string type(phone::android::connect_service);
    if (!there) return mdns_->offer(type, std::nullopt);
    mdns_->offer(type, adb::MdnsResponder::Service{
                           .type = type, .instance = network_name(), .port = port()});
}

uint16_t AndroidPhone::open_pairing_door(const std::string& code, const std::string& instance) {
    const std::string type(phone::android::pairing_service);
    hide_pairing_code();
    auto door = std::make_unique<adb::PairingDoor>(
        adb::PairingDoor::Setup{.code = code,
                                .name = network_name(),
                                .identity = tls_identity(),
                                .keys = keys_,
                                .note = config_.note,
                                .on_end = [this, type] {
                                    if (mdns_) mdns_->offer(type, std::nullopt);
                                }});
    const uint16_t port = door->port();
    pairing_.with([&](auto& now) { std::swap(now, door); });
    if (mdns_) {
        mdns_->offer(type,
                     adb::MdnsResponder::Service{.type = type, .instance = instance, .port = port});
    }
    return port;
}

uint16_t AndroidPhone::show_pairing_code(const std::string& code) {
    return open_pairing_door(code, network_name());
}

uint16_t AndroidPhone::scan_picture(const std::string& text) {
    const auto picture = phone::android::parse_pairing_picture(text);
    if (!picture) throw Misuse("this is no picture for pairing with a computer");
    return open_pairing_door(std::string(picture->password.reveal()), picture->name);
}

void AndroidPhone::hide_pairing_code() {
    pairing_.with([](auto& now) { return std::exchange(now, nullptr); });
}

size_t AndroidPhone::connections() const {
    return connections_.with([](const auto& all) {
        return static_cast<size_t>(
            std::count_if(all.begin(), all.end(), [](const Connection& c) { return !c.ended; }));
    });
}

void AndroidPhone::drop_connections() {
    connections_.with([](std::list<Connection>& all) {
        for (Connection& connection : all) connection.link->drop();
    });
}

void AndroidPhone::disappear() {
    listening_.with([](Listening& l) { l.away = true; });
    listener_.with([](Fd& l) {
        // Whoever waits for hosts still has the socket: closed alone, it would keep the port until
        // that wait ends, and a phone that comes back at once could not have it.
        ::shutdown(l.get(), SHUT_RDWR);
        l.reset();
    });
    say_where_it_is(false);
    drop_connections();
}

uint16_t AndroidPhone::take_new_port() {
    disappear();
    config_.port = 0;
    listening_.with([](Listening& l) { l.port = 0; });
    come_back();
    return port();
}

void AndroidPhone::come_back() {
    if (listening_.with([](const Listening& l) { return !l.away; })) return;
    listen();
    say_where_it_is(true);
    listening_.with([](Listening& l) { l.away = false; });
}

void AndroidPhone::reboot() {
    disappear();
    device_.state().with([&](DeviceState& s) {
        s.booted = clock_.now();
        ++s.boots;
    });
    listening_.with([&](Listening& l) { l.back_at = clock_.now() + config_.reboot_time; });
}

void AndroidPhone::install_update(std::string_view version) {
    device_.state().with([&](DeviceState& s) {
        s.os = updated(s.os, version);
        s.update_pending_since_ms = 0;
    });
    reboot();
}

void AndroidPhone::set_battery(int percent, bool charging) {
    device_.state().with([&](DeviceState& s) {
        s.battery.percent = std::clamp(percent, 0, 100);
        s.battery.charging = charging;
    });
}

void AndroidPhone::set_wifi(Wifi wifi) {
    device_.state().with([&](DeviceState& s) { s.wifi = wifi; });
}

void AndroidPhone::decide(adb::Consent consent) {
    consent_.with([&](adb::Consent& c) { c = consent; });
    connections_.with([&](std::list<Connection>& all) {
        for (Connection& connection : all) connection.link->decide(consent);
    });
}

std::vector<std::string> AndroidPhone::add_photos(size_t count) {
    NewPhotos request;
    request.folder = device_.storage().shared_folder();
    request.count = count;
    request.newest = clock_.now();
    const auto now = std::chrono::floor<std::chrono::seconds>(request.newest.time_since_epoch());
    request.seed = static_cast<uint64_t>(now.count()) + ++photo_seed_;
    request.maker = device_.who().maker;
    request.model = device_.who().model;
    std::vector<std::string> paths;
    for (const std::string& relative : add_camera_photos(request)) {
        paths.push_back("/sdcard/" + relative);
        device_.scan(paths.back());
    }
    return paths;
}

std::vector<std::string> AndroidPhone::photos() {
    std::vector<std::string> found;
    std::vector<std::string> folders{"/sdcard/DCIM", "/sdcard/Pictures"};
    while (!folders.empty()) {
        const std::string at = std::move(folders.back());
        folders.pop_back();
        device_.storage().list(at, [&](const std::string& name) {
            FileStat info;
            const std::string path = at + "/" + name;
            if (name.starts_with('.')) return true;
            if (device_.storage().stat(path, Links::keep, info) != 0) return true;
            if (S_ISDIR(info.mode))
                folders.push_back(path);
            else if (name.ends_with(".jpg"))
                found.push_back(path);
            return true;
        });
    }
    std::sort(found.begin(), found.end());
    return found;
}

std::vector<std::string> AndroidPhone::lose_photos(size_t count) {
    const auto all = photos();
    if (count > all.size()) {
        throw Misuse(fmt::format("there are only {} photos to lose", all.size()));
    }
    std::vector<std::string> lost;
    for (size_t i = 0; i < count; ++i) {
        lost.push_back(all[i * all.size() / count]);
        lose(lost.back());
    }
    return lost;
}

void AndroidPhone::lose(const std::string& path) {
    if (const int error = device_.storage().remove(path)) {
        throw Missing(fmt::format("{}: {}", printable(path), std::strerror(error)));
    }
}

}  // namespace lifeboat::sim
