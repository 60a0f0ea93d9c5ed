// Beside a phone while its system is updated.
#include "app/update_ladder.h"
#include "app/update_log.h"
#include "app/update_watch.h"
#include "base/text.h"
#include "cli/commands/commands.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lifeboat::cli {
namespace {

int64_t milliseconds_of(nanoseconds time) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
}

std::optional<nanoseconds> limit_of(Session& session) {
    constexpr uint64_t longest = 7 * 86'400;
    const std::string text = session.invocation.value("timeout");
    if (text.empty()) return std::nullopt;
    const auto seconds = parse_u64(text);
    if (seconds && *seconds <= longest) return std::chrono::seconds{*seconds};
    throw Misuse(fmt::format("--timeout takes seconds, not \"{}\"", printable(text)),
                 fmt::format("A number from 0 to {}.", longest));
}

nlohmann::json step_json(const app::UpdateStep& step) {
    return {{"mode", app::word(step.mode)},
            {"time", to_rfc3339(step.when)},
            {"after_ms", milliseconds_of(step.after)},
            {"version", valid_utf8(step.version)},
            {"build", valid_utf8(step.build)},
            {"back", step.back},
            {"updated", step.updated},
            {"silent", step.silent}};
}

// "4 min 10 s"
std::string time_text(nanoseconds time) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time).count();
    return seconds < 60 ? fmt::format("{} s", seconds)
                        : fmt::format("{} min {} s", seconds / 60, seconds % 60);
}

void say(Session& session, std::string_view name, std::string_view text, Tone tone) {
    if (text.empty()) return;
    session.out.line(fmt::format("       {} {}", session.out.out().paint(tone, name), text));
}

Tone tone_of(const app::UpdateStep& step) {
    if (step.updated) return Tone::good;
    const bool trouble =
        step.silent || step.mode == app::UpdateMode::recovery || step.mode == app::UpdateMode::dfu;
    return trouble ? Tone::warn : Tone::strong;
}

void show(Session& session, const app::UpdateStep& step) {
    const app::UpdatePage page = app::page_of(step);
    const std::string after =
        step.after > nanoseconds{} ? fmt::format(" (after {})", time_text(step.after)) : "";
    session.out.line(fmt::format("{}  {}{}", to_clock_time(step.when),
                                 session.out.out().paint(tone_of(step), page.title), after));
    say(session, "Means:", page.meaning, Tone::muted);
    say(session, "Lost: ", page.lost, Tone::muted);
    say(session, "Next: ", page.next, Tone::muted);
    say(session, "Never:", page.never, Tone::warn);
    session.out.json_line("status", {{"state", "update"},
                                     {"step", step_json(step)},
                                     {"message", valid_utf8(page.title)},
                                     {"meaning", page.meaning},
                                     {"lost", page.lost},
                                     {"next", page.next},
                                     {"never", page.never}});
}

void tell_blindness(Session& session, const std::string& folder) {
    if (app::can_see_usb(folder)) return;
    const std::string text =
        fmt::format("{} cannot be read: an iPhone in recovery mode looks like one that is gone.",
                    printable(folder));
    session.out.warn(fmt::format("{} {}", session.out.err().paint(Tone::warn, "warning:"), text));
    session.out.json_line("warning", {{"message", valid_utf8(text)}});
}

}  // namespace

app::Exit update_watch(Session& session) {
    const std::string named = session.invocation.argument("PHONE");
    const app::UpdateWatchOptions options{
        .wanted = named.empty() ? session.settings().phone : named, .limit = limit_of(session)};
    const app::UpdateEyes eyes{.bus = session.world.iphones(),
                               .usb_folder = session.settings().usb_devices,
                               .clock = session.world.clock()};
    tell_blindness(session, eyes.usb_folder);
    uint64_t number = 0;
    const auto each = [&](const app::UpdateStep& step) {
        show(session, step);
        if (!session.dry_run()) app::record_update_step(session.world, step, ++number);
    };
    const app::UpdateOutcome outcome = app::watch_update(eyes, options, each, session.stop);
    session.result["serial"] = valid_utf8(outcome.serial);
    session.result["model"] = valid_utf8(outcome.model);
    session.result["version_before"] = valid_utf8(outcome.version_before);
    session.result["version_after"] = valid_utf8(outcome.version_after);
    session.result["took_ms"] = milliseconds_of(outcome.took);
    session.result["steps"] = nlohmann::json::array();
    for (const app::UpdateStep& step : outcome.steps) {
        session.result["steps"].push_back(step_json(step));
    }
    return app::Exit::done;
}

}  // namespace lifeboat::cli
