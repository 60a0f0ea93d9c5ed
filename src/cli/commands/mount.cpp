#include "app/mounting.h"
#include "base/text.h"
#include "cli/commands/app_backup_reports.h"
#include "cli/commands/commands.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lifeboat::cli {
namespace {

void say_mounted(Session& session, const app::MountedPlace& mounted) {
    const Style& style = session.out.out();
    session.out.line(fmt::format(
        "{} {} backups of the place {} are in {}", style.paint(Tone::good, style.tick()),
        human_count(mounted.backups), mounted.place, printable(mounted.folder)));
    session.out.note(
        fmt::format("It stays there until Ctrl-C, or from elsewhere: fusermount3 -u {}",
                    printable(mounted.folder)));
    nlohmann::json line;
    line["state"] = "mounted";
    line["place"] = mounted.place;
    line["backups"] = mounted.backups;
    put_path(line, mounted.folder);
    session.out.json_line("status", std::move(line));
}

}  // namespace

app::Exit mount(Session& session) {
    app::require_mounting();
    app::OpenedPlaces places =
        session.world.open_places(session.invocation.values("place"), session.stop);
    const std::string wanted = session.invocation.argument("FOLDER");
    const app::MountFolder folder(wanted.empty()
                                      ? app::usual_mount_folder(session.environment, session.paths)
                                      : app::absolute_path(session.environment, wanted));
    const app::MountedPlace mounted = app::mount_places(
        session.world, places, folder.path(),
        {.as_stored = session.invocation.has("as-stored"),
         .app_password = app_backup_password(session)},
        [&](const app::MountedPlace& now) { say_mounted(session, now); }, session.stop);
    session.out.note("Unmounted.");
    put_path(session.result, mounted.folder);
    session.result["place"] = mounted.place;
    session.result["backups"] = mounted.backups;
    // Ctrl-C is how it ends.
    return app::Exit::done;
}

}  // namespace lifeboat::cli
