#include "sim/iphone_content_options.h"

#include <array>
#include <utility>

namespace lifeboat::sim {

namespace {

constexpr unsigned long most = 10'000'000;

using Field = uint64_t ios::WorldOptions::*;

constexpr std::array<std::pair<std::string_view, Field>, 18> fields{{
    {"--seed", &ios::WorldOptions::seed},
    {"--photos", &ios::WorldOptions::photos},
    {"--videos", &ios::WorldOptions::videos},
    {"--cloud-only", &ios::WorldOptions::cloud_only},
    {"--not-uploaded", &ios::WorldOptions::not_uploaded},
    {"--trashed", &ios::WorldOptions::trashed},
    {"--messages", &ios::WorldOptions::messages},
    {"--contacts", &ios::WorldOptions::contacts},
    {"--calls", &ios::WorldOptions::calls},
    {"--events", &ios::WorldOptions::events},
    {"--notes", &ios::WorldOptions::notes},
    {"--voicemails", &ios::WorldOptions::voicemails},
    {"--whatsapp", &ios::WorldOptions::whatsapp},
    {"--bookmarks", &ios::WorldOptions::bookmarks},
    {"--visits", &ios::WorldOptions::visits},
    {"--health", &ios::WorldOptions::health},
    {"--networks", &ios::WorldOptions::networks},
    {"--documents", &ios::WorldOptions::documents},
}};

}  // namespace

std::set<std::string, std::less<>> content_option_names() {
    std::set<std::string, std::less<>> names;
    for (const auto& [name, field] : fields) names.emplace(name);
    return names;
}

ios::WorldOptions content_options(const Options& options) {
    ios::WorldOptions wanted;
    if (options.has("--empty")) wanted = ios::WorldOptions::none();
    for (const auto& [name, field] : fields) {
        if (const auto number = options.number(name, most)) wanted.*field = *number;
    }
    return wanted;
}

}  // namespace lifeboat::sim
