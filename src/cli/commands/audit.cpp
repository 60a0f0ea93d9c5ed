#include "app/records.h"
#include "app/run_lock.h"
#include "app/snapshots.h"
#include "app/words.h"
#include "base/error.h"
#include "base/text.h"
#include "cli/commands/commands.h"
#include "cli/commands/record_reports.h"
#include "cli/commands/reports.h"
#include "cli/commands/shared.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <map>

namespace lifeboat::cli {
namespace {

app::FoundSnapshot baseline(Session& session, const app::OpenedPlaces& places,
                            const std::string& device_key) {
    if (session.invocation.has("baseline")) {
        return app::find_snapshot(places, session.invocation.value("baseline"), session.stop);
    }
    std::vector<repository::Snapshot> all;
    for (app::SnapshotRow& row : app::snapshot_rows(places, session.stop)) {
        all.push_back(std::move(row.snapshot));
    }
    const auto newest = engine::newest_backup(all, device_key);
    if (!newest) {
        throw Missing("There is no finished backup of this phone to compare with",
                      "An audit needs a backup from before the update. From now on: lifeboat "
                      "ready.");
    }
    return app::find_snapshot(places, newest->id.hex(), session.stop);
}

std::vector<engine::PathNote> notes(const std::vector<engine::AuditItem>& items) {
    std::vector<engine::PathNote> result;
    for (const engine::AuditItem& item : items) {
        result.push_back({item.name(), item.note.empty() ? human_bytes(item.size) : item.note});
    }
    return result;
}

std::string by_class(const std::vector<engine::AuditItem>& items) {
    std::map<std::string, uint64_t> counts;
    for (const engine::AuditItem& item : items) ++counts[item.media_class];
    std::string text;
    for (const auto& [media_class, count] : counts) {
        text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", media_class, human_count(count));
    }
    return text;
}

uint64_t lost_rows(const engine::AuditReport& report) {
    uint64_t lost = 0;
    for (const engine::ClassChange& one : report.classes)
        lost += one.lost_something() ? one.change.lost_count() : 0;
    return lost + lost_records(report.records);
}

// What the databases of an iPhone hold, by the identities of their rows.
void show_classes(Session& session, const app::Words& words, const engine::AuditReport& report) {
    Output& out = session.out;
    const Style& style = out.out();
    for (const engine::ClassChange& one : report.classes) {
        const auto& change = one.change;
        const std::string name(words.text("inventory." + one.id));
        if (!change.comparable) {
            out.line(fmt::format("  {} {}: cannot be compared ({})",
                                 one.was_counted ? style.paint(Tone::warn, style.question())
                                                 : style.paint(Tone::plain, style.dot()),
                                 name, printable(change.why)));
            continue;
        }
        const bool lost = one.lost_something();
        out.line(fmt::format(
            "  {} {}: {} before, {} now{}{}",
            lost ? style.paint(Tone::bad, style.cross()) : style.paint(Tone::good, style.tick()),
            name, human_count(change.before), human_count(change.after),
            lost ? fmt::format("; {} lost", human_count(change.lost_count())) : "",
            change.added > 0 ? fmt::format("; {} new", human_count(change.added)) : ""));
    }
}

void show(Session& session, const app::Words& words, const engine::AuditReport& report) {
    Output& out = session.out;
    const Style& style = out.out();
    out.line(phone_title(style, report.facts));
    out.line(fmt::format("Compared with the backup {} of {}{}", short_id(report.baseline.id),
                         date_text(report.baseline.time),
                         report.build_before.empty() || report.build_before == report.facts.build
                             ? ""
                             : fmt::format(" (then {})", printable(report.build_before))));
    out.line(fmt::format("  {} unchanged: {}", style.paint(Tone::good, style.tick()),
                         human_count(report.same)));
    show_notes(out, fmt::format("  {} lost", style.cross()), Tone::bad, notes(report.lost));
    show_notes(out, fmt::format("  {} damaged", style.cross()), Tone::bad, notes(report.damaged));
    show_notes(out, fmt::format("  {} changed", style.dot()), Tone::plain, notes(report.changed));
    show_notes(out, fmt::format("  {} moved", style.dot()), Tone::plain, notes(report.moved));
    show_notes(out, fmt::format("  {} new", style.dot()), Tone::plain, notes(report.added));
    show_notes(out, fmt::format("  {} not readable now", style.question()), Tone::warn,
               report.unreadable);
    show_classes(session, words, report);
    show_changes(session, words, report.records);
    out.line("");
    if (!report.lost_something() && report.not_comparable() > 0) {
        out.line(style.paint(Tone::warn, "Nothing is known to be lost.") +
                 fmt::format(" Not comparable, see above: {}", report.not_comparable()));
        return;
    }
    if (!report.lost_something() && asks_person(words, report.records)) {
        out.line(style.paint(Tone::warn, "Nothing of the backup is lost.") +
                 " What only you can bring back is named above.");
        return;
    }
    if (!report.lost_something()) {
        out.line(style.paint(Tone::good, "Everything is still here."));
        return;
    }
    if (report.lost.empty() && report.damaged.empty()) {
        out.line(style.paint(Tone::bad, "Lost: see above."));
        const bool by_record = lost_records(report.records) > 0;
        if (by_record && session.invocation.has("put-back")) return;
        out.line(by_record ? "Next: lifeboat restore --onto-phone --missing"
                           : "Next: lifeboat phone restore brings the whole backup back onto the "
                             "iPhone");
        return;
    }
    std::vector<engine::AuditItem> all = report.lost;
    all.insert(all.end(), report.damaged.begin(), report.damaged.end());
    out.line(style.paint(Tone::bad, fmt::format("Lost or damaged: {}", human_count(all.size()))) +
             fmt::format(" ({}){}", by_class(all),
                         lost_rows(report) > 0 ? fmt::format("; and in the databases: {}",
                                                             human_count(lost_rows(report)))
                                               : ""));
    if (!session.invocation.has("put-back")) {
        out.line("Next: lifeboat restore --onto-phone --missing");
    }
}

std::vector<ItemPath> paths(const std::vector<engine::AuditItem>& items) {
    std::vector<ItemPath> result;
    for (const engine::AuditItem& item : items) result.push_back(item.path);
    return result;
}

void put_back_records(Session& session, phone::Phone& phone, const app::FoundSnapshot& from,
                      const engine::AuditReport& report, const engine::OperationContext& context) {
    session.result["put_back_records"] = nlohmann::json::array();
    const auto classes = lost_classes(report.records);
    if (classes.empty()) return;
    const auto outcomes =
        engine::restore_records(*from.place.repository, from.snapshot, phone,
                                {.classes = classes, .dry_run = session.dry_run()}, context);
    show_outcomes(session, *app::english_words(), outcomes);
    session.result["put_back_records"] = outcomes_json(outcomes);
}

// Lost files first; damaged ones replace what is there.
void put_back(Session& session, phone::Phone& phone, const app::FoundSnapshot& from,
              const engine::AuditReport& report) {
    const engine::OperationContext context = session.world.context(session.stop);
    session.result["put_back"] = nlohmann::json::array();
    const auto bring = [&](const std::vector<engine::AuditItem>& items,
                           engine::Overwrite overwrite) {
        if (items.empty()) return;
        const engine::RestoreReport restored = engine::restore_to_phone(
            *from.place.repository, from.snapshot, phone,
            {.only = paths(items), .overwrite = overwrite, .dry_run = session.dry_run()}, context);
        session.out.line(fmt::format("{}Put back: {} files ({}), compared equal: {}",
                                     would(session), human_count(restored.files),
                                     human_bytes(restored.bytes),
                                     human_count(restored.compared_equal)));
        show_notes(session.out, "Could not be brought back", Tone::bad, restored.failed);
        session.result["put_back"].push_back(restore_json(restored));
    };
    bring(report.lost, engine::Overwrite::refuse);
    bring(report.damaged, engine::Overwrite::replace);
    put_back_records(session, phone, from, report, context);
}

engine::AuditReport compare(Session& session, phone::Phone& phone,
                            const app::FoundSnapshot& found) {
    const engine::OperationContext context = session.world.context(session.stop);
    const phone::Facts facts = phone.facts(session.stop);
    repository::Repository& repository = *found.place.repository;
    if (facts.id.platform != phone::Platform::ios)
        return engine::audit(phone, repository, found.snapshot, context);
    return engine::audit_iphone(phone, repository, found.snapshot, backup_options(session, facts),
                                context);
}

engine::AuditReport audit_once(Session& session, phone::Phone& phone,
                               const app::FoundSnapshot& found) {
    const engine::AuditReport report = compare(session, phone, found);
    show(session, *app::english_words(), report);
    app::record_audit(session.world, report);
    app::record_evidence(session.world, report.evidence, report.facts.device_key);
    return report;
}

}  // namespace

app::Exit audit(Session& session) {
    const app::RunLock lock(app::run_lock_wait(session.world), "audit", session.stop);
    const auto phone = connect_phone(session, session.invocation.argument("PHONE"));
    const phone::Facts facts = phone->facts(session.stop);
    const app::OpenedPlaces places =
        session.world.open_places(session.invocation.values("place"), session.stop);
    const app::FoundSnapshot found = baseline(session, places, facts.device_key);
    engine::AuditReport report = audit_once(session, *phone, found);
    if (report.lost_something() && session.invocation.has("put-back")) {
        put_back(session, *phone, found, report);
        if (!session.dry_run()) report = audit_once(session, *phone, found);
    }
    nlohmann::json put_back_result = session.result.value("put_back", nlohmann::json::array());
    nlohmann::json records = session.result.value("put_back_records", nlohmann::json::array());
    session.result = audit_json(report);
    session.result["put_back"] = std::move(put_back_result);
    session.result["put_back_records"] = std::move(records);
    if (report.lost_something()) return app::Exit::loss;
    return report.not_comparable() > 0 ? app::Exit::partly : app::Exit::done;
}

}  // namespace lifeboat::cli
