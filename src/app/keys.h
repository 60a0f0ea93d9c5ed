// The passwords of the places, as a person manages them.
#pragma once

#include "app/wiring.h"
#include "engine/keys.h"

namespace lifeboat::app {

// Where a new password comes from; with neither the person is asked, twice.
struct NewPasswordSource {
    std::string file{};
    std::string command{};
};

struct KeyResult {
    engine::KeyReport report{};
    repository::PasswordStrength strength{};
};

// Every place of the settings, those that do not answer too: passwords are changed everywhere or
// somebody has to know where not. Throws as engine::add_password.
KeyResult add_key(World& world, const NewPasswordSource& source, const std::stop_token& stop);
KeyResult change_key(World& world, const NewPasswordSource& source, const std::stop_token& stop);

}  // namespace lifeboat::app
