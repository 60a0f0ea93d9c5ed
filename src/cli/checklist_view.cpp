#include "cli/checklist_view.h"

#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::cli {
namespace {

using checklist::Finding;
using checklist::Gate;
using checklist::Grade;
using checklist::Outcome;

constexpr size_t sentence_width = 62;
constexpr size_t list_limit = 10;  // of a list that -v shows whole

struct Mark {
    Tone tone;
    std::string_view symbol;
};

// A tick only for what a machine saw; a person's word never gets one.
Mark mark_of(const Finding& finding, const Style& style) {
    switch (finding.outcome) {
        case Outcome::pass:
            if (finding.grade == Grade::told) return {Tone::warn, style.exclamation()};
            return {Tone::good, style.tick()};
        case Outcome::fail:
            if (finding.gate == Gate::blocks) return {Tone::bad, style.cross()};
            return {Tone::warn, style.exclamation()};
        case Outcome::unknown:
            return {Tone::warn, style.question()};
        case Outcome::not_applicable:
        case Outcome::not_built:
            return {Tone::muted, style.dot()};
    }
    return {Tone::muted, style.dot()};
}

std::string grade_text(const app::Words& words, const Finding& finding) {
    const bool shows = finding.outcome == Outcome::pass || finding.outcome == Outcome::fail;
    if (!shows || finding.grade == Grade::unknown) return {};
    std::string text = words.text(fmt::format("grade.{}", checklist::to_text(finding.grade)));
    if (finding.observed != TimePoint{}) text += " " + to_clock_time(finding.observed);
    return text;
}

void show_row(Output& out, const app::Words& words, const Finding& finding) {
    const Style& style = out.out();
    const Mark mark = mark_of(finding, style);
    std::string row = "  " + style.paint(mark.tone, mark.symbol) + " ";
    const std::string grade = grade_text(words, finding);
    const std::string sentence = words.sentence(finding);
    row += grade.empty() ? sentence : padded(sentence, sentence_width) + "  " + grade;
    out.line(row);
    const std::string next = words.next(finding);
    if (!next.empty() && finding.gate != Gate::informs) {
        out.line(style.paint(Tone::muted, fmt::format("      {} {}", style.arrow(), next)));
    }
}

bool is_quiet(const Finding& finding) {
    return finding.outcome == Outcome::not_built || finding.outcome == Outcome::not_applicable;
}

std::string cell_text(const checklist::ClassRow& row, const checklist::PlaceCell& cell) {
    if (row.on_phone == 0) return "-";
    if (cell.missing.count() == 0) return "all";
    return human_count(cell.missing.count()) + " missing";
}

void show_list(Output& out, std::span<const checklist::RefusedPath> refused) {
    const size_t shown =
        out.verbosity() > 0 ? refused.size() : std::min(refused.size(), list_limit);
    for (const checklist::RefusedPath& path : refused.first(shown)) {
        out.line(fmt::format("    {}{}", printable(path.path),
                             path.reason.empty() ? "" : ": " + printable(path.reason)));
    }
    if (shown < refused.size()) {
        out.line(fmt::format("    and {} more; -v lists all", human_count(refused.size() - shown)));
    }
}

std::string things(size_t count) {
    return count == 1 ? "1 thing" : fmt::format("{} things", count);
}

}  // namespace

void show_findings(Output& out, const app::Words& words, const checklist::Verdict& verdict) {
    for (const Finding& finding : verdict.findings) {
        if (!is_quiet(finding) || out.verbosity() > 0) show_row(out, words, finding);
    }
    const auto not_built = verdict.not_built().size();
    if (not_built > 0 && out.verbosity() == 0) {
        out.line(out.out().paint(Tone::muted,
                                 fmt::format("  {} not built yet, not checked: {} (-v lists them)",
                                             out.out().dot(), things(not_built))));
    }
}

void show_completeness(Output& out, const app::Words& words,
                       const checklist::Completeness& completeness) {
    constexpr size_t name_width = 14;
    constexpr size_t cell_width = 15;
    std::string head = padded("", name_width) + padded_left("on the phone", cell_width);
    if (!completeness.classes.empty()) {
        for (const auto& cell : completeness.classes.front().places) {
            head += padded_left(printable(cell.place), cell_width);
        }
    }
    out.line(out.out().paint(Tone::muted, "  " + head + padded_left("only there", cell_width)));
    for (const checklist::ClassRow& row : completeness.classes) {
        std::string line = padded(words.text("class." + row.media_class), name_width) +
                           padded_left(human_count(row.on_phone), cell_width);
        for (const auto& cell : row.places) line += padded_left(cell_text(row, cell), cell_width);
        out.line("  " + line + padded_left(human_count(row.only_on_phone.count()), cell_width));
    }
}

void show_not_covered(Output& out, const app::Words& words,
                      const checklist::Completeness& completeness) {
    std::vector<checklist::RefusedPath> refused;
    for (const checklist::ClassRow& row : completeness.classes) {
        refused.insert(refused.end(), row.unreadable.begin(), row.unreadable.end());
    }
    refused.insert(refused.end(), completeness.folders.begin(), completeness.folders.end());
    if (refused.empty() && completeness.closed.empty()) return;
    out.line("Not covered:");
    show_list(out, refused);
    if (completeness.closed.empty()) return;
    if (out.verbosity() > 0) {
        show_list(out, completeness.closed);
    } else {
        out.line(fmt::format("    {}: {}", words.text("class.private"),
                             human_count(completeness.closed.size())));
    }
}

void show_answer(Output& out, const app::Words& words, const checklist::Verdict& verdict) {
    const bool go = verdict.answer == checklist::Answer::go;
    const auto open = verdict.open();
    const std::string sentence =
        words.text(fmt::format("answer.{}", checklist::to_text(verdict.answer)),
                   {{"open", things(open.size())}, {"until_at", to_rfc3339(verdict.valid_until)}});
    out.line("");
    out.line(out.out().paint(go ? Tone::good : Tone::bad, go ? "GO" : "NO-GO") + "  " +
             out.out().paint(Tone::strong, sentence));
    for (const Finding* finding : verdict.accepted()) {
        out.line("  " + std::string(out.out().exclamation()) + " " + words.sentence(*finding));
    }
    for (const Finding* finding : open) {
        const std::string next = words.next(*finding);
        if (next.empty()) continue;
        out.line("Next: " + next);
        break;
    }
    if (go) out.line("Next: install the update, then: lifeboat audit");
}

}  // namespace lifeboat::cli
