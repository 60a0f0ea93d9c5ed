#include "cli/commands/record_reports.h"

#include "base/text.h"
#include "cli/commands/reports.h"
#include "cli/commands/shared.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace lifeboat::cli {
namespace {

constexpr size_t usually_shown = 10;

nlohmann::json labels_json(const std::vector<personal::Record>& records) {
    nlohmann::json json = nlohmann::json::array();
    for (const personal::Record& record : records) json.push_back(valid_utf8(record.label));
    return json;
}

nlohmann::json failures_json(const std::vector<personal::Failure>& failures) {
    nlohmann::json json = nlohmann::json::array();
    for (const personal::Failure& one : failures) {
        json.push_back({{"label", valid_utf8(one.label)}, {"reason", valid_utf8(one.reason)}});
    }
    return json;
}

std::string_view reading_text(personal::Reading reading) {
    switch (reading) {
        case personal::Reading::complete:
            return "complete";
        case personal::Reading::refused:
            return "refused";
        case personal::Reading::absent:
            return "absent";
    }
    return "refused";
}

// The first few of a long list; -v shows all.
template <class List, class Text>
void show_list(Output& out, std::string_view title, Tone tone, const List& list, Text text) {
    if (list.empty()) return;
    out.line(out.out().paint(tone, fmt::format("    {}: {}", title, human_count(list.size()))));
    const size_t shown = out.verbosity() > 0 ? list.size() : std::min(usually_shown, list.size());
    for (size_t i = 0; i < shown; ++i) out.line(fmt::format("      {}", printable(text(list[i]))));
    if (shown < list.size()) {
        out.line(fmt::format("      and {} more; -v lists all", human_count(list.size() - shown)));
    }
}

std::string label_of(const personal::Record& record) {
    return record.label;
}

std::string text_of(const personal::Failure& failure) {
    return failure.label + ": " + failure.reason;
}

// What a person has to do about what is gone and no backup can bring back; empty: nothing.
std::string when_gone(const app::Words& words, const personal::Change& change) {
    if (!change.comparable || change.lost.empty()) return {};
    const std::string code = "inventory." + change.id + "_gone";
    const std::string text = words.text(code);
    return text == code ? std::string() : text;
}

std::string mark_of(const Style& style, const personal::Change& change, bool asks_person) {
    if (change.lost_something()) return style.paint(Tone::bad, style.cross());
    if (asks_person) return style.paint(Tone::warn, style.exclamation());
    return style.paint(Tone::good, style.tick());
}

void show_change(Output& out, const app::Words& words, const personal::Change& change) {
    const Style& style = out.out();
    const std::string name = class_name(words, change.id);
    const std::string what_to_do = when_gone(words, change);
    const bool kept = change.weight == personal::Weight::kept;
    if (!change.comparable) {
        const bool matters = kept && change.before > 0;
        out.line(fmt::format("  {} {}: cannot be compared ({})",
                             matters ? style.paint(Tone::warn, style.question())
                                     : style.paint(Tone::plain, style.dot()),
                             name, printable(change.why)));
        return;
    }
    const auto part = [](std::string_view word, size_t count) {
        return count == 0 ? std::string() : fmt::format("; {} {}", human_count(count), word);
    };
    const std::string_view gone = what_to_do.empty() ? "lost" : "gone";
    out.line(fmt::format(
        "  {} {}: {} before, {} now{}{}{}", mark_of(style, change, !what_to_do.empty()), name,
        human_count(change.before), human_count(change.after), part(gone, change.lost.size()),
        part("changed", change.changed.size()), part("new", change.added.size())));
    const Tone tone = kept ? Tone::bad : Tone::plain;
    show_list(out, gone, tone, change.lost, label_of);
    show_list(out, "changed, as they were before", tone, change.changed, label_of);
    if (!what_to_do.empty()) out.line("      " + style.paint(Tone::warn, what_to_do));
}

}  // namespace

std::string class_name(const app::Words& words, const std::string& id) {
    const std::string code = "inventory." + id;
    const std::string text = words.text(code);
    return text == code ? printable(id) : text;
}

nlohmann::json collections_json(const std::vector<personal::Collection>& collections) {
    nlohmann::json json = nlohmann::json::array();
    for (const personal::Collection& one : collections) {
        nlohmann::json entry{{"class", one.id},
                             {"reading", reading_text(one.reading)},
                             {"count", one.records.size()},
                             {"why", valid_utf8(one.why)}};
        entry["gaps"] = nlohmann::json::array();
        for (const std::string& gap : one.gaps) entry["gaps"].push_back(valid_utf8(gap));
        json.push_back(std::move(entry));
    }
    return json;
}

void show_collections(Session& session, const app::Words& words,
                      const std::vector<personal::Collection>& collections) {
    Output& out = session.out;
    const Style& style = out.out();
    for (const personal::Collection& one : collections) {
        const std::string name = class_name(words, one.id);
        if (one.reading == personal::Reading::complete) {
            out.line(fmt::format("  {} {}: {}", style.paint(Tone::good, style.tick()), name,
                                 human_count(one.records.size())));
        } else {
            out.line(fmt::format("  {} {}: {}", style.paint(Tone::warn, style.question()), name,
                                 printable(one.why)));
        }
        for (const std::string& gap : one.gaps)
            out.line(fmt::format("    {} {}", style.dot(), printable(gap)));
    }
}

nlohmann::json changes_json(const std::vector<personal::Change>& changes) {
    nlohmann::json json = nlohmann::json::array();
    for (const personal::Change& change : changes) {
        nlohmann::json one{{"class", change.id}, {"comparable", change.comparable}};
        if (change.comparable) {
            one["before"] = change.before;
            one["after"] = change.after;
            one["lost"] = change.lost.size();
            one["changed"] = change.changed.size();
            one["added"] = change.added.size();
            one["by_identity"] = true;
            one["is_loss"] = change.lost_something();
            one["lost_records"] = labels_json(change.lost);
            one["changed_records"] = labels_json(change.changed);
        } else {
            one["why"] = valid_utf8(change.why);
        }
        json.push_back(std::move(one));
    }
    return json;
}

void show_changes(Session& session, const app::Words& words,
                  const std::vector<personal::Change>& changes) {
    for (const personal::Change& change : changes) show_change(session.out, words, change);
}

bool asks_person(const app::Words& words, const std::vector<personal::Change>& changes) {
    return std::any_of(changes.begin(), changes.end(),
                       [&](const auto& change) { return !when_gone(words, change).empty(); });
}

nlohmann::json outcomes_json(const std::vector<personal::RestoreOutcome>& outcomes) {
    nlohmann::json json = nlohmann::json::array();
    for (const personal::RestoreOutcome& outcome : outcomes) {
        nlohmann::json one{{"class", outcome.id},
                           {"wanted", outcome.wanted},
                           {"already_there", outcome.already_there},
                           {"written", outcome.written},
                           {"compared_equal", outcome.compared_equal},
                           {"failed", failures_json(outcome.failed)},
                           {"conflicts", failures_json(outcome.conflicts)}};
        one["cannot_come_back"] = nlohmann::json::array();
        for (const std::string& sentence : outcome.cannot_come_back)
            one["cannot_come_back"].push_back(valid_utf8(sentence));
        json.push_back(std::move(one));
    }
    return json;
}

void show_outcomes(Session& session, const app::Words& words,
                   const std::vector<personal::RestoreOutcome>& outcomes) {
    Output& out = session.out;
    const Style& style = out.out();
    for (const personal::RestoreOutcome& outcome : outcomes) {
        const bool well = outcome.failed.empty() && outcome.conflicts.empty();
        out.line(
            fmt::format("{} {}{}: {} {}; compared equal: {}; were there already: {}",
                        well ? style.paint(Tone::good, style.tick())
                             : style.paint(Tone::warn, style.exclamation()),
                        would(session), class_name(words, outcome.id), human_count(outcome.written),
                        session.dry_run() ? "to write" : "written",
                        human_count(outcome.compared_equal), human_count(outcome.already_there)));
        show_list(out, "Could not be brought back", Tone::bad, outcome.failed, text_of);
        show_list(out, "Something else is there", Tone::warn, outcome.conflicts, text_of);
        for (const std::string& sentence : outcome.cannot_come_back)
            out.line(fmt::format("    {} {}", style.dot(), printable(sentence)));
    }
}

bool has_failed(const std::vector<personal::RestoreOutcome>& outcomes) {
    return std::any_of(outcomes.begin(), outcomes.end(),
                       [](const auto& outcome) { return !outcome.failed.empty(); });
}

uint64_t lost_records(const std::vector<personal::Change>& changes) {
    uint64_t lost = 0;
    for (const personal::Change& change : changes)
        lost += change.lost_something() ? change.lost.size() + change.changed.size() : 0;
    return lost;
}

std::vector<std::string> lost_classes(const std::vector<personal::Change>& changes) {
    std::vector<std::string> ids;
    for (const personal::Change& change : changes) {
        if (change.lost_something()) ids.push_back(change.id);
    }
    return ids;
}

}  // namespace lifeboat::cli
