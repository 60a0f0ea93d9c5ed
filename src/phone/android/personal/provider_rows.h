// What the classes kept in content providers share: rows as named values, the backup's file, and
// the words for what a phone refuses.
#pragma once

#include "personal/fields.h"
#include "personal/restore_outcome.h"
#include "personal/restore_plan.h"
#include "phone/android/personal/content_refused.h"
#include "phone/android/personal/content_table.h"
#include "phone/android/personal_source.h"

#include <functional>
#include <set>
#include <string_view>

namespace lifeboat::phone::android {

personal::Fields fields_of(const ContentQuery& query, const ContentRow& row);

// Numbers as numbers, texts as texts; columns of neither list and those to skip are left out.
std::vector<Bind> binds_of(const personal::Fields& fields, const ContentQuery& query,
                           const std::set<std::string_view>& skip);

// "The call log is not readable: ..." with what to do instead.
personal::Collection refused(std::string_view id, const ContentError& error,
                             std::string_view instead);

// One sentence for all values that the phone could not pass on, when there are any.
void add_gaps(personal::Collection& collection, const ContentTable& table, std::string_view what);

// The text of a file of the snapshot; nothing when there is none.
std::optional<std::string> load_text(const FileTree& snapshot, const ItemPath& path);

// A phone that does not show what it has: what cannot be compared is not written, and has failed.
personal::RestoreOutcome refused_restore(std::string_view id, size_t wanted,
                                         const ContentRefused& refusal);

// An outcome for a snapshot without a file of this class: the phone had none, or did not show them.
personal::RestoreOutcome nothing_to_restore(const FileTree& snapshot, std::string_view id);

// Records that are one row each and go back by one insert each.
struct RowRestore {
    std::string_view id{};
    std::vector<personal::Record> wanted{};
    std::function<std::vector<personal::Record>()> present{};  // asks the phone
    std::function<std::string(size_t)> insert{};               // a command of the content tool
};
// Writes what the phone lacks, reads back, compares. Where the phone does not even show the class,
// the outcome says so. Throws Temporary when the connection breaks; called again, it goes on.
personal::RestoreOutcome restore_rows(ContentCommands& content, const RowRestore& rows,
                                      bool dry_run, EventSink& events, const std::stop_token& stop);

// Says of each of `tried` (places in `wanted`) whether it is on the phone now, besides those that
// were there before. `why_not` knows more of some.
void judge(personal::RestoreOutcome& outcome, std::span<const personal::Record> wanted,
           std::span<const size_t> there_before, std::span<const size_t> tried,
           std::span<const personal::Record> present, const std::map<size_t, std::string>& why_not);

void add_plan(personal::RestoreOutcome& outcome, std::span<const personal::Record> wanted,
              const personal::RestorePlan& plan);

}  // namespace lifeboat::phone::android
