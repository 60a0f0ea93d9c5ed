#include "app/locks.h"
#include "app/places.h"
#include "base/text.h"
#include "cli/commands/commands.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lifeboat::cli {
namespace {

nlohmann::json space_json(const std::optional<storage::Space>& space) {
    if (!space) return nullptr;
    nlohmann::json json;
    json["free_bytes"] = space->free;
    json["total_bytes"] = space->total;
    return json;
}

std::string space_text(const std::optional<storage::Space>& space) {
    if (!space) return "free space not known";
    return fmt::format("{} free of {}", human_bytes(space->free), human_bytes(space->total));
}

std::string origin_text(app::PlaceOrigin origin, bool dry_run) {
    switch (origin) {
        case app::PlaceOrigin::made_new:
            return dry_run ? "a new repository would be made" : "a new repository was made";
        case app::PlaceOrigin::made_copy:
            return dry_run ? "would become a further copy of your repository"
                           : "is now a further copy of your repository";
        case app::PlaceOrigin::taken_over:
            return dry_run ? "the repository that is there would be used"
                           : "the repository that is there is used";
    }
    return {};
}

void warn_of_weak_password(Session& session, const app::PlaceAdded& added) {
    if (!added.strength || added.strength->sufficient) return;
    session.out.warn(fmt::format(
        "{} The password is easy to guess (about {:.0f} bits). A GO needs a stronger one.",
        session.out.err().paint(Tone::warn, "warning:"), added.strength->bits));
}

}  // namespace

app::Exit place_add(Session& session) {
    const app::PlaceSetting place{
        .name = session.invocation.argument("NAME"),
        .path = app::absolute_path(session.environment, session.invocation.argument("FOLDER"))};
    const app::PlaceAdded added =
        app::add_place(session.world, place, session.dry_run(), session.stop);
    const Style& style = session.out.out();
    session.out.line(fmt::format("{} {}: {} in {}", style.paint(Tone::good, style.tick()),
                                 place.name, origin_text(added.origin, session.dry_run()),
                                 printable(place.path)));
    warn_of_weak_password(session, added);
    const bool first = session.settings().places.empty();
    session.out.note(first ? "Next: a second place on another disk: lifeboat place add NAME FOLDER"
                           : "Next: lifeboat ready");

    session.result["name"] = place.name;
    put_path(session.result, place.path);
    session.result["origin"] = app::to_text(added.origin);
    session.result["repository"] = added.repository;
    session.result["dry_run"] = session.dry_run();
    if (added.strength) {
        session.result["password_bits"] = static_cast<uint64_t>(added.strength->bits);
        session.result["password_sufficient"] = added.strength->sufficient;
    }
    return app::Exit::done;
}

app::Exit place_list(Session& session) {
    constexpr size_t name_width = 14;
    const Style& style = session.out.out();
    session.result["places"] = nlohmann::json::array();
    for (const app::PlaceStatus& place : app::look_at_places(session.world, session.stop)) {
        const bool well = place.problem.empty();
        session.out.line(fmt::format(
            "{} {} {}",
            well ? style.paint(Tone::good, style.tick()) : style.paint(Tone::bad, style.cross()),
            padded(place.setting.name, name_width), printable(place.setting.path)));
        session.out.line(fmt::format(
            "    {}",
            well ? fmt::format("{}, backups: {}{}", space_text(place.space),
                               human_count(place.backups),
                               place.device.empty() ? "" : ", on " + printable(place.device))
                 : printable(place.problem)));
        nlohmann::json entry;
        entry["name"] = place.setting.name;
        put_path(entry, place.setting.path);
        entry["answers"] = well;
        entry["problem"] = valid_utf8(place.problem);
        entry["device"] = valid_utf8(place.device);
        entry["space"] = space_json(place.space);
        entry["backups"] = place.backups;
        session.result["places"].push_back(std::move(entry));
    }
    if (session.settings().places.empty()) {
        session.out.note("No place yet. Add one: lifeboat place add NAME FOLDER");
    }
    return app::Exit::done;
}

app::Exit place_test(Session& session) {
    const std::string name = session.invocation.argument("NAME");
    const std::vector<std::string> names =
        name.empty() ? std::vector<std::string>{} : std::vector{name};
    const Style& style = session.out.out();
    session.result["places"] = nlohmann::json::array();
    for (const app::PlaceSetting& place : app::chosen_places(session.settings(), names)) {
        const app::PlaceTest test = app::test_place(session.world, place, session.stop);
        using std::chrono::milliseconds;
        const auto write = std::chrono::duration_cast<milliseconds>(test.write_time).count();
        const auto read = std::chrono::duration_cast<milliseconds>(test.read_time).count();
        session.out.line(fmt::format(
            "{} {}: wrote {} in {} ms, read it back in {} ms, opened with your password; backups: "
            "{}; {}",
            style.paint(Tone::good, style.tick()), test.name, human_bytes(test.written_bytes),
            write, read, human_count(test.backups), space_text(test.space)));
        nlohmann::json entry;
        entry["name"] = test.name;
        entry["written_bytes"] = test.written_bytes;
        entry["write_ms"] = write;
        entry["read_ms"] = read;
        entry["space"] = space_json(test.space);
        entry["repository"] = test.repository;
        entry["backups"] = test.backups;
        session.result["places"].push_back(std::move(entry));
    }
    return app::Exit::done;
}

namespace {

std::string holder_text(const repository::ListedLock& lock) {
    switch (lock.holder) {
        case repository::Holder::this_program:
            return "this very program";
        case repository::Holder::alive:
            return "running";
        case repository::Holder::gone:
            return "gone: the next run takes it away";
        case repository::Holder::elsewhere:
            break;
    }
    return lock.old ? "on another computer, not heard of for long"
                    : "on another computer, heard of lately";
}

nlohmann::json lock_json(const repository::ListedLock& listed) {
    nlohmann::json json;
    json["id"] = listed.id.hex();
    json["problem"] = valid_utf8(listed.problem);
    json["exclusive"] = listed.lock.exclusive;
    json["hostname"] = valid_utf8(listed.lock.hostname);
    json["username"] = valid_utf8(listed.lock.username);
    json["pid"] = listed.lock.pid;
    json["time"] = to_rfc3339(listed.lock.time);
    json["age_ms"] = std::chrono::duration_cast<std::chrono::milliseconds>(listed.age).count();
    json["holder"] = app::to_text(listed.holder);
    json["old"] = listed.old;
    return json;
}

std::string lock_text(const repository::ListedLock& listed) {
    if (!listed.problem.empty()) {
        return fmt::format("{}  cannot be read: {}", listed.id.hex().substr(0, 8),
                           printable(listed.problem));
    }
    const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(listed.age).count();
    return fmt::format("{}  {}  {} on {} (process {}), {} min old: {}",
                       listed.id.hex().substr(0, 8), listed.lock.exclusive ? "alone " : "shared",
                       printable(listed.lock.username), printable(listed.lock.hostname),
                       listed.lock.pid, minutes, holder_text(listed));
}

}  // namespace

app::Exit place_locks(Session& session) {
    const std::string name = session.invocation.argument("NAME");
    const std::vector<std::string> names =
        name.empty() ? std::vector<std::string>{} : std::vector{name};
    session.result["places"] = nlohmann::json::array();
    for (const app::PlaceLocks& place : app::place_locks(session.world, names, session.stop)) {
        nlohmann::json entry;
        entry["name"] = place.place;
        entry["problem"] = valid_utf8(place.problem);
        entry["locks"] = nlohmann::json::array();
        session.out.line(place.place + ": " +
                         (place.problem.empty() ? "locks: " + human_count(place.locks.size())
                                                : printable(place.problem)));
        for (const repository::ListedLock& lock : place.locks) {
            session.out.line("  " + lock_text(lock));
            entry["locks"].push_back(lock_json(lock));
        }
        session.result["places"].push_back(std::move(entry));
    }
    return app::Exit::done;
}

app::Exit place_remove(Session& session) {
    const std::string name = session.invocation.argument("NAME");
    const app::PlaceSetting place = app::require_place(session.settings(), name);
    if (!session.dry_run()) app::forget_place(session.world, name);
    session.out.line(fmt::format("{}{} is no longer a place. Its copies stay in {}",
                                 session.dry_run() ? "Would be done: " : "", name,
                                 printable(place.path)));
    session.result["name"] = name;
    put_path(session.result, place.path);
    session.result["dry_run"] = session.dry_run();
    return app::Exit::done;
}

}  // namespace lifeboat::cli
