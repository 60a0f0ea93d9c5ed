#include "cli/progress.h"

#include "base/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace lifeboat::cli {
namespace {

constexpr std::string_view erase_line = "\r\x1b[K";

}  // namespace

ProgressMode progress_mode(std::string_view wanted, const Output& out,
                           const app::Environment& environment) {
    if (wanted == "none") return ProgressMode::none;
    if (wanted == "json" || out.json()) return ProgressMode::json;
    if (out.quiet()) return ProgressMode::none;
    const bool moves =
        environment.stderr_is_terminal && environment.get("TERM").value_or("dumb") != "dumb";
    return wanted == "auto" && moves ? ProgressMode::line : ProgressMode::plain;
}

ProgressRenderer::ProgressRenderer(Output& out, ProgressMode mode, Now now,
                                   unsigned frames_per_second, Names names)
    : out_(out),
      mode_(mode),
      now_(std::move(now)),
      names_(std::move(names)),
      frame_time_(std::chrono::seconds(1) / std::clamp(frames_per_second, 1U, 60U)) {}

ProgressRenderer::~ProgressRenderer() {
    clear();
}

void ProgressRenderer::on(const Event& event) noexcept {
    state_.with([&](State& state) { show(state, named(event)); });
}

Event ProgressRenderer::named(Event event) const {
    const auto rename = [&](std::string& place) {
        const auto name = names_.find(place);
        if (name != names_.end()) place = name->second;
    };
    if (auto* started = std::get_if<PhaseStarted>(&event)) rename(started->place);
    if (auto* ended = std::get_if<PhaseEnded>(&event)) rename(ended->place);
    if (auto* progress = std::get_if<Progress>(&event)) rename(progress->place);
    return event;
}

void ProgressRenderer::clear() {
    state_.with([&](State& state) { erase(state); });
}

void ProgressRenderer::erase(State& state) {
    if (!state.line_shown) return;
    out_.err_raw(erase_line);
    state.line_shown = false;
}

void ProgressRenderer::show(State& state, const Event& event) {
    const nanoseconds now = now_();
    bool line_due = false;
    if (const auto* started = std::get_if<PhaseStarted>(&event)) {
        state.view.start(*started, now);
        state.last_frame = {};
    }
    if (const auto* progress = std::get_if<Progress>(&event)) {
        line_due = state.view.advance(*progress, now);
    }
    if (mode_ == ProgressMode::json) {
        show_json(state, event);
        return;
    }
    show_text(state, event);
    if (mode_ == ProgressMode::plain && line_due) {
        out_.note("  " + state.view.text(out_.err(), false));
    }
    if (mode_ == ProgressMode::line && state.view.running()) frame(state, now);
}

void ProgressRenderer::frame(State& state, nanoseconds now) {
    if (now - state.last_frame < frame_time_) return;
    state.last_frame = now;
    out_.err_raw(fmt::format("{}    {}", erase_line, state.view.text(out_.err(), true)));
    state.line_shown = true;
}

void ProgressRenderer::show_json(State& state, const Event& event) {
    std::string type;
    nlohmann::json fields = app::event_fields(event, type);
    const nanoseconds now = now_();
    if (std::holds_alternative<Progress>(event)) {
        constexpr auto often_enough = std::chrono::milliseconds(200);
        if (now - state.last_frame < often_enough) return;
        state.last_frame = now;
        if (const auto estimate = state.view.estimate()) {
            using std::chrono::milliseconds;
            fields["left_least_ms"] =
                std::chrono::duration_cast<milliseconds>(estimate->least).count();
            fields["left_most_ms"] =
                std::chrono::duration_cast<milliseconds>(estimate->most).count();
        }
    }
    // Thousands of files: only for those who want everything.
    if (type == "item" && out_.verbosity() < 1) return;
    if (type == "log" && out_.verbosity() < 2) return;
    out_.json_line(type, std::move(fields));
}

void ProgressRenderer::show_text(State& state, const Event& event) {
    const Style& style = out_.err();
    const auto say = [&](const std::string& text, bool even_quiet) {
        erase(state);
        even_quiet ? out_.warn(text) : out_.note(text);
    };
    if (std::holds_alternative<PhaseEnded>(event)) {
        state.view.end();
        erase(state);
        const std::string text = state.view.ended(now_());
        if (!text.empty() && mode_ != ProgressMode::none) {
            say(fmt::format("  {} {}", style.paint(Tone::good, style.tick()), text), false);
        }
    } else if (const auto* failed = std::get_if<ItemFailed>(&event)) {
        say(fmt::format("  {} {}: {}", style.paint(Tone::warn, style.exclamation()),
                        printable(failed->path), printable(failed->reason)),
            false);
    } else if (const auto* needed = std::get_if<PersonNeeded>(&event)) {
        if (!needed->resolved) {
            say(fmt::format("  {} {}", style.paint(Tone::strong, style.arrow()),
                            printable(needed->instruction)),
                true);
        }
    } else if (const auto* noted = std::get_if<Noted>(&event)) {
        const bool warning = noted->severity == Severity::warning;
        const int level = warning ? 0 : noted->severity == Severity::info ? 1 : 2;
        if (out_.verbosity() >= level) {
            say(fmt::format("  {} {}", warning ? style.exclamation() : style.dot(),
                            printable(noted->text)),
                warning);
        }
    } else if (const auto* done = std::get_if<ItemDone>(&event)) {
        if (out_.verbosity() >= 1) say("    " + printable(done->path), false);
    }
}

}  // namespace lifeboat::cli
