// What could go from a phone to make room for an update.
#include "app/space_record.h"
#include "app/tidy.h"
#include "base/text.h"
#include "cli/commands/commands.h"
#include "cli/commands/reports.h"
#include "cli/commands/shared.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace lifeboat::cli {
namespace {

constexpr size_t list_limit = 10;  // of a list that -v shows whole
constexpr uint64_t most_days = 36500;

engine::SpaceWishes wishes_of(const Invocation& words) {
    engine::SpaceWishes wishes;
    if (words.has("larger")) wishes.video_bytes = app::parse_size(words.value("larger"));
    if (!words.has("days")) return wishes;
    const auto days = parse_u64(words.value("days"));
    if (!days || *days > most_days)
        throw Misuse(
            fmt::format("--days is a number of days, not \"{}\"", printable(words.value("days"))));
    wishes.age = std::chrono::hours(24 * static_cast<int64_t>(*days));
    return wishes;
}

std::string_view title_of(engine::SpaceReason reason) {
    switch (reason) {
        case engine::SpaceReason::duplicate:
            return "On the phone twice";
        case engine::SpaceReason::large_video:
            return "Large videos";
        case engine::SpaceReason::old_screenshot:
            return "Old screenshots";
        case engine::SpaceReason::old_download:
            return "Old downloads";
    }
    return "Files";
}

nlohmann::json files_json(const std::vector<engine::SpaceFile>& files) {
    nlohmann::json json = nlohmann::json::array();
    for (const engine::SpaceFile& file : files) {
        json.push_back({{"path", valid_utf8(file.path.text())},
                        {"bytes", file.size},
                        {"modified", to_rfc3339(file.modified)},
                        {"twin", valid_utf8(file.twin.text())},
                        {"why", valid_utf8(file.why)}});
    }
    return json;
}

void put_into(nlohmann::json& result, const engine::SpaceReport& report,
              const std::optional<app::SpaceRecord>& before) {
    const auto number = [](const std::optional<uint64_t>& value) {
        return value ? nlohmann::json(*value) : nlohmann::json();
    };
    result["phone"] = facts_json(report.facts);
    result["free_bytes"] = number(report.free_bytes);
    result["total_bytes"] = number(report.total_bytes);
    result["before"] = nullptr;
    if (before) {
        result["before"] = {{"at", to_rfc3339(before->at)},
                            {"free_bytes", before->free_bytes},
                            {"proposed_bytes", before->proposed_bytes}};
    }
    result["places"] = report.places;
    result["proposed_bytes"] = report.bytes();
    result["groups"] = nlohmann::json::array();
    for (const engine::SpaceGroup& group : report.groups) {
        result["groups"].push_back({{"reason", engine::to_text(group.reason)},
                                    {"bytes", group.bytes()},
                                    {"proposed", files_json(group.proposed)},
                                    {"not_proven", files_json(group.not_proven)}});
    }
}

void show_files(Session& session, const std::vector<engine::SpaceFile>& files) {
    const size_t shown =
        session.out.verbosity() > 0 ? files.size() : std::min(files.size(), list_limit);
    for (size_t i = 0; i < shown; ++i) {
        const engine::SpaceFile& file = files[i];
        std::string more;
        if (!file.twin.is_root()) more = "  stays: " + printable(file.twin.text());
        if (!file.why.empty()) more += "  " + file.why;
        session.out.line(fmt::format("    {}  {}{}", padded_left(human_bytes(file.size), 9),
                                     printable(file.path.text()), more));
    }
    if (shown < files.size()) {
        session.out.line(
            fmt::format("    and {} more; -v lists all", human_count(files.size() - shown)));
    }
}

void show_room(Session& session, const engine::SpaceReport& report,
               const std::optional<app::SpaceRecord>& before) {
    if (!report.free_bytes) {
        session.out.line("Free on the phone: we can't see this");
        return;
    }
    session.out.line(
        fmt::format("Free on the phone: {}{}", human_bytes(*report.free_bytes),
                    report.total_bytes ? " of " + human_bytes(*report.total_bytes) : ""));
    if (!before) return;
    const bool more = *report.free_bytes >= before->free_bytes;
    const uint64_t change =
        more ? *report.free_bytes - before->free_bytes : before->free_bytes - *report.free_bytes;
    session.out.line(fmt::format("At the last look ({}): {}, so {} {}", date_text(before->at),
                                 human_bytes(before->free_bytes), human_bytes(change),
                                 more ? "more now" : "less now"));
}

void show(Session& session, const engine::SpaceReport& report) {
    const Style& style = session.out.out();
    for (const engine::SpaceGroup& group : report.groups) {
        if (group.proposed.empty()) continue;
        session.out.line(style.paint(
            Tone::strong,
            fmt::format("  {}: {} ({})", title_of(group.reason), human_count(group.proposed.size()),
                        human_bytes(group.bytes()))));
        show_files(session, group.proposed);
    }
    for (const engine::SpaceGroup& group : report.groups) {
        if (group.not_proven.empty()) continue;
        session.out.line(style.paint(
            Tone::warn, fmt::format("  {}, not proven, leave them: {}", title_of(group.reason),
                                    human_count(group.not_proven.size()))));
        show_files(session, group.not_proven);
    }
    if (report.bytes() == 0) {
        session.out.line("Nothing can be proposed now.");
        session.out.line("Next: lifeboat ready copies what is not in two places yet");
        return;
    }
    session.out.line(
        fmt::format("Together: {}. Each was just read back from {}, and the phone has "
                    "the same.",
                    human_bytes(report.bytes()), fmt::join(report.places, " and ")));
    session.out.line(
        "Lifeboat deletes nothing on a phone. Remove on the phone what you can do without: Files "
        "or "
        "Gallery, then empty the bin; the copies keep it.");
}

}  // namespace

app::Exit phone_space(Session& session) {
    const engine::SpaceWishes wishes = wishes_of(session.invocation);
    const auto phone = connect_phone(session, session.invocation.argument("PHONE"));
    app::OpenedPlaces places =
        session.world.open_places(session.invocation.values("place"), session.stop);
    const engine::OperationContext context = session.world.context(session.stop);
    const engine::SpaceReport report = engine::free_space(*phone, places.places, wishes, context);
    const auto before = app::last_space(session.world, report.facts.device_key);
    put_into(session.result, report, before);
    session.out.line(phone_title(session.out.out(), report.facts));
    show_room(session, report, before);
    show(session, report);
    show_notes(session.out, "Places that could not be read", Tone::warn, report.place_problems);
    if (!session.dry_run()) app::record_space(session.world, report);
    return app::Exit::done;
}

}  // namespace lifeboat::cli
