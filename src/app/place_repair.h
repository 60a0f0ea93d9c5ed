// Repair of a place as a person asks for it: opens what is damaged and everything that may help.
#pragma once

#include "app/wiring.h"
#include "repository/parity.h"
#include "repository/repair.h"

#include <string>
#include <vector>

namespace lifeboat::app {

struct PlaceRepair {
    std::string place{};
    std::vector<std::string> sources{};       // places that were asked for whole copies
    std::vector<std::string> sources_away{};  // "nas: why it could not be asked"
    repository::RepairReport report{};
    repository::ParityReport parity{};
    std::string parity_problem{};  // why none was written: the place takes no such files
    // Nothing is damaged any more, in the repository and in what would mend it.
    bool whole() const { return report.whole && parity.damages.empty(); }
};

struct PlaceRepairRequest {
    std::vector<std::string> from{};  // names; empty: all other places
    bool dry_run = false;
    bool quick = false;
    bool leave_out_lost = false;
    bool only_parity = false;  // looks at nothing else
};

// Parity that is missing or damaged is written last, when every file that it is made of was looked
// at. Throws Misuse for only_parity where parity is off, and what opening the place throws when no
// other place's key opens it either.
PlaceRepair repair_place(World& world, const PlaceSetting& place, const PlaceRepairRequest& request,
                         const std::stop_token& stop);

}  // namespace lifeboat::app
