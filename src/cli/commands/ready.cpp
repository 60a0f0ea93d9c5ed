#include "app/attestations.h"
#include "app/facts_ahead.h"
#include "app/look.h"
#include "app/records.h"
#include "app/run_lock.h"
#include "base/text.h"
#include "cli/checklist_view.h"
#include "cli/commands/commands.h"
#include "cli/commands/reports.h"
#include "cli/commands/shared.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <optional>

namespace lifeboat::cli {
namespace {

app::Exit exit_of(checklist::Answer answer) {
    switch (answer) {
        case checklist::Answer::go:
            return app::Exit::done;
        case checklist::Answer::no_go:
            return app::Exit::no_go;
        case checklist::Answer::needs_confirmation:
            return app::Exit::needs_confirmation;
    }
    return app::Exit::no_go;
}

// What exists nowhere else, said before the copy begins: the reason for all of this.
void show_only_there(Session& session, const app::Words& words,
                     const checklist::Completeness& before) {
    Output& out = session.out;
    const Style& style = out.out();
    for (const checklist::ClassRow& row : before.classes) {
        if (row.only_on_phone.count() == 0) continue;
        const std::string_view now = session.dry_run() ? "" : "  copying now";
        out.line(fmt::format(
            "  {} {}: {} only on this phone ({}){}", style.paint(Tone::bad, style.cross()),
            words.text("class." + row.media_class), human_count(row.only_on_phone.count()),
            human_bytes(row.only_on_phone.bytes), now));
    }
    nlohmann::json line;
    line["state"] = "before_copy";
    line["completeness"] = completeness_json(before);
    out.json_line("status", std::move(line));
}

engine::ReadyOptions options(Session& session, const app::Words& words, const phone::Facts& facts) {
    engine::ReadyOptions result;
    result.single_place_waiver = session.invocation.value("accept-single-place");
    result.cloud_only_waiver = session.invocation.value("accept-cloud-only");
    result.backup = backup_options(session, facts);
    result.password = repository::password_strength(
        session.world.password(app::PasswordUse::open_existing, session.stop).reveal());
    result.told = app::attested(session.world, facts.device_key);
    result.pinned = app::pinned_paths(facts, session.invocation.values("pin"));
    result.before_copy = [&](const checklist::Completeness& before,
                             const checklist::EvidenceBook&) {
        show_only_there(session, words, before);
    };
    return result;
}

void show_problems(Output& out, const engine::ReadyReport& report) {
    const Style& style = out.out();
    for (const engine::PathNote& note : report.place_problems) {
        out.line(
            fmt::format("  {} {}", style.paint(Tone::bad, style.cross()), printable(note.note)));
    }
    for (const engine::PathNote& note : report.proof_mismatches) {
        out.line(fmt::format("  {} {}: {}", style.paint(Tone::bad, style.cross()),
                             printable(note.path.text()), printable(note.note)));
    }
    for (const engine::VerifyReport& verified : report.verified) {
        for (const engine::PathNote& note : verified.wrong) {
            out.line(fmt::format("  {} {}: {}: {}", style.paint(Tone::bad, style.cross()),
                                 printable(verified.place), printable(note.path.text()),
                                 printable(note.note)));
        }
    }
}

void show(Session& session, const app::Words& words, const engine::ReadyReport& report) {
    Output& out = session.out;
    out.line("");
    show_findings(out, words, report.verdict);
    show_problems(out, report);
    out.line("");
    show_completeness(out, words, report.after);
    show_not_covered(out, words, report.after);
    show_answer(out, words, report.verdict);
}

void fill_result(Session& session, const app::Words& words, const engine::ReadyReport& report) {
    nlohmann::json& result = session.result;
    result["phone"] = facts_json(report.facts);
    result["dry_run"] = session.dry_run();
    result["completeness"] = completeness_json(report.after);
    result["place_problems"] = notes_json(report.place_problems);
    result["proof_mismatches"] = notes_json(report.proof_mismatches);
    result["new_since_copy"] = notes_json(report.new_since_copy);
    result["backup"] = report.backup ? backup_json(*report.backup) : nlohmann::json();
    result["verified"] = nlohmann::json::array();
    for (const engine::VerifyReport& verified : report.verified) {
        result["verified"].push_back(verify_json(verified));
    }
    result["answer"] = checklist::to_text(report.verdict.answer);
    session.out.json_line("verdict", verdict_json(words, report.verdict));
}

}  // namespace

app::Exit ready(Session& session) {
    std::optional<app::RunLock> lock;
    if (!session.dry_run()) lock.emplace(app::run_lock_wait(session.world), "ready", session.stop);
    const auto words = app::english_words();
    const auto phone = connect_phone(session, session.invocation.argument("PHONE"));
    app::FactsAhead ahead(*phone, session.stop);
    app::OpenedPlaces places =
        session.world.open_places(session.invocation.values("place"), session.stop);
    const phone::Facts facts = ahead.get();
    const engine::ReadyOptions wanted = options(session, *words, facts);
    const engine::OperationContext context = session.world.context(session.stop);

    session.out.line(phone_title(session.out.out(), facts));
    const engine::ReadyReport report = session.dry_run()
                                           ? app::look_only(*phone, places, wanted, context)
                                           : engine::ready(*phone, places.places, wanted, context);
    if (session.dry_run())
        show_only_there(session, *words, report.before);
    else
        app::record_evidence(session.world, report.evidence, report.facts.device_key);
    show(session, *words, report);
    fill_result(session, *words, report);
    return exit_of(report.verdict.answer);
}

}  // namespace lifeboat::cli
