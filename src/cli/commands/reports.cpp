#include "cli/commands/reports.h"

#include "base/text.h"
#include "cli/commands/record_reports.h"
#include "cli/commands/shared.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace lifeboat::cli {
namespace {

nlohmann::json items_json(const std::vector<engine::AuditItem>& items) {
    nlohmann::json json = nlohmann::json::array();
    for (const engine::AuditItem& item : items) {
        nlohmann::json entry;
        put_path(entry, item.name().text());
        entry["bytes"] = item.size;
        entry["class"] = item.media_class;
        entry["note"] = valid_utf8(item.note);
        json.push_back(std::move(entry));
    }
    return json;
}

}  // namespace

nlohmann::json notes_json(const std::vector<engine::PathNote>& notes) {
    nlohmann::json json = nlohmann::json::array();
    for (const engine::PathNote& note : notes) {
        nlohmann::json entry;
        put_path(entry, note.path.text());
        entry["note"] = valid_utf8(note.note);
        json.push_back(std::move(entry));
    }
    return json;
}

namespace {

std::string_view opened_text(engine::NotOpened why) {
    switch (why) {
        case engine::NotOpened::no:
            return "yes";
        case engine::NotOpened::no_password:
            return "no_password";
        case engine::NotOpened::wrong_password:
            return "wrong_password";
    }
    return "no_password";
}

nlohmann::json iphone_json(const engine::IphoneProof& proof) {
    nlohmann::json json;
    json["encrypted"] = proof.encrypted;
    json["opened"] = opened_text(proof.not_opened);
    json["files"] = proof.rehearsal.files_in_backup;
    json["files_checked"] = proof.rehearsal.files_checked;
    if (proof.opens_earlier) json["opens_earlier"] = to_rfc3339(*proof.opens_earlier);
    return json;
}

}  // namespace

nlohmann::json backup_json(const engine::BackupReport& report) {
    nlohmann::json json;
    if (report.iphone) json["iphone"] = iphone_json(*report.iphone);
    json["snapshot"] = report.receipt.snapshot.hex();
    json["complete"] = report.complete;
    json["finished"] = to_rfc3339(report.finished);
    json["files"] = report.receipt.files;
    json["files_kept"] = report.receipt.files_kept;
    json["bytes"] = report.receipt.bytes;
    json["bytes_new"] = report.receipt.bytes_new;
    json["bytes_stored"] = report.receipt.bytes_stored;
    json["unreadable"] = notes_json(report.unreadable);
    json["records"] = collections_json(report.records);
    return json;
}

nlohmann::json verify_json(const engine::VerifyReport& report) {
    nlohmann::json json;
    json["place"] = report.place;
    json["snapshot"] = report.snapshot.hex();
    json["clean"] = report.clean();
    json["files"] = report.files;
    json["bytes"] = report.bytes;
    json["finished"] = to_rfc3339(report.finished);
    json["wrong"] = notes_json(report.wrong);
    json["damages"] = nlohmann::json::array();
    for (const repository::Damage& damage : report.damages) {
        nlohmann::json entry;
        entry["file"] = valid_utf8(damage.file);
        entry["problem"] = valid_utf8(damage.problem);
        json["damages"].push_back(std::move(entry));
    }
    json["elsewhere"] = nlohmann::json::array();
    for (const repository::AffectedFile& affected : report.elsewhere) {
        nlohmann::json entry;
        put_path(entry, affected.path.text());
        entry["snapshot"] = affected.snapshot.hex();
        entry["problem"] = valid_utf8(affected.problem);
        json["elsewhere"].push_back(std::move(entry));
    }
    json["hints"] = nlohmann::json::array();
    for (const std::string& hint : report.hints) json["hints"].push_back(valid_utf8(hint));
    return json;
}

nlohmann::json restore_json(const engine::RestoreReport& report) {
    nlohmann::json json;
    json["snapshot"] = report.snapshot.hex();
    json["files"] = report.files;
    json["bytes"] = report.bytes;
    json["compared_equal"] = report.compared_equal;
    json["already_there"] = report.already_there;
    json["failed"] = notes_json(report.failed);
    json["conflicts"] = notes_json(report.conflicts);
    return json;
}

nlohmann::json audit_json(const engine::AuditReport& report) {
    nlohmann::json json;
    json["phone"] = facts_json(report.facts);
    json["baseline"] = snapshot_json(report.baseline);
    json["build_before"] = valid_utf8(report.build_before);
    json["same"] = report.same;
    json["lost"] = items_json(report.lost);
    json["damaged"] = items_json(report.damaged);
    json["changed"] = items_json(report.changed);
    json["moved"] = items_json(report.moved);
    json["added"] = items_json(report.added);
    json["unreadable"] = notes_json(report.unreadable);
    json["classes"] = nlohmann::json::array();
    for (const engine::ClassChange& compared : report.classes) {
        const auto& change = compared.change;
        nlohmann::json one{{"class", compared.id}, {"comparable", change.comparable}};
        if (change.comparable) {
            one["before"] = change.before;
            one["after"] = change.after;
            one["lost"] = change.lost_count();
            one["added"] = change.added;
            one["by_identity"] = change.by_identity;
        } else {
            one["why"] = valid_utf8(change.why);
        }
        json["classes"].push_back(std::move(one));
    }
    for (nlohmann::json& one : changes_json(report.records))
        json["classes"].push_back(std::move(one));
    if (report.compared_with) json["compared_with"] = snapshot_json(*report.compared_with);
    return json;
}

void show_notes(Output& out, std::string_view title, Tone tone,
                const std::vector<engine::PathNote>& notes) {
    if (notes.empty()) return;
    constexpr size_t usual = 10;
    out.line(out.out().paint(tone, fmt::format("{}: {}", title, human_count(notes.size()))));
    const size_t shown = out.verbosity() > 0 ? notes.size() : std::min(usual, notes.size());
    for (size_t i = 0; i < shown; ++i) {
        out.line(fmt::format("    {}{}{}", printable(notes[i].path.text()),
                             notes[i].note.empty() ? "" : ": ", printable(notes[i].note)));
    }
    if (shown < notes.size()) {
        out.line(fmt::format("    and {} more; -v lists all", human_count(notes.size() - shown)));
    }
}

void show_written(Session& session, const engine::RestoreReport& report) {
    Output& out = session.out;
    const Style& style = out.out();
    const bool well = report.failed.empty() && report.conflicts.empty();
    out.line(fmt::format(
        "{} {}{} files ({}) {}; compared equal: {}; were there already: {}",
        well ? style.paint(Tone::good, style.tick()) : style.paint(Tone::warn, style.exclamation()),
        would(session), human_count(report.files), human_bytes(report.bytes),
        session.dry_run() ? "to write" : "written", human_count(report.compared_equal),
        human_count(report.already_there)));
    show_notes(out, "Another file is in the way", Tone::warn, report.conflicts);
    show_notes(out, "Could not be brought back", Tone::bad, report.failed);
}

}  // namespace lifeboat::cli
