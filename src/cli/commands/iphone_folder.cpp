// An iPhone's backup as the folder that Finder, Apple Devices and idevicebackup2 know: out of the
// repository.
#include "app/opened_snapshot.h"
#include "app/run_lock.h"
#include "base/error.h"
#include "base/text.h"
#include "cli/commands/commands.h"
#include "cli/commands/reports.h"
#include "cli/commands/shared.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <optional>

namespace lifeboat::cli {
namespace {

void say_written(Session& session, const engine::RestoreReport& report, const std::string& udid) {
    show_written(session, report);
    const bool well = report.failed.empty() && report.conflicts.empty();
    if (well && !session.dry_run()) {
        session.out.note(
            fmt::format("The folder {} in there is the backup. Finder and Apple Devices find "
                        "it in their own folder MobileSync/Backup; idevicebackup2 restore "
                        "takes the folder above it.",
                        udid));
    }
}

}  // namespace

app::Exit snapshot_export(Session& session) {
    const Invocation& words = session.invocation;
    std::optional<app::RunLock> lock;
    if (!session.dry_run()) lock.emplace(app::run_lock_wait(session.world), "export", session.stop);
    const app::OpenedPlaces places = session.world.open_places(words.values("place"), session.stop);
    const auto found = app::find_snapshot(places, words.argument("SNAPSHOT"), session.stop);
    const auto kind = app::iphone_backup_kind(found, session.stop);
    if (!kind) {
        throw Misuse(fmt::format("The backup {} is not of an iPhone", short_id(found.snapshot.id)),
                     "Its files come out with: lifeboat restore SNAPSHOT --to DIR");
    }
    const engine::RestoreReport report = engine::restore_to_folder(
        *found.place.repository, found.snapshot,
        app::absolute_path(session.environment, words.argument("DIR")),
        {.only = {kind->root}, .dry_run = session.dry_run(), .as_stored = true},
        session.world.context(session.stop));
    say_written(session, report, kind->root.text());
    session.result = restore_json(report);
    session.result["dry_run"] = session.dry_run();
    session.result["encrypted"] = kind->encrypted;
    if (!report.failed.empty()) return app::Exit::partly;
    return report.conflicts.empty() || session.dry_run() ? app::Exit::done : app::Exit::failed;
}

}  // namespace lifeboat::cli
