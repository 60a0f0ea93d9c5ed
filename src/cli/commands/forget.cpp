#include "app/run_lock.h"
#include "app/snapshots.h"
#include "app/tidy.h"
#include "base/text.h"
#include "cli/commands/commands.h"
#include "cli/commands/shared.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace lifeboat::cli {
namespace {

uint32_t keep_count(const Session& session, std::string_view flag) {
    const std::string text = session.invocation.value(flag);
    if (text.empty() && !session.invocation.has(flag)) return 0;
    if (text == "unlimited") return repository::keep_unlimited;
    const auto number = parse_u64(text);
    if (!number || *number == 0 || *number > 1'000'000) {
        throw Misuse(fmt::format("--{}: '{}' is no number", flag, printable(text)),
                     "As in: 3, or unlimited. Nothing was removed.");
    }
    return static_cast<uint32_t>(*number);
}

repository::KeepSpan keep_span(const Session& session, std::string_view flag) {
    if (!session.invocation.has(flag)) return {};
    const std::string text = session.invocation.value(flag);
    const auto span = repository::parse_keep_span(text);
    if (!span || span->is_zero()) {
        throw Misuse(fmt::format("--{}: '{}' is no span of time", flag, printable(text)),
                     "As in: 7d, 2m, 1y5d12h. Nothing was removed.");
    }
    return *span;
}

repository::KeepPolicy policy_of(const Session& session) {
    repository::KeepPolicy policy;
    policy.phone_tag = engine::tag_phone("");
    policy.journal_tag = engine::tag_interrupted;
    policy.last = keep_count(session, "keep-last");
    policy.counts = {.hourly = keep_count(session, "keep-hourly"),
                     .daily = keep_count(session, "keep-daily"),
                     .weekly = keep_count(session, "keep-weekly"),
                     .monthly = keep_count(session, "keep-monthly"),
                     .yearly = keep_count(session, "keep-yearly")};
    policy.within = {.all = keep_span(session, "keep-within"),
                     .hourly = keep_span(session, "keep-within-hourly"),
                     .daily = keep_span(session, "keep-within-daily"),
                     .weekly = keep_span(session, "keep-within-weekly"),
                     .monthly = keep_span(session, "keep-within-monthly"),
                     .yearly = keep_span(session, "keep-within-yearly")};
    for (const std::string& list : session.invocation.values("keep-tag")) {
        std::vector<std::string> tags;
        for (const std::string_view tag : split(list, ',')) {
            if (tag.empty()) throw Misuse("--keep-tag: a tag is empty", "Nothing was removed.");
            tags.emplace_back(tag);
        }
        policy.tags.push_back(std::move(tags));
    }
    return policy;
}

repository::PruneOptions prune_options(const Session& session) {
    repository::PruneOptions options{.dry_run = session.dry_run()};
    if (session.invocation.has("max-unused")) {
        options.max_unused = app::parse_unused_limit(session.invocation.value("max-unused"));
    }
    if (session.invocation.has("max-repack-size")) {
        options.max_repack_size = app::parse_size(session.invocation.value("max-repack-size"));
    }
    return options;
}

// What went wrong in places, and the exit it costs.
app::Exit show_problems(Session& session, const std::vector<app::PlaceDone>& places) {
    app::Exit worst = app::Exit::done;
    for (const app::PlaceDone& place : places) {
        nlohmann::json entry;
        entry["place"] = place.place;
        entry["problem"] = valid_utf8(place.problem);
        session.result["places"].push_back(std::move(entry));
        if (place.problem.empty()) continue;
        session.out.warn(fmt::format("{} {}: {}", session.out.err().exclamation(), place.place,
                                     printable(place.problem)));
        if (worst == app::Exit::done) worst = place.exit;
    }
    return worst;
}

void show_row(Session& session, const app::ForgetRow& row) {
    const Style& style = session.out.out();
    std::string why = fmt::format("{}", fmt::join(row.reasons, ", "));
    if (row.goes()) why = fmt::format("from {}", fmt::join(row.goes_from, ", "));
    if (!row.stays_in.empty()) {
        why += fmt::format("{}the newest in {}", row.goes() ? "; " : "",
                           fmt::join(row.stays_in, ", "));
    }
    session.out.line(fmt::format(
        "{} {}  {}  {}  {}",
        row.goes() ? style.paint(Tone::warn, "forget") : style.paint(Tone::good, "keep  "),
        short_id(row.snapshot.id), date_text(row.snapshot.time),
        printable(app::snapshot_phone(row.snapshot)), printable(why)));
    nlohmann::json entry = snapshot_json(row.snapshot);
    entry["goes"] = row.goes();
    entry["reasons"] = nlohmann::json::array();
    for (const std::string& reason : row.reasons) entry["reasons"].push_back(valid_utf8(reason));
    entry["goes_from"] = row.goes_from;
    entry["stays_in"] = row.stays_in;
    session.result["snapshots"].push_back(std::move(entry));
}

nlohmann::json prune_json(const app::PlacePruned& pruned) {
    const repository::PruneReport& report = pruned.report;
    nlohmann::json json;
    json["place"] = pruned.done.place;
    json["problem"] = valid_utf8(pruned.done.problem);
    json["packs_before"] = report.packs_before;
    json["packs_removed"] = report.packs_removed;
    json["packs_rewritten"] = report.packs_rewritten;
    json["packs_unindexed"] = report.packs_unindexed;
    json["packs_written"] = report.packs_written;
    json["blobs_kept"] = report.blobs_kept;
    json["blobs_removed"] = report.blobs_removed;
    json["bytes_before"] = report.bytes_before;
    json["bytes_kept"] = report.bytes_kept;
    json["bytes_duplicate"] = report.bytes_duplicate;
    json["bytes_rewritten"] = report.bytes_rewritten;
    json["bytes_freed"] = report.bytes_freed;
    json["bytes_unused_left"] = report.bytes_unused_left;
    json["bytes_unindexed"] = report.bytes_unindexed;
    json["bytes_leftover"] = report.bytes_leftover;
    json["index_files_removed"] = report.index_files_removed;
    json["index_files_written"] = report.index_files_written;
    json["parity_files_removed"] = report.parity_files_removed;
    json["short_of_space"] = report.short_of_space;
    return json;
}

void show_pruned(Session& session, const app::PlacePruned& pruned) {
    const repository::PruneReport& report = pruned.report;
    const Style& style = session.out.out();
    session.out.line(
        fmt::format("{} {}: {}{} freed of {}, {} written anew, {} unused left",
                    style.paint(Tone::good, style.tick()), pruned.done.place, would(session),
                    human_bytes(report.bytes_freed), human_bytes(report.bytes_before),
                    human_bytes(report.bytes_rewritten), human_bytes(report.bytes_unused_left)));
    if (report.short_of_space) {
        session.out.note(
            "  There was no room to write more anew. Run it once more: it now has what "
            "this run freed.");
    }
}

app::Exit prune_places(Session& session, const app::OpenedPlaces& places) {
    const auto options = prune_options(session);
    session.result["pruned"] = nlohmann::json::array();
    app::Exit worst = app::Exit::done;
    for (const app::PlacePruned& pruned :
         app::prune(session.world, places, options, session.stop)) {
        session.result["pruned"].push_back(prune_json(pruned));
        if (pruned.done.problem.empty()) {
            show_pruned(session, pruned);
            continue;
        }
        session.out.warn(fmt::format("{} {}: {}", session.out.err().exclamation(),
                                     pruned.done.place, printable(pruned.done.problem)));
        if (worst == app::Exit::done) worst = pruned.done.exit;
    }
    return worst;
}

app::OpenedPlaces opened(Session& session) {
    return session.world.open_places(session.invocation.values("place"), session.stop);
}

app::HeldRow held(Session& session, const app::OpenedPlaces& places) {
    return app::find_held(places, session.invocation.argument("SNAPSHOT"), session.stop);
}

// Releasing and recovering: the same words about another thing.
app::Exit change_hold(Session& session, std::string_view what,
                      std::vector<app::PlaceDone> (*change)(const app::OpenedPlaces&,
                                                            const app::HeldRow&,
                                                            const std::stop_token&)) {
    const app::OpenedPlaces places = opened(session);
    const app::HeldRow row = held(session, places);
    session.result["snapshot"] = row.hold.snapshot.id.hex();
    session.result["places"] = nlohmann::json::array();
    session.result["dry_run"] = session.dry_run();
    const app::Exit worst = session.dry_run()
                                ? app::Exit::done
                                : show_problems(session, change(places, row, session.stop));
    session.out.line(
        fmt::format("{}backup {} {}", would(session), short_id(row.hold.snapshot.id), what));
    return worst;
}

}  // namespace

app::Exit snapshot_forget(Session& session) {
    const app::ForgetWish wish{.named = session.invocation.argument_list("SNAPSHOT"),
                               .policy = policy_of(session),
                               .phone = session.invocation.value("phone")};
    prune_options(session);  // wrong words are told before anything is done
    std::optional<app::RunLock> lock;
    if (!session.dry_run()) lock.emplace(app::run_lock_wait(session.world), "forget", session.stop);
    const app::OpenedPlaces places = opened(session);
    const auto rows = app::plan_forget(places, wish, session.stop);
    session.result["dry_run"] = session.dry_run();
    session.result["snapshots"] = nlohmann::json::array();
    session.result["places"] = nlohmann::json::array();
    for (const app::ForgetRow& row : rows) show_row(session, row);
    const auto count = std::ranges::count_if(rows, [](const auto& row) { return row.goes(); });
    session.result["forgotten"] = static_cast<uint64_t>(count);
    app::Exit worst = app::Exit::done;
    if (!session.dry_run()) {
        worst = show_problems(session, app::forget(places, rows, session.stop));
    }
    session.out.line(fmt::format("{}{} of {} backups forgotten", would(session),
                                 human_count(static_cast<uint64_t>(count)),
                                 human_count(rows.size())));
    const bool prune = session.invocation.has("prune");
    if (prune && !session.dry_run()) {
        const app::Exit exit = prune_places(session, places);
        if (worst == app::Exit::done) worst = exit;
    } else if (count > 0) {
        session.out.note("Their room comes back with: lifeboat place prune");
    }
    return worst;
}

app::Exit place_prune(Session& session) {
    prune_options(session);
    std::optional<app::RunLock> lock;
    if (!session.dry_run()) lock.emplace(app::run_lock_wait(session.world), "prune", session.stop);
    const app::OpenedPlaces places =
        session.world.open_places(session.invocation.argument_list("PLACE"), session.stop);
    session.result["dry_run"] = session.dry_run();
    return prune_places(session, places);
}

app::Exit snapshot_hold(Session& session) {
    const app::OpenedPlaces places = opened(session);
    const app::FoundSnapshot found =
        app::find_snapshot(places, session.invocation.argument("SNAPSHOT"), session.stop);
    const std::string note = session.invocation.value("note");
    session.result["snapshot"] = found.snapshot.id.hex();
    session.result["note"] = valid_utf8(note);
    session.result["places"] = nlohmann::json::array();
    session.result["dry_run"] = session.dry_run();
    app::Exit worst = app::Exit::done;
    if (!session.dry_run()) {
        worst = show_problems(session, app::hold(places, found.snapshot.id, note, session.stop));
    }
    session.out.line(fmt::format("{}backup {} of {} is on hold", would(session),
                                 short_id(found.snapshot.id), date_text(found.snapshot.time)));
    return worst;
}

app::Exit snapshot_release(Session& session) {
    return change_hold(session, "is no longer on hold", app::release);
}

app::Exit snapshot_recover(Session& session) {
    return change_hold(session, "is there again", app::bring_back);
}

}  // namespace lifeboat::cli
