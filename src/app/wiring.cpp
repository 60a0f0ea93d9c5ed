#include "app/wiring.h"

#include "app/network_phones.h"
#include "app/place_location.h"
#include "base/text.h"
#include "lifeboat_version.h"
#include "phone/android/android_bus.h"
#include "phone/joined_bus.h"
#include "storage/local_backend.h"
#include "storage/retry_backend.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <exception>
#include <map>

namespace lifeboat::app {
namespace {

// A place from its folder up; each part refers to the one before.
struct OpenPlace {
    std::unique_ptr<storage::LocalBackend> folder{};
    std::unique_ptr<storage::RetryBackend> retrying{};
    std::unique_ptr<repository::Repository> repository{};
};

std::string host_name() {
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0) return "unknown";
    return name.data();
}

std::string user_name() {
    const passwd* entry = ::getpwuid(::geteuid());
    return entry != nullptr ? entry->pw_name : std::to_string(::geteuid());
}

phone::android::AdbSettings adb_settings(const Settings& settings) {
    phone::android::AdbSettings result;
    result.server_socket = settings.adb_server;
    result.program = settings.adb_start ? settings.adb_program : "";
    return result;
}

}  // namespace

struct World::Parts {
    const Configuration& configuration;
    const Paths& paths;
    Prompt& prompt;
    EventSink& events;
    sys::SystemClock clock{};
    sys::SystemProcess process{};
    sys::SystemRandom random{};
    std::unique_ptr<phone::PhoneBus> android{};
    std::unique_ptr<phone::android::NetworkBus> network{};
    std::unique_ptr<phone::ios::IosBus> iphones{};
    std::unique_ptr<phone::JoinedBus> phones{};
    std::optional<SecretText> password{};
    std::optional<SecretText> phone_password{};
    bool phone_password_read = false;
    std::map<std::string, OpenPlace> open{};
};

World::World(const Configuration& configuration, const Paths& paths, Prompt& prompt,
             EventSink& events)
    : parts_(std::make_unique<Parts>(configuration, paths, prompt, events)) {}

World::~World() = default;

const Settings& World::settings() const {
    return parts_->configuration.settings;
}
const Paths& World::paths() const {
    return parts_->paths;
}
EventSink& World::events() {
    return parts_->events;
}
sys::Clock& World::clock() {
    return parts_->clock;
}
sys::Process& World::process() {
    return parts_->process;
}
Prompt& World::prompt() {
    return parts_->prompt;
}
sys::Random& World::random() {
    return parts_->random;
}

phone::PhoneBus& World::android_phones() {
    if (!parts_->android) {
        parts_->android = std::make_unique<phone::android::AndroidBus>(
            adb_settings(settings()), parts_->process, parts_->clock);
    }
    return *parts_->android;
}

phone::android::NetworkBus& World::network_phones() {
    if (!parts_->network) {
        parts_->network = std::make_unique<phone::android::NetworkBus>(
            known_network_phones(parts_->paths),
            phone::android::DirectSettings{
                .key = [&paths = parts_->paths] { return computer_key(paths); },
                .owner = user_name() + "@" + host_name(),
                .connect = std::chrono::milliseconds{3'000}},
            parts_->clock, phone::android::AndroidOptions{},
            phone::android::Following{
                .limit = std::chrono::milliseconds{2'000},
                .on_moved = [&paths = parts_->paths](const auto& from, const auto& to) {
                    note_moved_phone(paths, from, to);
                }});
    }
    return *parts_->network;
}

phone::ios::IosBus& World::iphones() {
    if (!parts_->iphones) {
        parts_->iphones = std::make_unique<phone::ios::IosBus>(settings().usbmux, parts_->clock,
                                                               parts_->random, parts_->events);
    }
    return *parts_->iphones;
}

phone::PhoneBus& World::phones() {
    if (!parts_->phones) {
        using phone::Platform;
        parts_->phones = std::make_unique<phone::JoinedBus>(
            std::vector<phone::JoinedBus::Part>{{Platform::android, android_phones()},
                                                {Platform::android, network_phones()},
                                                {Platform::ios, iphones()}},
            parts_->events);
    }
    return *parts_->phones;
}

engine::OperationContext World::context(const std::stop_token& stop) {
    return {.events = parts_->events,
            .clock = parts_->clock,
            .stop = stop,
            .program_version = program_version(),
            .journal_folder = parts_->paths.state + "/unfinished"};
}

repository::Options World::repository_options() {
    return {.clock = parts_->clock,
            .random = parts_->random,
            .hostname = host_name(),
            .username = user_name(),
            .compression_level = static_cast<int>(settings().compression),
            .lock_wait = std::chrono::seconds{settings().lock_wait},
            .parity = {.per_mille = static_cast<uint32_t>(settings().parity * 10)},
            .events = &parts_->events};
}

storage::Backend& World::backend(const PlaceSetting& place) {
    OpenPlace& open = parts_->open[place.name];
    if (!open.retrying) {
        open.folder = std::make_unique<storage::LocalBackend>(place.path, parts_->random);
        open.retrying =
            std::make_unique<storage::RetryBackend>(*open.folder, parts_->clock, &parts_->events);
    }
    return *open.retrying;
}

const SecretText& World::password(PasswordUse use, const std::stop_token& stop) {
    if (!parts_->password) {
        parts_->password = read_password(settings(), use, parts_->prompt, parts_->process, stop);
    }
    return *parts_->password;
}

const SecretText* World::phone_password(const std::stop_token& stop) {
    if (!std::exchange(parts_->phone_password_read, true)) {
        parts_->phone_password =
            read_phone_password(settings(), parts_->prompt, parts_->process, stop);
    }
    return parts_->phone_password ? &*parts_->phone_password : nullptr;
}

bool World::has_password_source() const {
    return !settings().password_file.empty() || !settings().password_command.empty();
}

namespace {

// The config names the repository and is sealed: equal bytes, equal repository.
bool same_config(storage::Backend& a, storage::Backend& b, const std::stop_token& stop) {
    return a.load("config", {}, stop) == b.load("config", {}, stop);
}

}  // namespace

repository::Repository& World::open(const PlaceSetting& place, const std::stop_token& stop) {
    OpenPlace& open = parts_->open[place.name];
    if (open.repository) return *open.repository;
    storage::Backend& where = backend(place);
    // Asked before the password: nobody should type it for nothing.
    if (!repository::exists(where, stop)) {
        throw repository::NoRepository(
            fmt::format("There is no repository in the place \"{}\" ({})", printable(place.name),
                        printable(place.path)));
    }
    for (const auto& [name, other] : parts_->open) {
        if (!other.repository || !same_config(where, other.repository->backend(), stop)) continue;
        open.repository =
            repository::open_copy(where, *other.repository, repository_options(), stop);
        return *open.repository;
    }
    open.repository = repository::open(where, password(PasswordUse::open_existing, stop),
                                       repository_options(), stop);
    return *open.repository;
}

OpenedPlaces World::open_places(const std::vector<std::string>& names,
                                const std::stop_token& stop) {
    OpenedPlaces result;
    std::exception_ptr first_problem;
    for (const PlaceSetting& setting : chosen_places(settings(), names)) {
        engine::Place place{.name = setting.name};
        try {
            place.repository = &open(setting, stop);
            const PlaceLocation location = locate(setting.path);
            place.location = location.path;
            place.device = location.device;
        } catch (const repository::WrongPassword&) {
            throw;
        } catch (const Misuse&) {
            throw;
        } catch (const Error& error) {
            if (!first_problem) first_problem = std::current_exception();
            place.problem = error.full_text();
            result.problems[setting.name] = kind_of(error);
        }
        result.places.push_back(std::move(place));
    }
    const bool any = std::ranges::any_of(
        result.places, [](const engine::Place& place) { return place.repository != nullptr; });
    if (!any) std::rethrow_exception(first_problem);
    return result;
}

engine::Place& OpenedPlaces::first() {
    return *std::ranges::find_if(
        places, [](const engine::Place& place) { return place.repository != nullptr; });
}

std::vector<PlaceSetting> chosen_places(const Settings& settings,
                                        const std::vector<std::string>& names) {
    if (settings.places.empty()) {
        throw Misuse("No place is set up yet",
                     "Add one: lifeboat place add NAME FOLDER. Two are needed for a GO.");
    }
    std::vector<PlaceSetting> chosen;
    for (const std::string& name : names) {
        const PlaceSetting& place = require_place(settings, name);
        if (std::ranges::count(chosen, place) == 0) chosen.push_back(place);
    }
    return names.empty() ? settings.places : chosen;
}

nanoseconds monotonic_now() {
    return sys::SystemClock().monotonic();
}

std::string program_version() {
    return fmt::format("lifeboat {} ({})", LIFEBOAT_VERSION, LIFEBOAT_COMMIT);
}

}  // namespace lifeboat::app
