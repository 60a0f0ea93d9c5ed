#include "sim/android/providers/user_dictionary_provider.h"

#include "sim/android/providers/table_query.h"

#include <fmt/format.h>

namespace lifeboat::sim::android {

namespace {

constexpr const char* schema = R"(
CREATE TABLE words (_id INTEGER PRIMARY KEY AUTOINCREMENT, word TEXT, frequency INTEGER,
  locale TEXT, appid INTEGER, shortcut TEXT);
)";

std::string condition_of(const ContentUri& uri) {
    if (uri.matches({"words"})) return "";
    if (uri.matches({"words", "#"})) return fmt::format("_id={}", uri.id(1));
    throw illegal_argument("Unknown URI " + uri.text);
}

}  // namespace

UserDictionaryProvider::UserDictionaryProvider() : database_(schema) {}

std::optional<Cursor> UserDictionaryProvider::query(const Caller& caller,
                                                    const QueryRequest& request) {
    TableQuery table;
    table.from = "words";
    table.restriction = condition_of(request.uri);
    table.columns = database_.columns("words");
    table.sort = "frequency DESC";
    // The columns are checked even where only keyboards see the rows.
    if (!caller.reads_words) table.restriction = both(table.restriction, "0");
    return database_.query(sql_of(table, request));
}

void UserDictionaryProvider::insert(const Caller& caller, const ContentUri& uri,
                                    const ContentValues& given) {
    if (!uri.matches({"words"})) throw illegal_argument("Unknown URI " + uri.text);
    if (!caller.reads_words) return;
    ContentValues values = given;
    if (values.find("word") == nullptr) {
        throw JavaException("android.database.SQLException", "Word must be specified");
    }
    values.put_default("frequency", int64_t{1});
    values.put_default("locale", nullptr);
    values.put_default("shortcut", nullptr);
    values.put("appid", int64_t{0});
    database_.insert("words", values);
}

void UserDictionaryProvider::update(const Caller& caller, const ContentUri& uri,
                                    const ContentValues& values, const std::string& where) {
    const std::string condition = condition_of(uri);
    if (caller.reads_words) database_.update("words", values, both(condition, where));
}

void UserDictionaryProvider::remove(const Caller& caller, const ContentUri& uri,
                                    const std::string& where) {
    const std::string condition = condition_of(uri);
    if (caller.reads_words) database_.remove("words", both(condition, where));
}

}  // namespace lifeboat::sim::android
