// A content provider's SQLite database. It lives in memory, as long as the simulated phone.
#pragma once

#include "sim/android/providers/cursor.h"

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace lifeboat::sim::android {

// Conditions and column names may come from a host: each function runs exactly one statement of
// its kind. What SQLite refuses is thrown as the JavaException that Android makes of it. One
// thread at a time.
class ProviderDatabase {
public:
    // Runs `schema`, statements of our own.
    explicit ProviderDatabase(const std::string& schema);
    ~ProviderDatabase();
    ProviderDatabase(const ProviderDatabase&) = delete;
    ProviderDatabase& operator=(const ProviderDatabase&) = delete;

    using Arguments = std::span<const Value>;

    void run(const std::string& sql);
    // The row's number.
    int64_t insert(std::string_view table, const ContentValues& values);
    // The count of rows; an empty condition takes all.
    int64_t update(std::string_view table, const ContentValues& values, std::string_view where,
                   Arguments arguments = {});
    int64_t remove(std::string_view table, std::string_view where, Arguments arguments = {});
    // A row that is larger than a window ends the cursor.
    Cursor query(const std::string& sql, Arguments arguments = {});
    // Rows as they are, of any size.
    Cursor rows(const std::string& sql, Arguments arguments = {});
    // The first column of the first row; 0 and nothing when there is none.
    int64_t number(const std::string& sql, Arguments arguments = {});
    std::optional<std::string> text(const std::string& sql, Arguments arguments = {});
    bool has_column(std::string_view table, std::string_view column);
    const std::vector<std::string>& columns(const std::string& table);

private:
    using Statement = std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)>;

    Statement prepare(const std::string& sql);
    sqlite3_stmt* kept(const std::string& sql);
    void bind(sqlite3_stmt* statement, int& place, const Value& value);
    int64_t change(const std::string& sql, const ContentValues& values, Arguments arguments);
    Cursor collect(const std::string& sql, Arguments arguments, size_t row_limit);
    [[noreturn]] void fail(const std::string& sql);

    sqlite3* database_ = nullptr;
    // Statements with arguments come by the thousand, the same again and again.
    std::map<std::string, Statement, std::less<>> statements_;
    std::map<std::string, std::vector<std::string>> columns_;  // tables do not change
};

// "name" as an identifier, whatever it holds.
std::string quoted(std::string_view name);

}  // namespace lifeboat::sim::android
