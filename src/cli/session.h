// What every command gets: its words, the settings, the streams, the person, and how to stop.
#pragma once

#include "app/environment.h"
#include "app/prompt.h"
#include "app/settings.h"
#include "app/wiring.h"
#include "cli/output.h"
#include "cli/parser.h"

#include <nlohmann/json_fwd.hpp>

#include <stop_token>
#include <string>

namespace lifeboat::cli {

struct Session {
    const Invocation& invocation;
    const app::Environment& environment;
    const app::Paths& paths;
    const app::Configuration& configuration;
    Output& out;
    app::Prompt& prompt;
    app::World& world;
    std::stop_token stop;
    nlohmann::json& result;  // goes into the summary line

    const app::Settings& settings() const { return configuration.settings; }
    bool dry_run() const { return invocation.has("dry-run"); }
};

}  // namespace lifeboat::cli
