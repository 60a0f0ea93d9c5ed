// The composition root: the one file that knows which real things are used.
#pragma once

#include "app/environment.h"
#include "app/failure.h"
#include "app/password.h"
#include "app/prompt.h"
#include "app/settings.h"
#include "base/event.h"
#include "engine/engine.h"
#include "phone/android/direct/network_bus.h"
#include "phone/ios/ios_bus.h"
#include "phone/phone.h"
#include "repository/repository.h"
#include "storage/backend.h"
#include "sys/clock.h"
#include "sys/process.h"
#include "sys/random.h"

#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace lifeboat::app {

// The places chosen for a run: what opened, and why the others did not.
struct OpenedPlaces {
    std::vector<engine::Place> places{};            // in the order of the settings
    std::map<std::string, FailureKind> problems{};  // by name, of those that did not open
    // The first that opened. `open_places` throws when none did.
    engine::Place& first();
};

// Makes everything when it is first needed, and keeps it. One thread.
class World {
public:
    // All references outlive it.
    World(const Configuration& configuration, const Paths& paths, Prompt& prompt,
          EventSink& events);
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    const Settings& settings() const;
    const Paths& paths() const;
    EventSink& events();
    sys::Clock& clock();
    sys::Process& process();
    sys::Random& random();
    Prompt& prompt();
    // Those of every kind.
    phone::PhoneBus& phones();
    phone::PhoneBus& android_phones();
    // Those in the network that a person named.
    phone::android::NetworkBus& network_phones();
    phone::ios::IosBus& iphones();
    engine::OperationContext context(const std::stop_token& stop);
    repository::Options repository_options();

    // The folder of the place. Throws Unreachable.
    storage::Backend& backend(const PlaceSetting& place);
    // From its source, asked for at most once.
    const SecretText& password(PasswordUse use, const std::stop_token& stop);
    bool has_password_source() const;
    // Of the iPhone's backups: from its source, asked for at most once; null when not known.
    const SecretText* phone_password(const std::stop_token& stop);
    // Throws NoRepository, WrongPassword, Unreachable, ...
    repository::Repository& open(const PlaceSetting& place, const std::stop_token& stop);

    // Those named, or all. A place that does not open is one with a problem; a wrong password, and
    // no place opening at all, are thrown.
    OpenedPlaces open_places(const std::vector<std::string>& names, const std::stop_token& stop);

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

// The places a person named, or all; throws Misuse when there is none.
std::vector<PlaceSetting> chosen_places(const Settings& settings,
                                        const std::vector<std::string>& names);

// For durations and rates; never jumps.
nanoseconds monotonic_now();

// The version with the commit, as it stands in snapshots and evidence.
std::string program_version();

}  // namespace lifeboat::app
