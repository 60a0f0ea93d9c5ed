#include "app/doctor.h"

#include "base/text.h"
#include "cli/commands/commands.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace lifeboat::cli {
namespace {

std::string symbol(const Style& style, app::Health health) {
    switch (health) {
        case app::Health::well:
            return style.paint(Tone::good, style.tick());
        case app::Health::warning:
            return style.paint(Tone::warn, style.exclamation());
        case app::Health::ill:
            return style.paint(Tone::bad, style.cross());
    }
    return {};
}

}  // namespace

app::Exit doctor(Session& session) {
    constexpr size_t width = 22;
    const Style& style = session.out.out();
    const auto all = app::examine(session.world, session.stop);
    session.result["checks"] = nlohmann::json::array();
    for (const app::Diagnosis& one : all) {
        session.out.line(fmt::format("{} {} {}", symbol(style, one.health),
                                     padded(printable(one.subject), width), printable(one.seen)));
        if (!one.remedy.empty()) {
            session.out.line(fmt::format("    {} {}", style.arrow(), printable(one.remedy)));
        }
        nlohmann::json entry;
        entry["subject"] = valid_utf8(one.subject);
        entry["health"] = app::to_text(one.health);
        entry["seen"] = valid_utf8(one.seen);
        entry["remedy"] = valid_utf8(one.remedy);
        session.result["checks"].push_back(std::move(entry));
    }
    const auto ill = std::ranges::count(all, app::Health::ill, &app::Diagnosis::health);
    session.out.note(ill == 0 ? "Nothing stands in the way." : "Repair what is marked above.");
    session.result["ill"] = ill;
    return ill == 0 ? app::Exit::done : app::Exit::failed;
}

}  // namespace lifeboat::cli
