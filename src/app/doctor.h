// Why does it not work here: everything a backup needs, looked at one by one. Changes nothing.
#pragma once

#include "app/wiring.h"

#include <string>
#include <vector>

namespace lifeboat::app {

enum class Health { well, warning, ill };
std::string_view to_text(Health health);

struct Diagnosis {
    std::string subject{};  // "adb server", "place ssd"
    Health health = Health::well;
    std::string seen{};    // what was found
    std::string remedy{};  // what to do; empty when well
};

std::vector<Diagnosis> examine(World& world, const std::stop_token& stop);

}  // namespace lifeboat::app
