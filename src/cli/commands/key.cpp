#include "app/keys.h"
#include "app/places.h"
#include "base/text.h"
#include "cli/commands/commands.h"
#include "cli/commands/shared.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lifeboat::cli {
namespace {

std::string short_key(const repository::KeyId& id) {
    return id.hex().substr(0, 8);
}

app::NewPasswordSource new_source(const Session& session) {
    return {.file = session.invocation.value("new-password-file"),
            .command = session.invocation.value("new-password-command")};
}

// The places one by one: what was not done there, and how to catch up.
app::Exit show_places(Session& session, const engine::KeyReport& report,
                      const std::string& catch_up) {
    const Style& style = session.out.out();
    session.result["key"] = report.key.hex();
    session.result["places"] = nlohmann::json::array();
    for (const engine::KeyPlaceReport& place : report.places) {
        const bool done = place.state == engine::KeyState::done;
        if (done)
            session.out.line(fmt::format("{} {}", style.paint(Tone::good, style.tick()),
                                         printable(place.place)));
        else
            session.out.line(fmt::format("{} {}: not done. {}",
                                         style.paint(Tone::bad, style.cross()),
                                         printable(place.place), printable(place.problem)));
        nlohmann::json entry;
        entry["name"] = place.place;
        entry["done"] = done;
        entry["problem"] = valid_utf8(place.problem);
        session.result["places"].push_back(std::move(entry));
    }
    if (report.complete()) return app::Exit::done;
    session.out.warn(fmt::format("{} Not every place could be reached. {}",
                                 session.out.err().paint(Tone::warn, "warning:"), catch_up));
    return app::Exit::partly;
}

void show_strength(Session& session, const repository::PasswordStrength& strength) {
    session.result["password_bits"] = static_cast<uint64_t>(strength.bits);
    session.result["password_sufficient"] = strength.sufficient;
    if (strength.sufficient) return;
    session.out.warn(fmt::format(
        "{} The new password is easy to guess (about {:.0f} bits). A GO needs a stronger one.",
        session.out.err().paint(Tone::warn, "warning:"), strength.bits));
}

nlohmann::json key_json(const engine::ListedKey& listed) {
    nlohmann::json json;
    json["id"] = listed.key.id.hex();
    json["current"] = listed.key.current;
    json["created"] = nullptr;
    if (listed.key.problem.empty()) json["created"] = to_rfc3339(listed.key.created);
    json["username"] = valid_utf8(listed.key.username);
    json["hostname"] = valid_utf8(listed.key.hostname);
    json["places"] = listed.places;
    json["problems"] = nlohmann::json::array();
    for (const std::string& problem : listed.problems) {
        json["problems"].push_back(valid_utf8(problem));
    }
    return json;
}

}  // namespace

app::Exit key_list(Session& session) {
    const app::OpenedPlaces places =
        session.world.open_places(session.invocation.values("place"), session.stop);
    session.result["keys"] = nlohmann::json::array();
    bool damaged = false;
    for (const engine::ListedKey& listed :
         engine::list_keys(places.places, session.world.context(session.stop))) {
        const std::string made =
            listed.places.empty()
                ? "damaged"
                : fmt::format("{}  by {} on {}  in {}", date_text(listed.key.created),
                              printable(listed.key.username), printable(listed.key.hostname),
                              fmt::join(listed.places, ", "));
        session.out.line(fmt::format("{} {}  {}", listed.key.current ? "*" : " ",
                                     short_key(listed.key.id), made));
        for (const std::string& problem : listed.problems) {
            damaged = true;
            session.out.warn(fmt::format("{} {}", session.out.err().paint(Tone::bad, "damage:"),
                                         printable(problem)));
        }
        session.result["keys"].push_back(key_json(listed));
    }
    session.out.note("* is the password that was used now. There is always at least one.");
    return damaged ? app::Exit::damaged : app::Exit::done;
}

app::Exit key_add(Session& session) {
    const app::KeyResult added = app::add_key(session.world, new_source(session), session.stop);
    show_strength(session, added.strength);
    session.out.line(fmt::format("The new password {} opens, beside the old one ({}):",
                                 added.report.was_there ? "already" : "now",
                                 short_key(added.report.key)));
    session.result["was_there"] = added.report.was_there;
    return show_places(session, added.report,
                       "When the others are back, run the same command again.");
}

app::Exit key_change(Session& session) {
    const app::KeyResult changed =
        app::change_key(session.world, new_source(session), session.stop);
    show_strength(session, changed.strength);
    session.out.line(fmt::format("The new password opens, the old one no longer ({}):",
                                 short_key(changed.report.key)));
    const app::Exit exit = show_places(
        session, changed.report,
        "The others still have the old password. When they are back, run the same command again, "
        "with the same two passwords.");
    const app::Settings& settings = session.settings();
    if (!settings.password_file.empty()) {
        session.out.note(
            fmt::format("Put the new password into {} now.", printable(settings.password_file)));
    } else if (!settings.password_command.empty()) {
        session.out.note("The program of password_command must give the new password from now on.");
    }
    session.result["was_there"] = changed.report.was_there;
    return exit;
}

app::Exit key_remove(Session& session) {
    const app::OpenedPlaces places = session.world.open_places({}, session.stop);
    const engine::KeyReport report =
        engine::remove_key(places.places, session.invocation.argument("ID"), session.dry_run(),
                           session.world.context(session.stop));
    session.out.line(
        fmt::format("{}The password {} is removed:", would(session), short_key(report.key)));
    session.result["dry_run"] = session.dry_run();
    return show_places(
        session, report,
        "It still opens the others. When they are back, run the same command again.");
}

}  // namespace lifeboat::cli
