#include "app/snapshot_copy.h"
#include "base/text.h"
#include "cli/commands/commands.h"
#include "cli/commands/shared.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace lifeboat::cli {
namespace {

// A place's name, or a folder.
app::CopyEnd end_of(Session& session, const std::string& flag) {
    const std::string given = session.invocation.value(flag);
    if (given.empty()) {
        throw Misuse(fmt::format("--{} is needed", flag),
                     "Name two places: lifeboat snapshot copy --from ssd --to /mnt/old");
    }
    const bool known =
        std::ranges::count(session.settings().places, given, &app::PlaceSetting::name) != 0;
    std::string file = session.invocation.value(flag + "-password-file");
    if (!file.empty()) file = app::absolute_path(session.environment, file);
    return {.place = known ? given : app::absolute_path(session.environment, given),
            .password_file = std::move(file)};
}

void show(Session& session, const repository::CopyReport& report) {
    Output& out = session.out;
    const Style& style = out.out();
    session.result["snapshots"] = nlohmann::json::array();
    for (const repository::CopiedSnapshot& one : report.snapshots) {
        const std::string to = one.to ? one.to->hex() : "";
        out.line(fmt::format("{} {} {}", style.paint(Tone::good, style.tick()), short_id(one.from),
                             one.was_there
                                 ? "was there already"
                                 : (one.to ? "is now " + short_id(*one.to) : "would be copied")));
        session.result["snapshots"].push_back(
            {{"from", one.from.hex()}, {"to", to}, {"was_there", one.was_there}});
    }
    session.result["failed"] = nlohmann::json::array();
    for (const auto& [id, problem] : report.failed) {
        out.line(fmt::format("{} {} was not copied: {}", style.paint(Tone::bad, style.cross()),
                             short_id(id), printable(problem)));
        session.result["failed"].push_back(
            {{"snapshot", id.hex()}, {"problem", valid_utf8(problem)}});
    }
    out.line(fmt::format("{}{} written; pieces copied: {}, there already: {}", would(session),
                         human_bytes(report.bytes_written), human_count(report.blobs_copied),
                         human_count(report.blobs_present)));
    session.result["blobs_copied"] = report.blobs_copied;
    session.result["blobs_present"] = report.blobs_present;
    session.result["bytes_read"] = report.bytes_read;
    session.result["bytes_written"] = report.bytes_written;
    session.result["dry_run"] = session.dry_run();
}

}  // namespace

app::Exit snapshot_copy(Session& session) {
    const app::SnapshotCopyRequest request{
        .from = end_of(session, "from"),
        .to = end_of(session, "to"),
        .snapshots = session.invocation.argument_list("SNAPSHOT"),
        .dry_run = session.dry_run()};
    const auto report = app::copy_snapshots(session.world, request, session.prompt, session.stop);
    show(session, report);
    if (report.complete()) return app::Exit::done;
    session.out.note("Damage in the source: lifeboat place repair");
    return app::Exit::damaged;
}

}  // namespace lifeboat::cli
