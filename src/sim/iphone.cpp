#include "sim/iphone.h"

#include "base/error.h"
#include "sim/ios/lockdown_service.h"
#include "sim/ios/services.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace lifeboat::sim {

namespace {

ios::Personality personality_of(const Iphone::Config& config) {
    ios::Personality who = ios::personality(config.personality);
    if (config.udid.empty()) return who;
    const auto udid = phone::ios::normal_udid(config.udid);
    if (!udid) throw Misuse(fmt::format("\"{}\" is no iPhone's name", config.udid));
    who.udid = *udid;
    return who;
}

// What a new phone holds goes back from here, so that it is the same whenever it is made.
constexpr TimePoint world_begins{std::chrono::sys_days{std::chrono::year{2025} / 11 / 1}};
constexpr std::string_view world_memory = "World";

// Somebody else's files are not mixed with ours; folders alone are none.
bool is_new_world(const std::string& world) {
    namespace fs = std::filesystem;
    const std::string files = world + "/files";
    if (fs::exists(world + "/phone.plist")) return false;
    if (!fs::exists(files)) return true;
    const fs::recursive_directory_iterator all(files);
    return std::ranges::all_of(all, [](const fs::directory_entry& entry) {
        return !entry.is_symlink() && entry.is_directory();
    });
}

}  // namespace

Iphone::Iphone(Config config, sys::Clock& clock)
    : config_(std::move(config)),
      clock_(clock),
      is_new_(is_new_world(config_.world)),
      device_(config_.world, personality_of(config_), clock) {
    if (!config_.note) config_.note = [](std::string_view) {};
    if (!is_new_ || !config_.content) return;
    ios::Place place = content().place();
    place.newest = world_begins;
    ios::World(place).fill(*config_.content);
    device_.remember(world_memory, {{"Seed", config_.content->seed}});
}

Iphone::~Iphone() {
    // The thread calls the daemon, which must still be there.
    rebooting_.with([](std::jthread& thread) { return std::exchange(thread, {}); });
}

uint16_t Iphone::start() {
    ios::UsbmuxServer::Setup setup;
    setup.unix_path = config_.unix_path;
    setup.port = config_.port;
    setup.records = config_.world + "/pair-records";
    setup.udid = [this] { return device_.udid(); };
    setup.connect = [this](uint16_t port) { return serve_port(port); };
    setup.note = config_.note;
    server_ = std::make_unique<ios::UsbmuxServer>(std::move(setup));
    if (config_.over_network) {
        device_.on_open_port([this](uint16_t port) { server_->open_in_network(port); });
    }
    come_back();
    return port();
}

void Iphone::come_back() {
    server_->attach(config_.over_network ? phone::ios::MuxConnection::network
                                         : phone::ios::MuxConnection::usb);
}

ios::UsbmuxServer::Serve Iphone::serve_port(uint16_t port) {
    if (port == ios::lockdown_port) {
        return [this](std::unique_ptr<sys::Socket> socket) { run_lockdown(std::move(socket)); };
    }
    const auto opened = device_.take_port(port);
    if (!opened) return {};
    return [this, opened = *opened](std::unique_ptr<sys::Socket> socket) {
        run_opened(opened, std::move(socket));
    };
}

void Iphone::run_lockdown(std::unique_ptr<sys::Socket> socket) {
    ios::Channel channel(std::move(socket));
    ios::LockdownService(device_, channel).run();
}

void Iphone::run_opened(const ios::OpenPort& port, std::unique_ptr<sys::Socket> socket) {
    const auto pairing = device_.pairing(port.host_id);
    if (!pairing) return;  // the computer was forgotten in between
    ios::Channel channel(std::move(socket));
    ios::start_paired_tls(device_, *pairing, channel);
    config_.note(fmt::format("{} begins", port.service));
    const ios::PhoneActions actions{[this] { disappear(); }, [this] { reboot(); }, config_.note};
    ios::run_service(port.service, device_, channel, actions);
}

void Iphone::reboot() {
    device_.change([](ios::DeviceState& s) {
        ++s.boots;
        if (s.locks_on_reboot && s.passcode_set) s.locked = s.awaits_first_unlock = true;
    });
    rebooting_.with([&](std::jthread& thread) {
        thread = std::jthread([this](const std::stop_token& stop) {
            disappear();
            if (clock_.sleep(config_.reboot_time, stop)) come_back();
        });
    });
}

ios::World Iphone::content() const {
    const ios::DeviceState state = device_.state();
    ios::Place place{.files = device_.files(),
                     .seed = device_.memory(world_memory).u64("Seed").value_or(1),
                     .major = state.who.major(),
                     .model = state.who.model,
                     .newest = clock_.now()};
    return ios::World(std::move(place));
}

std::vector<std::string> Iphone::install_update(std::string_view version,
                                                const std::vector<Loss>& losses) {
    const ios::Personality before = device_.state().who;
    const ios::Personality after = ios::updated(before, version);
    if (after.major() < before.major()) {
        throw Misuse(fmt::format("iOS {} is older than {}, and phones do not go back", version,
                                 before.version));
    }
    for (const Loss& loss : losses) ios::check_losable(loss.id);
    // Nobody talks to a phone whose databases are half migrated.
    disappear();
    ios::World world = content();
    world.update(after.major());
    std::vector<std::string> lost;
    for (const Loss& loss : losses) {
        const auto gone = world.lose(loss.id, loss.count);
        lost.insert(lost.end(), gone.begin(), gone.end());
    }
    device_.change([&](ios::DeviceState& s) { s.who = after; });
    reboot();
    return lost;
}

}  // namespace lifeboat::sim
