#include "sim/android/providers/call_log_provider.h"

#include "base/text.h"
#include "sim/android/providers/table_query.h"

#include <fmt/format.h>

#include <array>

namespace lifeboat::sim::android {

namespace {

constexpr const char* schema = R"(
CREATE TABLE calls (_id INTEGER PRIMARY KEY AUTOINCREMENT, number TEXT,
  presentation INTEGER NOT NULL DEFAULT 1, post_dial_digits TEXT NOT NULL DEFAULT '',
  via_number TEXT NOT NULL DEFAULT '', date INTEGER, duration INTEGER, data_usage INTEGER,
  type INTEGER, features INTEGER NOT NULL DEFAULT 0, subscription_component_name TEXT,
  subscription_id TEXT, phone_account_address TEXT, new INTEGER, name TEXT, numbertype INTEGER,
  numberlabel TEXT, countryiso TEXT, voicemail_uri TEXT, is_read INTEGER,
  geocoded_location TEXT, lookup_uri TEXT, matched_number TEXT, normalized_number TEXT,
  photo_id INTEGER NOT NULL DEFAULT 0, photo_uri TEXT, formatted_number TEXT,
  add_for_all_users INTEGER NOT NULL DEFAULT 1, last_modified INTEGER DEFAULT 0,
  call_screening_component_name TEXT, call_screening_app_name TEXT,
  block_reason INTEGER NOT NULL DEFAULT 0, transcription TEXT,
  transcription_state INTEGER NOT NULL DEFAULT 0, phone_account_hidden INTEGER NOT NULL DEFAULT 0,
  missed_reason INTEGER NOT NULL DEFAULT 0, priority INTEGER NOT NULL DEFAULT 0, subject TEXT,
  location TEXT, composer_photo_uri TEXT);
)";

// Columns that came with Android 12.
constexpr std::array<std::string_view, 5> new_in_12{"missed_reason", "priority", "subject",
                                                    "location", "composer_photo_uri"};
constexpr uint32_t sdk_11 = 30;
constexpr uint32_t sdk_12 = 31;

// Voicemails are kept from who may not hear them.
constexpr std::string_view no_voicemails = "type != 4";

std::string condition_of(const ContentUri& uri) {
    if (uri.matches({"calls"})) return std::string(no_voicemails);
    if (uri.matches({"calls", "#"})) {
        return fmt::format("_id={} AND {}", uri.id(1), no_voicemails);
    }
    throw illegal_argument("Unknown URL " + uri.text);
}

}  // namespace

CallLogProvider::CallLogProvider() : database_(schema) {}

std::optional<Cursor> CallLogProvider::query(const Caller& caller, const QueryRequest& request) {
    TableQuery table;
    table.from = "calls";
    table.restriction = condition_of(request.uri);
    table.columns = database_.columns("calls");
    if (caller.sdk < sdk_12) {
        std::erase_if(table.columns, [](const std::string& name) {
            return std::ranges::find(new_in_12, name) != new_in_12.end();
        });
    }
    // From 11 on, "date DESC LIMIT 10" is refused; the address has a parameter for it.
    table.strict_grammar = caller.sdk >= sdk_11;
    if (const auto limit = request.uri.parameter("limit")) table.limit = parse_i64(*limit);
    if (const auto offset = request.uri.parameter("offset")) {
        table.offset = parse_i64(*offset).value_or(0);
    }
    return database_.query(sql_of(table, request));
}

void CallLogProvider::insert(const Caller& caller, const ContentUri& uri,
                             const ContentValues& given) {
    if (!uri.matches({"calls"})) throw illegal_argument("Unknown URL " + uri.text);
    if (given.number("type") == 4) {
        throw security_exception(
            "The caller must have com.android.voicemail.permission.WRITE_VOICEMAIL permission");
    }
    ContentValues values = given;
    values.put("last_modified", caller.now_ms);
    for (const auto& [name, value] : values.all()) {
        // A refused row goes to the phone's log only.
        if (!database_.has_column("calls", name)) return;
    }
    database_.insert("calls", values);
}

void CallLogProvider::update(const Caller& caller, const ContentUri& uri,
                             const ContentValues& given, const std::string& where) {
    ContentValues values = given;
    values.put("last_modified", caller.now_ms);
    database_.update("calls", values, both(condition_of(uri), where));
}

void CallLogProvider::remove(const Caller&, const ContentUri& uri, const std::string& where) {
    if (!uri.matches({"calls"})) {
        throw unsupported_operation("Cannot delete that URL: " + uri.text);
    }
    database_.remove("calls", both(condition_of(uri), where));
}

}  // namespace lifeboat::sim::android
