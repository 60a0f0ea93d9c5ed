#include "phone/android/personal/provider_rows.h"

#include "base/text.h"
#include "phone/android/personal/writing_progress.h"
#include "phone/phone.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::phone::android {
namespace {

constexpr uint64_t file_limit = uint64_t{1} << 30;
constexpr std::string_view changed_there =
    "the phone has something else under this name: it was left as it is";

bool has(const std::vector<std::string>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

personal::Fields fields_of(const ContentQuery& query, const ContentRow& row) {
    personal::Fields fields;
    for (size_t i = 0; i < query.numbers.size(); ++i) {
        if (row.numbers[i]) fields.emplace(query.numbers[i], std::to_string(*row.numbers[i]));
    }
    for (size_t i = 0; i < query.texts.size(); ++i) {
        if (row.texts[i]) fields.emplace(query.texts[i], *row.texts[i]);
    }
    return fields;
}

std::vector<Bind> binds_of(const personal::Fields& fields, const ContentQuery& query,
                           const std::set<std::string_view>& skip) {
    std::vector<Bind> binds;
    for (const auto& [name, value] : fields) {
        if (skip.contains(name)) continue;
        if (has(query.numbers, name)) {
            // The backup's file may have been written by anybody.
            if (parse_i64(value)) binds.push_back({name, BindType::whole, value});
        } else if (has(query.texts, name)) {
            binds.push_back(bind_text(name, value));
        }
    }
    return binds;
}

personal::Collection refused(std::string_view id, const ContentError& error,
                             std::string_view instead) {
    const bool absent = error.problem == ContentProblem::absent;
    return {.id = std::string(id),
            .reading = absent ? personal::Reading::absent : personal::Reading::refused,
            .why = fmt::format("{}. {}", words_of(error), instead)};
}

void add_gaps(personal::Collection& collection, const ContentTable& table, std::string_view what) {
    if (!table.unread.empty()) {
        collection.gaps.push_back(fmt::format("{} of {} could not be read ({} of row {}): {}",
                                              table.unread.size() == 1 ? "a value" : "values", what,
                                              table.unread.front().column, table.unread.front().id,
                                              table.unread.front().why));
    }
    if (table.drifted) {
        collection.gaps.push_back(
            fmt::format("{} changed while they were read; run the backup again", what));
    }
}

std::optional<std::string> load_text(const FileTree& snapshot, const ItemPath& path) {
    if (!snapshot.find(path)) return std::nullopt;
    return to_text(read_all(*snapshot.open(path), file_limit));
}

personal::RestoreOutcome nothing_to_restore(const FileTree& snapshot, std::string_view id) {
    personal::RestoreOutcome outcome{.id = std::string(id)};
    const auto all = personal::load_collections(snapshot);
    if (!all) {
        outcome.cannot_come_back.push_back(fmt::format("The backup holds no {}.", id));
        return outcome;
    }
    for (const personal::Collection& one : *all) {
        if (one.id != id || one.reading == personal::Reading::complete) continue;
        outcome.cannot_come_back.push_back(fmt::format("The backup holds no {}: {}.", id, one.why));
    }
    return outcome;
}

personal::RestoreOutcome refused_restore(std::string_view id, size_t wanted,
                                         const ContentRefused& refusal) {
    personal::RestoreOutcome outcome{.id = std::string(id), .wanted = wanted};
    outcome.failed.push_back(
        {"all of them",
         fmt::format("the phone does not show what it has, so they cannot be compared: {}",
                     refusal.message())});
    return outcome;
}

void add_plan(personal::RestoreOutcome& outcome, std::span<const personal::Record> wanted,
              const personal::RestorePlan& plan) {
    outcome.wanted = wanted.size();
    outcome.already_there = plan.already_there.size();
    for (const size_t i : plan.conflicts)
        outcome.conflicts.push_back({wanted[i].label, std::string(changed_there)});
}

void judge(personal::RestoreOutcome& outcome, std::span<const personal::Record> wanted,
           std::span<const size_t> there_before, std::span<const size_t> tried,
           std::span<const personal::Record> present,
           const std::map<size_t, std::string>& why_not) {
    // Of equal records those count first that were there before, then those without trouble.
    std::vector<size_t> order(there_before.begin(), there_before.end());
    for (const bool troubled : {false, true}) {
        for (const size_t i : tried) {
            if (why_not.contains(i) == troubled) order.push_back(i);
        }
    }
    std::vector<personal::Record> records;
    for (const size_t i : order) records.push_back(wanted[i]);
    const auto plan = personal::plan_restore(records, present);
    const std::set<size_t> there(plan.already_there.begin(), plan.already_there.end());
    const std::set<size_t> other(plan.conflicts.begin(), plan.conflicts.end());
    for (size_t k = there_before.size(); k < order.size(); ++k) {
        const size_t i = order[k];
        if (there.contains(k)) {
            ++outcome.compared_equal;
            continue;
        }
        const auto known = why_not.find(i);
        std::string reason = "the phone took it without a word and does not have it";
        if (other.contains(k)) reason = "it came back other than it was";
        if (known != why_not.end()) reason = known->second;
        outcome.failed.push_back({wanted[i].label, std::move(reason)});
    }
}

personal::RestoreOutcome restore_rows(ContentCommands& content, const RowRestore& rows,
                                      bool dry_run, EventSink& events,
                                      const std::stop_token& stop) {
    personal::RestoreOutcome outcome{.id = std::string(rows.id), .wanted = rows.wanted.size()};
    personal::RestorePlan plan;
    try {
        plan = personal::plan_restore(rows.wanted, rows.present());
    } catch (const ContentRefused& error) {
        return refused_restore(rows.id, rows.wanted.size(), error);
    }
    add_plan(outcome, rows.wanted, plan);
    if (dry_run) {
        outcome.written = plan.missing.size();
        return outcome;
    }
    std::vector<std::string> commands;
    std::vector<size_t> tried;
    std::map<size_t, std::string> why_not;
    for (const size_t i : plan.missing) {
        try {
            commands.push_back(rows.insert(i));
            tried.push_back(i);
        } catch (const Misuse& error) {
            outcome.failed.push_back({rows.wanted[i].label, error.message()});
        }
    }
    WritingProgress progress(events, rows.id);
    progress.expect(commands.size(), commands.size());
    const auto errors = content.run_side_by_side(
        commands, tried, [&] { progress.done(); }, stop);
    for (size_t k = 0; k < tried.size(); ++k) {
        if (errors[k]) why_not[tried[k]] = words_of(*errors[k]);
    }
    outcome.written = tried.size() - why_not.size();
    if (!tried.empty())
        judge(outcome, rows.wanted, plan.already_there, tried, rows.present(), why_not);
    return outcome;
}

}  // namespace lifeboat::phone::android
