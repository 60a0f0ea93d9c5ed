// Backups that other programs made: into the places, and what the apps in them gave.
#include "app/run_lock.h"
#include "base/text.h"
#include "cli/commands/app_backup_reports.h"
#include "cli/commands/commands.h"
#include "cli/commands/reports.h"
#include "cli/commands/shared.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <filesystem>

namespace lifeboat::cli {
namespace {

void show_iphone(Session& session, const engine::BackupReport& report, bool opened) {
    Output& out = session.out;
    out.line(opened
                 ? fmt::format("{} Opened: {} of {} files decrypted and compared", out.out().tick(),
                               human_count(report.iphone->rehearsal.files_checked),
                               human_count(report.iphone->rehearsal.files_in_backup))
                 : fmt::format("{} Not opened: nobody knows yet whether its password is known",
                               out.out().paint(Tone::warn, out.out().exclamation())));
}

app::Exit exit_of(engine::AppBackupState state) {
    if (state == engine::AppBackupState::saved) return app::Exit::done;
    return state == engine::AppBackupState::damaged ? app::Exit::damaged : app::Exit::partly;
}

// A file of this computer when there is one of this name; else a backup. The places stay open.
struct NamedFile {
    app::AppBackupFile file{};
    std::optional<repository::Snapshot> snapshot{};  // that it is of
};
NamedFile named_file(Session& session) {
    const Invocation& words = session.invocation;
    const std::string wanted = words.argument("FILE");
    const std::string path =
        wanted.empty() ? std::string() : app::absolute_path(session.environment, wanted);
    std::error_code failed;
    if (std::filesystem::is_regular_file(path, failed)) return {app::app_backup_file(path)};
    const app::OpenedPlaces places = session.world.open_places(words.values("place"), session.stop);
    const app::FoundSnapshot found = app::find_snapshot(places, wanted, session.stop);
    return {app::app_backup_file(found, session.stop), found.snapshot};
}

// Whether all of it was written.
bool take_out(Session& session, const app::AppBackupFile& file, const SecretText& password) {
    Output& out = session.out;
    const std::string folder =
        app::absolute_path(session.environment, session.invocation.value("to"));
    const app::TakenOut taken = app::take_out(file, password, folder);
    const Style& style = out.out();
    const bool all = taken.left_out_count == 0;
    out.line(fmt::format(
        "{} Written: {} files ({}) into {}",
        all ? style.paint(Tone::good, style.tick()) : style.paint(Tone::warn, style.exclamation()),
        human_count(taken.files), human_bytes(taken.bytes), printable(folder)));
    show_notes(out, "Left out", Tone::warn, taken.left_out);
    if (taken.left_out_count > taken.left_out.size()) {
        out.line(fmt::format("    in all {} were left out", human_count(taken.left_out_count)));
    }
    session.result["written_files"] = taken.files;
    session.result["written_bytes"] = taken.bytes;
    session.result["left_out"] = notes_json(taken.left_out);
    session.result["left_out_count"] = taken.left_out_count;
    return all;
}

void require_words(const Invocation& words) {
    for (const char* flag : {"app", "phone"}) {
        if (words.has(flag) && !words.has("onto-phone")) {
            throw Misuse(fmt::format("--{} is for --onto-phone: pass that, too", flag));
        }
    }
}

// Which phone, and what it gets: there may be several of both. A warning when it is of another one.
std::string described(Session& session, phone::Phone& phone,
                      const std::optional<repository::Snapshot>& snapshot) {
    const phone::Facts facts = phone.facts(session.stop);
    session.result["phone"] = facts_json(facts);
    const std::string title = phone_title(session.out.out(), facts);
    if (!snapshot) return fmt::format("{} by what is in the file", title);
    session.result["snapshot"] = snapshot->id.hex();
    if (app::snapshot_phone(*snapshot) != facts.device_key) {
        session.out.note(fmt::format("The backup of {} is of another phone than this one ({}).",
                                     date_text(snapshot->time), title));
    }
    return fmt::format("{} by what is in the backup of {}", title, date_text(snapshot->time));
}

// What the apps have on the phone is replaced: that is asked for, once it is known what can be.
app::Exit onto_phone(Session& session, const NamedFile& named, const SecretText& password,
                     const engine::AppBackupReport& report) {
    const Invocation& words = session.invocation;
    const auto phone = connect_phone(session, words.value("phone"));
    engine::AppReturnReport plan =
        engine::plan_app_return(report.listing, words.values("app"), *phone, session.stop);
    const size_t asked = plan.to_ask().size();
    const std::string what = described(session, *phone, named.snapshot);
    if (asked > 0 && !session.dry_run()) {
        const std::string question =
            fmt::format("Replace what {} apps have on {}?", human_count(asked), what);
        if (!words.has("yes") && !session.prompt.confirm(question, session.stop)) {
            throw Misuse("Not confirmed: nothing was sent");
        }
        const app::RunLock lock(app::run_lock_wait(session.world), "restore", session.stop);
        engine::return_apps(plan, *named.file.open(), password, *phone, session.world.events(),
                            session.stop);
    }
    show_app_return(session, plan);
    session.result["onto_phone"] = app_return_json(plan);
    const bool well =
        plan.state == engine::ReturnState::planned || plan.state == engine::ReturnState::asked;
    return well && asked == plan.apps.size() ? app::Exit::done : app::Exit::partly;
}

}  // namespace

app::Exit snapshot_import(Session& session) {
    const Invocation& words = session.invocation;
    const app::RunLock lock(app::run_lock_wait(session.world), "import", session.stop);
    app::OpenedPlaces places = session.world.open_places(words.values("place"), session.stop);
    engine::Place& first = places.first();
    const app::Imported taken =
        app::import_any(session.world, *first.repository,
                        app::absolute_path(session.environment, words.argument("PATH")),
                        app_backup_password(session), session.stop);
    const engine::BackupReport& report = taken.backup;
    Output& out = session.out;
    out.line(fmt::format("{} Backup {} of {}: {} files ({}), new {}", out.out().tick(),
                         short_id(report.receipt.snapshot), date_text(report.finished),
                         human_count(report.receipt.files), human_bytes(report.receipt.bytes),
                         human_bytes(report.receipt.bytes_new)));
    if (taken.apps) show_app_backup(session, *taken.apps);
    if (taken.vendor) show_vendor(session, *taken.vendor);
    if (!taken.apps && !taken.vendor) show_iphone(session, report, taken.opened());
    session.result = backup_json(report);
    session.result["opened"] = taken.opened();
    if (taken.apps) session.result["app_backup"] = app_backup_json(*taken.apps);
    if (taken.vendor) session.result["vendor"] = vendor_json(*taken.vendor);
    if (!replicate(session, places, first)) return app::Exit::unreachable;
    return taken.opened() ? app::Exit::done : app::Exit::partly;
}

app::Exit snapshot_apps(Session& session) {
    const Invocation& words = session.invocation;
    require_words(words);
    const SecretText password = app_backup_password(session);
    const NamedFile named = named_file(session);
    const app::AppBackupFile& file = named.file;
    const engine::AppBackupReport report = engine::read_app_backup(*file.open(), password);
    show_app_backup(session, report);
    session.result = app_backup_json(report);
    const bool opened = report.state == engine::AppBackupState::saved;
    const bool takes_out = words.has("to") && opened && !session.dry_run();
    const bool all = !takes_out || take_out(session, file, password);
    const app::Exit exit = words.has("onto-phone") && opened
                               ? onto_phone(session, named, password, report)
                               : exit_of(report.state);
    return exit == app::Exit::done && !all ? app::Exit::partly : exit;
}

}  // namespace lifeboat::cli
