#include "app/place_repair.h"
#include "base/error.h"
#include "base/text.h"
#include "cli/commands/commands.h"
#include "cli/commands/reports.h"
#include "cli/commands/shared.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lifeboat::cli {
namespace {

nlohmann::json affected_json(const std::vector<repository::AffectedFile>& affected) {
    nlohmann::json json = nlohmann::json::array();
    for (const repository::AffectedFile& file : affected) {
        nlohmann::json entry;
        entry["snapshot"] = file.snapshot.hex();
        put_path(entry, file.path.text());
        entry["problem"] = valid_utf8(file.problem);
        json.push_back(std::move(entry));
    }
    return json;
}

nlohmann::json rewritten_json(const std::vector<repository::RewrittenSnapshot>& rewritten) {
    nlohmann::json json = nlohmann::json::array();
    for (const repository::RewrittenSnapshot& one : rewritten) {
        nlohmann::json entry;
        entry["before"] = one.before.hex();
        entry["after"] = one.after && !one.after->is_zero() ? one.after->hex() : "";
        json.push_back(std::move(entry));
    }
    return json;
}

nlohmann::json parity_json(const app::PlaceRepair& done) {
    const repository::ParityReport& parity = done.parity;
    nlohmann::json json;
    json["problem"] = valid_utf8(done.parity_problem);
    json["present"] = parity.present;
    json["written"] = parity.written;
    json["mended"] = parity.mended;
    json["bytes_written"] = parity.bytes_written;
    json["damages"] = nlohmann::json::array();
    for (const repository::Damage& damage : parity.damages) {
        json["damages"].push_back(
            {{"file", valid_utf8(damage.file)}, {"problem", valid_utf8(damage.problem)}});
    }
    return json;
}

nlohmann::json repair_json(const app::PlaceRepair& done) {
    const repository::RepairReport& report = done.report;
    nlohmann::json json;
    json["place"] = done.place;
    json["whole"] = done.whole();
    json["sources"] = done.sources;
    json["sources_away"] = nlohmann::json::array();
    for (const std::string& away : done.sources_away) {
        json["sources_away"].push_back(valid_utf8(away));
    }
    json["mended"] = nlohmann::json::array();
    for (const repository::Mended& mended : report.mended) {
        json["mended"].push_back({{"file", valid_utf8(mended.file)},
                                  {"problem", valid_utf8(mended.problem)},
                                  {"remedy", valid_utf8(mended.remedy)}});
    }
    json["remaining"] = nlohmann::json::array();
    for (const repository::Damage& damage : report.remaining) {
        json["remaining"].push_back(
            {{"file", valid_utf8(damage.file)}, {"problem", valid_utf8(damage.problem)}});
    }
    json["affected"] = affected_json(report.affected);
    json["rewritten"] = rewritten_json(report.rewritten);
    json["set_aside"] = report.set_aside;
    json["packs"] = report.packs;
    json["packs_damaged"] = report.packs_damaged;
    json["packs_taken_in"] = report.packs_taken_in;
    json["blobs_fetched"] = report.blobs_fetched;
    json["blobs_saved"] = report.blobs_saved;
    json["blobs_lost"] = report.blobs_lost;
    json["bytes_read"] = report.bytes_read;
    json["bytes_written"] = report.bytes_written;
    json["parity"] = parity_json(done);
    return json;
}

void show_files(Output& out, const repository::RepairReport& report) {
    for (const repository::Mended& mended : report.mended) {
        out.line(fmt::format("    {}: {} {} {}", printable(mended.file), printable(mended.problem),
                             out.out().dash(), printable(mended.remedy)));
    }
    for (const repository::Damage& damage : report.remaining) {
        out.line(fmt::format("    {}: {} {} not repaired", printable(damage.file),
                             printable(damage.problem), out.out().dash()));
    }
    std::vector<engine::PathNote> affected;
    for (const repository::AffectedFile& file : report.affected) {
        affected.push_back(
            {file.path, fmt::format("in backup {}: {}", short_id(file.snapshot), file.problem)});
    }
    show_notes(out, "  Files that are lost here", Tone::bad, affected);
    for (const repository::RewrittenSnapshot& one : report.rewritten) {
        out.line(fmt::format("    backup {} {}", short_id(one.before),
                             one.after ? "was replaced by one without the lost files"
                                       : "had nothing left and was set aside"));
    }
    for (const std::string& hint : report.hints) {
        if (out.verbosity() > 0) out.line("    note: " + printable(hint));
    }
}

void show_parity(Session& session, const app::PlaceRepair& done) {
    Output& out = session.out;
    const repository::ParityReport& parity = done.parity;
    if (parity.written > 0) {
        out.line(fmt::format("    parity {} for {} files ({} new, {} cut or damaged): {}",
                             session.dry_run() ? "would be written" : "written",
                             human_count(parity.written),
                             human_count(parity.written - parity.mended),
                             human_count(parity.mended), human_bytes(parity.bytes_written)));
    }
    for (const repository::Damage& damage : parity.damages) {
        out.line(fmt::format("    {}: {} {} no parity was made of it", printable(damage.file),
                             printable(damage.problem), out.out().dash()));
    }
    if (done.parity_problem.empty()) return;
    out.warn(fmt::format("{} no parity was written: {}", out.err().paint(Tone::warn, "warning:"),
                         printable(done.parity_problem)));
}

void show_only_parity(Session& session, const app::PlaceRepair& done) {
    const Style& style = session.out.out();
    const bool whole = done.whole();
    const std::string outcome =
        done.parity.written > 0 ? "parity was incomplete" : "nothing was missing";
    session.out.line(fmt::format(
        "{} {}: {}, {} files had theirs",
        whole ? style.paint(Tone::good, style.tick()) : style.paint(Tone::bad, style.cross()),
        done.place, whole ? outcome : "damage was found", human_count(done.parity.present)));
    show_parity(session, done);
    session.result["places"].push_back(repair_json(done));
}

void show(Session& session, const app::PlaceRepair& done) {
    Output& out = session.out;
    const Style& style = out.out();
    const repository::RepairReport& report = done.report;
    std::string outcome = "nothing was damaged";
    if (report.changed()) outcome = session.dry_run() ? "can be made whole" : "is whole again";
    if (!report.whole) outcome = "damage remains";
    out.line(fmt::format("{} {}: {} ({} read, {} written)",
                         report.whole ? style.paint(Tone::good, style.tick())
                                      : style.paint(Tone::bad, style.cross()),
                         done.place, outcome, human_bytes(report.bytes_read),
                         human_bytes(report.bytes_written)));
    show_files(out, report);
    show_parity(session, done);
    for (const std::string& away : done.sources_away) {
        out.warn(fmt::format("{} could not be asked: {}", out.err().paint(Tone::warn, "warning:"),
                             printable(away)));
    }
    session.result["places"].push_back(repair_json(done));
}

}  // namespace

app::Exit place_repair(Session& session) {
    const std::string name = session.invocation.argument("PLACE");
    const std::vector<std::string> names =
        name.empty() ? std::vector<std::string>{} : std::vector{name};
    const app::PlaceRepairRequest request{
        .from = session.invocation.values("from"),
        .dry_run = session.dry_run(),
        .quick = session.invocation.has("quick"),
        .leave_out_lost = session.invocation.has("leave-out-lost"),
        .only_parity = session.invocation.has("parity")};
    if (request.only_parity && (!request.from.empty() || request.leave_out_lost)) {
        throw Misuse("--parity writes spare bytes only: --from and --leave-out-lost do not apply",
                     "Leave them out, or leave out --parity to repair the place.");
    }
    session.result["places"] = nlohmann::json::array();
    session.result["dry_run"] = session.dry_run();
    bool whole = true;
    for (const app::PlaceSetting& place : app::chosen_places(session.settings(), names)) {
        const app::PlaceRepair done =
            app::repair_place(session.world, place, request, session.stop);
        request.only_parity ? show_only_parity(session, done) : show(session, done);
        whole = whole && done.whole();
    }
    session.result["whole"] = whole;
    if (whole) return app::Exit::done;
    if (request.only_parity) {
        session.out.note("Repair the place first: lifeboat place repair");
        return app::Exit::damaged;
    }
    session.out.note(
        "Keep all places as they are, connect any other copy you have, and run this "
        "again. Backups without damage can be restored now.");
    return app::Exit::damaged;
}

}  // namespace lifeboat::cli
