#include "sim/android/providers/provider_database.h"

#include "base/error.h"

#include <fmt/format.h>
#include <sqlite3.h>

namespace lifeboat::sim::android {

namespace {

// Android's names of SQLite's codes, as its messages show them.
std::string_view code_name(int code) {
    switch (code & 0xff) {
        case SQLITE_CONSTRAINT:
            return "SQLITE_CONSTRAINT";
        case SQLITE_FULL:
            return "SQLITE_FULL";
        case SQLITE_MISMATCH:
            return "SQLITE_MISMATCH";
        case SQLITE_TOOBIG:
            return "SQLITE_TOOBIG";
        case SQLITE_INTERRUPT:
            return "SQLITE_INTERRUPT";
        default:
            return "SQLITE_ERROR";
    }
}

std::string_view exception_name(int code) {
    switch (code & 0xff) {
        case SQLITE_CONSTRAINT:
            return "android.database.sqlite.SQLiteConstraintException";
        case SQLITE_FULL:
            return "android.database.sqlite.SQLiteFullException";
        case SQLITE_MISMATCH:
            return "android.database.sqlite.SQLiteDatatypeMismatchException";
        default:
            return "android.database.sqlite.SQLiteException";
    }
}

Value value_at(sqlite3_stmt* statement, int column) {
    switch (sqlite3_column_type(statement, column)) {
        case SQLITE_INTEGER:
            return sqlite3_column_int64(statement, column);
        case SQLITE_FLOAT:
            return sqlite3_column_double(statement, column);
        case SQLITE_NULL:
            return nullptr;
        default:
            break;
    }
    const bool is_text = sqlite3_column_type(statement, column) == SQLITE_TEXT;
    const auto* bytes = static_cast<const std::byte*>(sqlite3_column_blob(statement, column));
    const ByteView view(bytes, static_cast<size_t>(sqlite3_column_bytes(statement, column)));
    if (is_text) return to_text(view);
    return Bytes(view.begin(), view.end());
}

size_t size_of(const Value& value) {
    constexpr size_t slot = 16;
    if (const auto* text = std::get_if<std::string>(&value)) return slot + text->size() + 1;
    if (const auto* bytes = std::get_if<Bytes>(&value)) return slot + bytes->size();
    return slot;
}

constexpr size_t most_kept = 200;

// A condition of a host may count for ever.
class StepLimit {
public:
    explicit StepLimit(sqlite3* database) : database_(database) {
        sqlite3_progress_handler(database, steps, count, &counted_);
    }
    ~StepLimit() { sqlite3_progress_handler(database_, 0, nullptr, nullptr); }
    StepLimit(const StepLimit&) = delete;
    StepLimit& operator=(const StepLimit&) = delete;

private:
    static constexpr int steps = 1'000'000;
    static constexpr int most = 4'000;
    static int count(void* counted) { return ++*static_cast<int*>(counted) > most ? 1 : 0; }

    sqlite3* database_;
    int counted_ = 0;
};

// A statement that is kept holds no table when nobody steps it.
class Reset {
public:
    explicit Reset(sqlite3_stmt* statement) : statement_(statement) {}
    ~Reset() {
        sqlite3_reset(statement_);
        sqlite3_clear_bindings(statement_);
    }
    Reset(const Reset&) = delete;
    Reset& operator=(const Reset&) = delete;

private:
    sqlite3_stmt* statement_;
};

}  // namespace

std::string quoted(std::string_view name) {
    std::string out = "\"";
    for (const char c : name) {
        if (c == '"') out += '"';
        out += c;
    }
    return out + '"';
}

ProviderDatabase::ProviderDatabase(const std::string& schema) {
    if (sqlite3_open(":memory:", &database_) != SQLITE_OK) {
        sqlite3_close_v2(database_);
        throw Misuse("the simulated phone has no memory for its databases");
    }
    run(schema);
}

ProviderDatabase::~ProviderDatabase() {
    statements_.clear();
    sqlite3_close_v2(database_);
}

void ProviderDatabase::fail(const std::string& sql) {
    const int code = sqlite3_extended_errcode(database_);
    std::string text =
        fmt::format("{} (code {} {})", sqlite3_errmsg(database_), code, code_name(code));
    if ((code & 0xff) == SQLITE_ERROR) text += fmt::format(": , while compiling: {}", sql);
    throw JavaException(std::string(exception_name(code)), std::move(text));
}

ProviderDatabase::Statement ProviderDatabase::prepare(const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v2(database_, sql.data(), static_cast<int>(sql.size()),
                                        &statement, nullptr);
    Statement owner(statement, sqlite3_finalize);
    if (code != SQLITE_OK) fail(sql);
    return owner;
}

void ProviderDatabase::bind(sqlite3_stmt* statement, int& place, const Value& value) {
    struct Bind {
        sqlite3_stmt* to;
        int place;
        int operator()(std::nullptr_t) const { return sqlite3_bind_null(to, place); }
        int operator()(int64_t n) const { return sqlite3_bind_int64(to, place, n); }
        int operator()(double n) const { return sqlite3_bind_double(to, place, n); }
        int operator()(const std::string& text) const {
            return sqlite3_bind_text64(to, place, text.data(), text.size(), SQLITE_TRANSIENT,
                                       SQLITE_UTF8);
        }
        int operator()(const Bytes& bytes) const {
            // Without a byte there is no address, which SQLite takes for NULL.
            if (bytes.empty()) return sqlite3_bind_zeroblob(to, place, 0);
            return sqlite3_bind_blob64(to, place, bytes.data(), bytes.size(), SQLITE_TRANSIENT);
        }
    };
    if (std::visit(Bind{statement, ++place}, value) != SQLITE_OK) {
        throw illegal_argument(fmt::format("Cannot bind argument at index {}", place));
    }
}

void ProviderDatabase::run(const std::string& sql) {
    if (sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail(sql);
}

sqlite3_stmt* ProviderDatabase::kept(const std::string& sql) {
    auto found = statements_.find(sql);
    // Conditions of hosts stand in some of them: they are not kept for ever.
    if (found == statements_.end() && statements_.size() > most_kept) {
        statements_.clear();
        found = statements_.end();
    }
    if (found == statements_.end()) found = statements_.emplace(sql, prepare(sql)).first;
    return found->second.get();
}

int64_t ProviderDatabase::insert(std::string_view table, const ContentValues& values) {
    std::string columns, places;
    for (const auto& [name, value] : values.all()) {
        columns.append(columns.empty() ? "" : ",").append(quoted(name));
        places.append(places.empty() ? "?" : ",?");
    }
    const std::string sql =
        values.empty() ? fmt::format("INSERT INTO {} DEFAULT VALUES", table)
                       : fmt::format("INSERT INTO {}({}) VALUES ({})", table, columns, places);
    change(sql, values, {});
    return sqlite3_last_insert_rowid(database_);
}

int64_t ProviderDatabase::change(const std::string& sql, const ContentValues& values,
                                 Arguments arguments) {
    const bool is_kept = !values.empty() || !arguments.empty();
    const Statement once = is_kept ? Statement(nullptr, sqlite3_finalize) : prepare(sql);
    sqlite3_stmt* const statement = is_kept ? kept(sql) : once.get();
    const Reset at_end(statement);
    int place = 0;
    for (const auto& [name, value] : values.all()) bind(statement, place, value);
    for (const Value& value : arguments) bind(statement, place, value);
    const StepLimit limit(database_);
    const int code = sqlite3_step(statement);
    if (code != SQLITE_DONE && code != SQLITE_ROW) fail(sql);
    return sqlite3_changes(database_);
}

int64_t ProviderDatabase::update(std::string_view table, const ContentValues& values,
                                 std::string_view where, Arguments arguments) {
    std::string set;
    for (const auto& [name, value] : values.all()) {
        set.append(set.empty() ? "" : ",").append(quoted(name)).append("=?");
    }
    if (set.empty()) return 0;
    return change(
        fmt::format("UPDATE {} SET {}{}{}", table, set, where.empty() ? "" : " WHERE ", where),
        values, arguments);
}

int64_t ProviderDatabase::remove(std::string_view table, std::string_view where,
                                 Arguments arguments) {
    // Without a condition SQLite would not count.
    return change(fmt::format("DELETE FROM {} WHERE {}", table, where.empty() ? "1" : where), {},
                  arguments);
}

Cursor ProviderDatabase::collect(const std::string& sql, Arguments arguments, size_t row_limit) {
    const Statement once = arguments.empty() ? prepare(sql) : Statement(nullptr, sqlite3_finalize);
    sqlite3_stmt* const statement = arguments.empty() ? once.get() : kept(sql);
    const Reset at_end(statement);
    int place = 0;
    for (const Value& value : arguments) bind(statement, place, value);
    Cursor cursor;
    const int count = sqlite3_column_count(statement);
    for (int i = 0; i < count; ++i) {
        cursor.columns.emplace_back(sqlite3_column_name(statement, i));
    }
    const StepLimit limit(database_);
    int code = SQLITE_ROW;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        std::vector<Value> row;
        size_t size = 0;
        for (int i = 0; i < count; ++i) size += size_of(row.emplace_back(value_at(statement, i)));
        if (size > row_limit) {
            const size_t at = cursor.rows.size();
            cursor.broken.emplace("android.database.sqlite.SQLiteException",
                                  fmt::format("Row too big to fit into CursorWindow "
                                              "requiredPos={}, totalRows={}",
                                              at, at + 1));
            return cursor;
        }
        cursor.rows.push_back(std::move(row));
    }
    if (code != SQLITE_DONE) fail(sql);
    return cursor;
}

Cursor ProviderDatabase::query(const std::string& sql, Arguments arguments) {
    return collect(sql, arguments, cursor_window_bytes);
}

Cursor ProviderDatabase::rows(const std::string& sql, Arguments arguments) {
    return collect(sql, arguments, SIZE_MAX);
}

int64_t ProviderDatabase::number(const std::string& sql, Arguments arguments) {
    const Cursor found = rows(sql, arguments);
    return found.rows.empty() ? 0 : number_of(found.rows.front().front()).value_or(0);
}

std::optional<std::string> ProviderDatabase::text(const std::string& sql, Arguments arguments) {
    const Cursor found = rows(sql, arguments);
    return found.rows.empty() ? std::nullopt : text_of(found.rows.front().front());
}

const std::vector<std::string>& ProviderDatabase::columns(const std::string& table) {
    std::vector<std::string>& names = columns_[table];
    if (!names.empty()) return names;
    const Value wanted = table;
    for (const auto& row : rows("SELECT name FROM pragma_table_info(?)", {&wanted, 1}).rows) {
        names.push_back(std::get<std::string>(row.front()));
    }
    return names;
}

bool ProviderDatabase::has_column(std::string_view table, std::string_view column) {
    const auto& names = columns(std::string(table));
    return std::ranges::find(names, column) != names.end();
}

}  // namespace lifeboat::sim::android
