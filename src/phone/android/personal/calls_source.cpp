#include "phone/android/personal/calls_source.h"

#include "phone/android/personal/provider_rows.h"

#include <fmt/format.h>

namespace lifeboat::phone::android {
namespace {

constexpr const char* uri = "content://call_log/calls";
constexpr std::string_view instead =
    "Save the call log on the phone with an app that writes a file (SMS Backup & Restore does), "
    "into the phone's storage: the next backup takes that file along";

const ContentQuery& query() {
    static const ContentQuery calls{
        .uri = uri,
        .numbers = {"date", "duration", "type", "presentation", "new", "is_read", "numbertype",
                    "features", "data_usage", "missed_reason"},
        .texts = {"number", "name", "numberlabel", "countryiso", "geocoded_location",
                  "post_dial_digits", "via_number", "subscription_component_name",
                  "subscription_id", "transcription"},
        .optional = {"presentation", "is_read", "numbertype", "features", "data_usage",
                     "missed_reason", "name", "numberlabel", "countryiso", "geocoded_location",
                     "post_dial_digits", "via_number", "subscription_component_name",
                     "subscription_id", "transcription"}};
    return calls;
}

std::vector<personal::Record> records_of(std::span<const personal::Call> calls) {
    std::vector<personal::Record> records;
    records.reserve(calls.size());
    for (const personal::Call& call : calls) records.push_back(record_of(call));
    return records;
}

}  // namespace

std::vector<personal::Call> CallsSource::read_calls(ContentTable& table,
                                                    const std::stop_token& stop) {
    table = read_table(content_, query(), stop);
    std::vector<personal::Call> calls;
    calls.reserve(table.rows.size());
    for (const ContentRow& row : table.rows) calls.push_back({fields_of(query(), row)});
    return calls;
}

personal::Collection CallsSource::read(const PersonalTarget& target, EventSink&,
                                       const std::stop_token& stop) {
    ContentTable table;
    std::vector<personal::Call> calls;
    try {
        calls = read_calls(table, stop);
    } catch (const ContentRefused& refusal) {
        return refused(id(), refusal.error, instead);
    }
    const ItemPath folder = personal::folder_of(id());
    if (!calls.empty()) {
        put_file(target, folder.child("calls.jsonl"), personal::encode_calls(calls));
        put_file(target, folder.child("calls.xml"), personal::calls_xml(calls));
    }
    personal::Collection collection{.id = std::string(id()), .records = records_of(calls)};
    add_gaps(collection, table, "calls");
    return collection;
}

personal::RestoreOutcome CallsSource::restore(const FileTree& snapshot, bool dry_run,
                                              EventSink& events, const std::stop_token& stop) {
    const auto text = load_text(snapshot, personal::folder_of(id()).child("calls.jsonl"));
    if (!text) return nothing_to_restore(snapshot, id());
    const auto calls = personal::decode_calls(*text);
    const RowRestore rows{.id = id(),
                          .wanted = records_of(calls),
                          .present =
                              [&] {
                                  ContentTable table;
                                  return records_of(read_calls(table, stop));
                              },
                          .insert =
                              [&](size_t i) {
                                  const auto binds = binds_of(calls[i].fields, query(), {});
                                  return content_.insert(uri, binds, stop);
                              }};
    return restore_rows(content_, rows, dry_run, events, stop);
}

}  // namespace lifeboat::phone::android
