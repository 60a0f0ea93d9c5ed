#include "app/snapshots.h"
#include "app/verify_part.h"
#include "base/text.h"
#include "cli/commands/commands.h"
#include "cli/commands/reports.h"
#include "cli/commands/shared.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace lifeboat::cli {
namespace {

void show_damage(Output& out, const engine::VerifyReport& report) {
    show_notes(out, "  Files that are not what the phone had", Tone::bad, report.wrong);
    for (const repository::Damage& damage : report.damages) {
        out.line(fmt::format("    {}: {}", printable(damage.file), printable(damage.problem)));
    }
    std::vector<engine::PathNote> affected;
    for (const repository::AffectedFile& file : report.elsewhere) {
        affected.push_back(
            {file.path, fmt::format("in backup {}: {}", short_id(file.snapshot), file.problem)});
    }
    show_notes(out, "  Files of other backups that are affected", Tone::bad, affected);
    for (const std::string& hint : report.hints) {
        if (out.verbosity() > 0) out.line("    note: " + printable(hint));
    }
    // Costs nothing yet, and is easily put right while every file is whole: said without being
    // asked.
    if (report.parity_wanting > 0) {
        out.line(
            fmt::format("    note: parity of {} files is missing or damaged; it is written by "
                        "lifeboat place repair --parity {}",
                        human_count(report.parity_wanting), report.place));
    }
}

void show(Session& session, const engine::VerifyReport& report) {
    Output& out = session.out;
    const Style& style = out.out();
    out.line(fmt::format("{} {}: {} files ({}) read back and compared at {}{}",
                         report.clean() ? style.paint(Tone::good, style.tick())
                                        : style.paint(Tone::bad, style.cross()),
                         report.place, human_count(report.files), human_bytes(report.bytes),
                         to_clock_time(report.finished),
                         report.clean() ? "" : fmt::format(" {} damaged", style.dash())));
    show_damage(out, report);
    session.result["places"].push_back(verify_json(report));
}

void show_problem(Session& session, const engine::Place& place, const std::string& problem) {
    const Style& style = session.out.out();
    session.out.line(fmt::format("{} {}: {}", style.paint(Tone::bad, style.cross()), place.name,
                                 printable(problem)));
    nlohmann::json entry;
    entry["place"] = place.name;
    entry["clean"] = false;
    entry["problem"] = valid_utf8(problem);
    session.result["places"].push_back(std::move(entry));
}

// One place; what it costs the exit.
app::Exit verify_in(Session& session, const engine::Place& place,
                    const repository::Snapshot& snapshot) {
    const auto held = place.repository->snapshots(session.stop);
    if (std::ranges::count(held, snapshot.id, &repository::Snapshot::id) == 0) {
        show_problem(session, place,
                     fmt::format("does not hold the backup {}", short_id(snapshot.id)));
        return app::Exit::damaged;
    }
    const bool alone = !session.invocation.argument("SNAPSHOT").empty();
    const std::string sample = session.invocation.value("sample");
    const bool deep = session.invocation.has("deep");
    engine::Depth depth = deep ? engine::Depth::deep : engine::Depth::structure;
    if (alone || !sample.empty()) depth = engine::Depth::files;
    engine::VerifyReport report = engine::verify(place.name, *place.repository, snapshot, depth,
                                                 session.world.context(session.stop));
    if (!sample.empty()) {
        app::verify_sample(session.world, place, app::parse_share(sample), report, session.stop);
    } else if (alone) {
        app::verify_snapshot_alone(session.world, place, deep, report, session.stop);
    }
    show(session, report);
    return report.clean() ? app::Exit::done : app::Exit::damaged;
}

// A place in which no backup can be read may hold one that is damaged: that is not the same as
// none.
app::Exit verify_without_backup(Session& session, const app::OpenedPlaces& places) {
    app::Exit worst = app::Exit::done;
    for (const engine::Place& place : places.places) {
        if (place.repository == nullptr) continue;
        const auto context = session.world.context(session.stop);
        const repository::CheckReport check =
            place.repository->check({}, context.events, session.stop);
        if (check.damages.empty()) continue;
        engine::VerifyReport report{.place = place.name,
                                    .damages = check.damages,
                                    .hints = check.hints,
                                    .finished = context.clock.now()};
        show(session, report);
        worst = app::Exit::damaged;
    }
    return worst;
}

bool has_backup(const app::OpenedPlaces& places, const std::stop_token& stop) {
    return std::ranges::any_of(app::snapshot_rows(places, stop), [](const app::SnapshotRow& row) {
        return engine::is_finished(row.snapshot);
    });
}

}  // namespace

app::Exit verify(Session& session) {
    const std::string sample = session.invocation.value("sample");
    if (!sample.empty()) app::parse_share(sample);  // before anything is opened
    if (!sample.empty() && session.invocation.has("deep")) {
        throw Misuse("--deep reads everything: --sample has nothing to choose from",
                     "Give one of the two.");
    }
    const app::OpenedPlaces places =
        session.world.open_places(session.invocation.values("place"), session.stop);
    if (!has_backup(places, session.stop)) {
        session.result["places"] = nlohmann::json::array();
        const app::Exit exit = verify_without_backup(session, places);
        if (exit != app::Exit::done) return exit;
    }
    const app::FoundSnapshot found =
        app::find_snapshot(places, session.invocation.argument("SNAPSHOT"), session.stop);
    session.out.line(fmt::format("Backup {} of {}", short_id(found.snapshot.id),
                                 date_text(found.snapshot.time)));
    session.result["snapshot"] = found.snapshot.id.hex();
    session.result["places"] = nlohmann::json::array();
    app::Exit worst = app::Exit::done;
    for (const engine::Place& place : places.places) {
        app::Exit exit = app::Exit::done;
        if (place.repository == nullptr) {
            show_problem(session, place, place.problem);
            exit = app::exit_of(places.problems.at(place.name));
        } else {
            exit = verify_in(session, place, found.snapshot);
        }
        // Damage is worse than a place that is away.
        if (exit == app::Exit::damaged || worst == app::Exit::done) worst = exit;
    }
    if (worst == app::Exit::damaged) {
        session.out.note("Keep the other places as they are. Next: lifeboat place repair");
    }
    return worst;
}

}  // namespace lifeboat::cli
