#include "phone/android/personal/dictionary_source.h"

#include "phone/android/personal/provider_rows.h"

#include <fmt/format.h>

namespace lifeboat::phone::android {
namespace {

constexpr const char* uri = "content://user_dictionary/words";
constexpr std::string_view instead =
    "Keyboards keep words of their own: sign in to yours to keep them";

const ContentQuery& query() {
    static const ContentQuery words{.uri = uri,
                                    .numbers = {"frequency", "appid"},
                                    .texts = {"word", "shortcut", "locale"},
                                    .optional = {"appid", "shortcut"}};
    return words;
}

std::vector<personal::Record> records_of(std::span<const personal::Word> words) {
    std::vector<personal::Record> records;
    records.reserve(words.size());
    for (const personal::Word& word : words) records.push_back(record_of(word));
    return records;
}

}  // namespace

std::vector<personal::Word> DictionarySource::read_words(ContentTable& table,
                                                         const std::stop_token& stop) {
    table = read_table(content_, query(), stop);
    std::vector<personal::Word> words;
    words.reserve(table.rows.size());
    for (const ContentRow& row : table.rows) words.push_back({fields_of(query(), row)});
    return words;
}

personal::Collection DictionarySource::read(const PersonalTarget& target, EventSink&,
                                            const std::stop_token& stop) {
    ContentTable table;
    std::vector<personal::Word> words;
    try {
        words = read_words(table, stop);
    } catch (const ContentRefused& refusal) {
        return refused(id(), refusal.error, instead);
    }
    const ItemPath folder = personal::folder_of(id());
    if (!words.empty())
        put_file(target, folder.child("dictionary.jsonl"), personal::encode_words(words));
    personal::Collection collection{.id = std::string(id()), .records = records_of(words)};
    add_gaps(collection, table, "words");
    return collection;
}

personal::RestoreOutcome DictionarySource::restore(const FileTree& snapshot, bool dry_run,
                                                   EventSink& events, const std::stop_token& stop) {
    const auto text = load_text(snapshot, personal::folder_of(id()).child("dictionary.jsonl"));
    if (!text) return nothing_to_restore(snapshot, id());
    const auto words = personal::decode_words(*text);
    const RowRestore rows{.id = id(),
                          .wanted = records_of(words),
                          .present =
                              [&] {
                                  ContentTable table;
                                  return records_of(read_words(table, stop));
                              },
                          .insert =
                              [&](size_t i) {
                                  const auto binds = binds_of(words[i].fields, query(), {"appid"});
                                  return content_.insert(uri, binds, stop);
                              }};
    return restore_rows(content_, rows, dry_run, events, stop);
}

}  // namespace lifeboat::phone::android
