#include "app/facts_ahead.h"
#include "app/run_lock.h"
#include "base/text.h"
#include "cli/commands/app_backup_reports.h"
#include "cli/commands/commands.h"
#include "cli/commands/record_reports.h"
#include "cli/commands/reports.h"
#include "cli/commands/shared.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <optional>

namespace lifeboat::cli {
namespace {

std::string wrong_password_text(const engine::IphoneProof& proof) {
    if (!proof.opens_earlier) {
        return "Encrypted, kept, and not opened: the password of the iPhone's backups is another "
               "one. Give the right one: --phone-password-file FILE";
    }
    return fmt::format(
        "Encrypted, kept, and not opened: the password of the iPhone's backups was changed. Those "
        "up to {} open with the one given, this one with the new one. Keep both, and name the new "
        "one: --phone-password-file FILE",
        date_text(*proof.opens_earlier));
}

// Was it opened, as a restore would?
void show_proof(Output& out, const engine::IphoneProof& proof) {
    const Style& style = out.out();
    const std::string warning = style.paint(Tone::warn, style.exclamation());
    switch (proof.not_opened) {
        case engine::NotOpened::no:
            out.line(fmt::format(
                "{} {} and compared: {} of {} files", style.paint(Tone::good, style.tick()),
                proof.encrypted ? "Decrypted" : "Read", human_count(proof.rehearsal.files_checked),
                human_count(proof.rehearsal.files_in_backup)));
            return;
        case engine::NotOpened::no_password:
            out.line(
                fmt::format("{} Encrypted, and not opened: name the password of the iPhone's "
                            "backups with --phone-password-file",
                            warning));
            return;
        case engine::NotOpened::wrong_password:
            out.line(fmt::format("{} {}", warning, wrong_password_text(proof)));
            return;
    }
}

void show(Session& session, const engine::BackupReport& report) {
    Output& out = session.out;
    const Style& style = out.out();
    const repository::Receipt& receipt = report.receipt;
    out.line(fmt::format("{} Backup {}: {} files ({}), of these {} unchanged; new {}, stored as {}",
                         report.complete ? style.paint(Tone::good, style.tick())
                                         : style.paint(Tone::warn, style.exclamation()),
                         short_id(receipt.snapshot), human_count(receipt.files),
                         human_bytes(receipt.bytes), human_count(receipt.files_kept),
                         human_bytes(receipt.bytes_new), human_bytes(receipt.bytes_stored)));
    show_notes(out, "Not readable on the phone", Tone::warn, report.unreadable);
    if (report.iphone) show_proof(out, *report.iphone);
    show_collections(session, *app::english_words(), report.records);
}

app::Exit only_look(Session& session, phone::Phone& phone) {
    const phone::Inventory inventory = phone.inventory(session.stop);
    uint64_t files = 0;
    uint64_t bytes = 0;
    for (const Item& item : inventory.items) {
        files += item.kind == ItemKind::file ? 1 : 0;
        bytes += item.size;
    }
    session.out.line(fmt::format("Would look at {} files ({}); paths that cannot be read: {}",
                                 human_count(files), human_bytes(bytes),
                                 human_count(inventory.unreadable.size())));
    session.result["dry_run"] = true;
    session.result["files"] = files;
    session.result["bytes"] = bytes;
    session.result["unreadable_count"] = inventory.unreadable.size();
    return app::Exit::done;
}

// The phone said what there is to say: what it gave was read back, or no app allows any.
bool is_answered(engine::AppBackupState state) {
    return state == engine::AppBackupState::saved || state == engine::AppBackupState::none_allowed;
}

}  // namespace

app::Exit backup(Session& session) {
    std::optional<app::RunLock> lock;
    if (!session.dry_run()) lock.emplace(app::run_lock_wait(session.world), "backup", session.stop);
    const auto phone = connect_phone(session, session.invocation.argument("PHONE"));
    if (session.dry_run()) return only_look(session, *phone);
    app::FactsAhead ahead(*phone, session.stop);
    app::OpenedPlaces places =
        session.world.open_places(session.invocation.values("place"), session.stop);
    engine::Place& first = places.first();
    const phone::Facts facts = ahead.get();
    session.out.line(phone_title(session.out.out(), facts));
    std::optional<engine::WithAppBackup> asking;
    if (session.invocation.has("legacy-ab")) {
        asking.emplace(*phone,
                       engine::AppBackupWish{.apps = session.invocation.values("app"),
                                             .password = app_backup_password(session)},
                       session.world.clock());
    }
    phone::Phone& source = asking ? static_cast<phone::Phone&>(*asking) : *phone;
    const engine::BackupReport report =
        engine::backup(source, facts, *first.repository, session.world.context(session.stop),
                       backup_options(session, facts));
    show(session, report);
    session.result = backup_json(report);
    if (asking) {
        show_app_backup(session, asking->report());
        session.result["app_backup"] = app_backup_json(asking->report());
    }
    session.result["phone"] = facts_json(facts);
    session.result["dry_run"] = false;
    const bool all_places = replicate(session, places, first);
    session.out.note("Next: lifeboat verify");
    if (!all_places) return app::Exit::unreachable;
    const bool well = report.complete && (!asking || is_answered(asking->report().state));
    return well ? app::Exit::done : app::Exit::partly;
}

}  // namespace lifeboat::cli
