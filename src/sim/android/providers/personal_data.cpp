#include "sim/android/providers/personal_data.h"

#include "base/error.h"

#include <fmt/format.h>

#include <array>

namespace lifeboat::sim::android {

namespace {

// Where a table's numbers stand besides: "column" of "table".
struct Reference {
    std::string_view table;
    std::string_view column;
};

// Gives every row of a table another number, and what points to it.
void renumber_table(ProviderDatabase& sql, std::string_view table, int64_t by,
                    std::initializer_list<Reference> references) {
    // Through negative numbers: no two rows may have the same on the way.
    sql.run(fmt::format("UPDATE {0} SET _id=-(_id+{1}); UPDATE {0} SET _id=-_id;", table, by));
    for (const Reference& reference : references) {
        sql.run(fmt::format("UPDATE {0} SET {1}={1}+{2} WHERE {1} IS NOT NULL", reference.table,
                            reference.column, by));
    }
}

// The numbers of `count` rows, spread over all.
std::vector<int64_t> spread(ProviderDatabase& sql, const std::string& from, uint64_t count) {
    const Cursor all = sql.rows(fmt::format("SELECT _id FROM {} ORDER BY _id", from));
    if (count > all.rows.size()) {
        throw Misuse(fmt::format("there are only {} of them to lose", all.rows.size()));
    }
    std::vector<int64_t> chosen;
    for (uint64_t i = 0; i < count; ++i) {
        chosen.push_back(number_of(all.rows[i * all.rows.size() / count][0]).value_or(0));
    }
    return chosen;
}

void lose(ProviderDatabase& sql, const std::string& from, std::string_view table, uint64_t count) {
    for (const int64_t id : spread(sql, from, count)) {
        sql.remove(table, fmt::format("_id={}", id));
    }
}

void empty(ProviderDatabase& sql) {
    for (const auto& row :
         sql.rows("SELECT name FROM sqlite_master WHERE type='table' AND name!='sqlite_sequence'")
             .rows) {
        sql.remove(text_of(row[0]).value_or(""), "");
    }
    sql.run("DELETE FROM sqlite_sequence");
}

}  // namespace

PersonalData::PersonalData(SettingsProvider::Store settings) : settings_(std::move(settings)) {}

ContentProvider* PersonalData::provider(std::string_view authority) {
    if (authority == "sms") return &sms_;
    if (authority == "mms") return &mms_;
    if (authority == "mms-sms") return &mms_sms_;
    if (authority == "com.android.contacts" || authority == "contacts") return &contacts_provider_;
    if (authority == "call_log") return &calls_;
    if (authority == "com.android.calendar" || authority == "calendar") return &calendar_;
    if (authority == "user_dictionary") return &words_;
    return authority == "settings" ? &settings_ : nullptr;
}

void PersonalData::restore_messages_later(AgentFiles files, int64_t due_ms) {
    late_.push_back({std::move(files), due_ms});
}

void PersonalData::settle(int64_t now_ms) {
    for (const LateRestore& late : late_) {
        if (late.due_ms <= now_ms) restore_telephony(messages_, late.files, now_ms);
    }
    std::erase_if(late_, [&](const LateRestore& late) { return late.due_ms <= now_ms; });
}

void PersonalData::wipe() {
    for (ProviderDatabase* sql :
         {&messages_.sql(), &contacts_.sql(), &calls(), &calendar(), &words()}) {
        empty(*sql);
    }
    messages_.forget_addresses();
    sounds().clear();
    app_ops_ = {};
}

void PersonalData::renumber() {
    constexpr int64_t by = 1'000'000;
    ProviderDatabase& messages = messages_.sql();
    renumber_table(messages, "sms", by, {});
    renumber_table(messages, "pdu", by, {{"addr", "msg_id"}, {"part", "mid"}});
    renumber_table(messages, "part", by, {});
    renumber_table(messages, "threads", by, {{"sms", "thread_id"}, {"pdu", "thread_id"}});
    ProviderDatabase& people = contacts_.sql();
    renumber_table(people, "contacts", by, {{"raw_contacts", "contact_id"}});
    renumber_table(people, "data", by, {{"contacts", "photo_id"}});
    renumber_table(people, "raw_contacts", by,
                   {{"data", "raw_contact_id"}, {"contacts", "name_raw_contact_id"}});
    renumber_table(calls(), "calls", by, {});
    renumber_table(calendar(), "Events", by,
                   {{"Attendees", "event_id"},
                    {"Reminders", "event_id"},
                    {"ExtendedProperties", "event_id"},
                    {"Events", "original_id"}});
    renumber_table(words(), "words", by, {});
    for (const auto& row : people.rows("SELECT _id FROM raw_contacts WHERE deleted=0").rows) {
        contacts_.aggregate(number_of(row[0]).value_or(0), 0);
    }
}

void PersonalData::lose_messages(uint64_t count) {
    lose(messages_.sql(), "sms_restricted", "sms", count);
    messages_.drop_empty_threads();
    messages_.refresh_all_threads();
}

void PersonalData::lose_contacts(uint64_t count, int64_t now_ms) {
    Caller phone;
    phone.now_ms = now_ms;
    for (const int64_t id : spread(contacts_.sql(), "contacts", count)) {
        contacts_provider_.remove(
            phone,
            parse_content_uri(fmt::format(
                "content://com.android.contacts/contacts/{}?caller_is_syncadapter=true", id)),
            "");
    }
}

void PersonalData::lose_calls(uint64_t count) {
    lose(calls(), "calls WHERE type!=4", "calls", count);
}

void PersonalData::lose_events(uint64_t count) {
    lose(calendar(), "Events", "Events", count);
}

}  // namespace lifeboat::sim::android
