#include "app/opened_snapshot.h"
#include "app/tidy.h"
#include "base/text.h"
#include "cli/commands/commands.h"
#include "cli/commands/reports.h"
#include "cli/commands/shared.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <map>

namespace lifeboat::cli {
namespace {

using repository::ChangeKind;

app::OpenedPlaces opened(Session& session) {
    return session.world.open_places(session.invocation.values("place"), session.stop);
}

Tone tone_of(std::string_view state) {
    if (state == "complete") return Tone::good;
    return state == "partial" ? Tone::warn : Tone::muted;
}

nlohmann::json entry_json(const repository::TreeChange& change) {
    nlohmann::json json;
    put_path(json, change.path.text());
    json["kind"] = app::to_text(change.kind);
    json["bytes_before"] = change.size_before;
    json["bytes_after"] = change.size_after;
    json["folder"] = change.item == ItemKind::folder;
    if (change.kind == ChangeKind::moved) {
        nlohmann::json from;
        put_path(from, change.moved_from.text());
        json["moved_from"] = std::move(from);
    }
    return json;
}

std::string_view sign(ChangeKind kind) {
    switch (kind) {
        case ChangeKind::added:
            return "+";
        case ChangeKind::removed:
            return "-";
        case ChangeKind::changed:
            return "M";
        case ChangeKind::touched:
            return "t";
        case ChangeKind::moved:
            return ">";
    }
    return " ";
}

std::string entry_text(const repository::TreeChange& change) {
    const std::string_view slash = change.item == ItemKind::folder ? "/" : "";
    std::string text =
        fmt::format("{} {}{}", sign(change.kind), printable(change.path.text()), slash);
    if (change.kind == ChangeKind::moved) {
        text += fmt::format("  (was {})", printable(change.moved_from.text()));
    }
    return text;
}

void show_difference(Session& session, const repository::TreeDiff& diff) {
    std::map<ChangeKind, uint64_t> counts;
    session.result["entries"] = nlohmann::json::array();
    for (const repository::TreeChange& change : diff.changes) {
        ++counts[change.kind];
        session.out.line(entry_text(change));
        session.result["entries"].push_back(entry_json(change));
    }
    for (const auto kind : {ChangeKind::added, ChangeKind::removed, ChangeKind::changed,
                            ChangeKind::touched, ChangeKind::moved}) {
        session.result[std::string(app::to_text(kind))] = counts[kind];
    }
    session.result["bytes_added"] = diff.bytes_added;
    session.result["bytes_removed"] = diff.bytes_removed;
    session.result["folders_read"] = diff.folders_read;
    session.out.note(fmt::format(
        "{} added, {} removed, {} changed, {} moved, {} with another date only",
        human_count(counts[ChangeKind::added]), human_count(counts[ChangeKind::removed]),
        human_count(counts[ChangeKind::changed]), human_count(counts[ChangeKind::moved]),
        human_count(counts[ChangeKind::touched])));
    session.out.note(fmt::format("Content: {} new, {} no longer needed",
                                 human_bytes(diff.bytes_added), human_bytes(diff.bytes_removed)));
}

void show_manifest(Session& session, const engine::Manifest& manifest) {
    Output& out = session.out;
    out.line(fmt::format("  phone      {} {} {} ({})", printable(manifest.model), out.out().dot(),
                         printable(manifest.os_version), printable(manifest.build)));
    out.line(fmt::format("  files      {} ({})", human_count(manifest.files.size()),
                         human_bytes(manifest.bytes())));
    out.line(fmt::format("  unreadable {}", human_count(manifest.unreadable.size())));
    session.result["model"] = valid_utf8(manifest.model);
    session.result["os_version"] = valid_utf8(manifest.os_version);
    session.result["build"] = valid_utf8(manifest.build);
    session.result["files"] = manifest.files.size();
    session.result["bytes"] = manifest.bytes();
    session.result["unreadable"] = nlohmann::json::array();
    for (const auto& [path, reason] : manifest.unreadable) {
        out.line(fmt::format("    {}: {}", printable(path.text()), printable(reason)));
        nlohmann::json entry;
        put_path(entry, path.text());
        entry["reason"] = valid_utf8(reason);
        session.result["unreadable"].push_back(std::move(entry));
    }
}

// Its list still has them; the backup does not.
void show_left_out(Session& session, const std::set<ItemPath>& paths) {
    std::vector<engine::PathNote> lost;
    for (const ItemPath& path : paths) lost.push_back({path, engine::left_out_reason});
    show_notes(session.out, "  lost       ", Tone::bad, lost);
    session.result["left_out"] = notes_json(lost);
}

}  // namespace

namespace {

// What holds say, below the backups they hold; those whose backup another program removed come
// last.
void show_lost_holds(Session& session, const std::vector<app::HeldRow>& rows) {
    const Style& style = session.out.out();
    session.result["held"] = nlohmann::json::array();
    for (const app::HeldRow& row : rows) {
        nlohmann::json entry;
        entry["id"] = row.hold.snapshot.id.hex();
        entry["since"] = to_rfc3339(row.hold.since);
        entry["note"] = valid_utf8(row.hold.note);
        entry["problem"] = valid_utf8(row.hold.problem);
        entry["places"] = row.places;
        entry["lost_in"] = row.lost_in;
        session.result["held"].push_back(std::move(entry));
        if (row.lost_in.empty()) continue;
        session.out.line(fmt::format(
            "{}  {}  {}  on hold; another program removed it from {}",
            short_id(row.hold.snapshot.id), date_text(row.hold.snapshot.time),
            style.paint(Tone::warn, padded("removed", 11)), fmt::join(row.lost_in, ", ")));
        session.out.note(
            fmt::format("  Its data is kept. Bring it back: lifeboat snapshot recover {}",
                        short_id(row.hold.snapshot.id)));
    }
}

std::string hold_text(const std::vector<app::HeldRow>& rows, const repository::SnapshotId& id) {
    for (const app::HeldRow& row : rows) {
        if (row.hold.snapshot.id != id) continue;
        return row.hold.note.empty() ? "  on hold" : "  on hold: " + printable(row.hold.note);
    }
    return {};
}

}  // namespace

app::Exit snapshot_list(Session& session) {
    const Style& style = session.out.out();
    const app::OpenedPlaces places = opened(session);
    const std::vector<app::HeldRow> holds = app::held_rows(places, session.stop);
    session.result["snapshots"] = nlohmann::json::array();
    size_t shown = 0;
    for (const app::SnapshotRow& row : app::snapshot_rows(places, session.stop)) {
        const std::string_view state = app::snapshot_state(row.snapshot);
        if (state == "interrupted" && !session.invocation.has("all")) continue;
        ++shown;
        session.out.line(fmt::format(
            "{}  {}  {}  {}  in {}{}", short_id(row.snapshot.id), date_text(row.snapshot.time),
            style.paint(tone_of(state), padded(state, 11)),
            printable(app::snapshot_phone(row.snapshot)), fmt::join(row.places, ", "),
            hold_text(holds, row.snapshot.id)));
        nlohmann::json entry = snapshot_json(row.snapshot);
        entry["places"] = row.places;
        session.result["snapshots"].push_back(std::move(entry));
    }
    show_lost_holds(session, holds);
    if (shown == 0) session.out.note("No backup yet. Make the first: lifeboat ready");
    return app::Exit::done;
}

app::Exit snapshot_show(Session& session) {
    const app::OpenedPlaces places = opened(session);
    const app::FoundSnapshot found =
        app::find_snapshot(places, session.invocation.argument("SNAPSHOT"), session.stop);
    Output& out = session.out;
    out.line(fmt::format("Backup {} of {}", short_id(found.snapshot.id),
                         date_text(found.snapshot.time)));
    out.line(fmt::format("  state      {}", app::snapshot_state(found.snapshot)));
    session.result = snapshot_json(found.snapshot);
    session.result["places"] = nlohmann::json::array();
    std::string names;
    for (const app::SnapshotRow& row : app::snapshot_rows(places, session.stop)) {
        if (row.snapshot.id != found.snapshot.id) continue;
        session.result["places"] = row.places;
        names = fmt::format("{}", fmt::join(row.places, ", "));
    }
    out.line(fmt::format("  places     {}", names));
    const auto tree = found.place.repository->read(found.snapshot, session.stop);
    if (const auto manifest = engine::load_manifest(*tree)) {
        show_manifest(session, *manifest);
        show_left_out(session, engine::left_out(*manifest, *tree));
    } else {
        out.line("  made by another program: it has no list of hashes");
    }
    return app::Exit::done;
}

app::Exit snapshot_diff(Session& session) {
    const app::OpenedPlaces places = opened(session);
    const auto from = app::find_snapshot(places, session.invocation.argument("FROM"), session.stop);
    const auto to = app::find_snapshot(places, session.invocation.argument("TO"), session.stop);
    session.result["from"] = from.snapshot.id.hex();
    session.result["to"] = to.snapshot.id.hex();
    show_difference(session, app::difference(session.world, from, to, session.stop));
    return app::Exit::done;
}

}  // namespace lifeboat::cli
