#include "sim/ios/world/phone_database.h"

#include "base/error.h"
#include "base/text.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <filesystem>
#include <memory>

namespace lifeboat::sim::ios {

namespace {

// A backup may be copying the database right now.
constexpr int wait_ms = 60'000;

using Statement = std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)>;

Statement prepare(sqlite3* database, const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    const int code =
        sqlite3_prepare_v2(database, sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
    Statement owner(statement, sqlite3_finalize);
    if (code == SQLITE_OK) return owner;
    throw Misuse(fmt::format("SQLite refuses \"{}\": {}", sql, sqlite3_errmsg(database)));
}

// `cell` outlives the statement.
void bind(sqlite3_stmt* to, int place, const Cell& cell) {
    struct Bind {
        sqlite3_stmt* to;
        int place;
        int operator()(std::nullptr_t) const { return sqlite3_bind_null(to, place); }
        int operator()(int64_t n) const { return sqlite3_bind_int64(to, place, n); }
        int operator()(double n) const { return sqlite3_bind_double(to, place, n); }
        int operator()(const std::string& text) const {
            return sqlite3_bind_text64(to, place, text.data(), text.size(), SQLITE_STATIC,
                                       SQLITE_UTF8);
        }
        int operator()(const Bytes& bytes) const {
            return sqlite3_bind_blob64(to, place, bytes.data(), bytes.size(), SQLITE_STATIC);
        }
    };
    if (std::visit(Bind{to, place}, cell.variant()) != SQLITE_OK) {
        throw Misuse("SQLite takes no such value");
    }
}

}  // namespace

PhoneDatabase::PhoneDatabase(const std::string& path) : path_(path) {
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    const int code = sqlite3_open_v2(path.c_str(), &database_,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
    // The destructor does not run for a constructor that throws.
    std::unique_ptr<sqlite3, int (*)(sqlite3*)> undo(database_, sqlite3_close_v2);
    if (code != SQLITE_OK) fail();
    sqlite3_busy_timeout(database_, wait_ms);
    // A simulated phone whose computer loses power is not worth waiting for the disk.
    run("PRAGMA synchronous=OFF; BEGIN IMMEDIATE");
    undo.release();
}

PhoneDatabase::~PhoneDatabase() {
    sqlite3_close_v2(database_);
}

void PhoneDatabase::fail() const {
    throw Misuse(fmt::format("the simulated phone cannot write {}: {}", printable(path_),
                             sqlite3_errmsg(database_)));
}

void PhoneDatabase::run(const std::string& sql) {
    if (sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail();
}

int64_t PhoneDatabase::insert(std::string_view table, Row row) {
    std::string columns, places;
    for (const auto& [column, cell] : row) {
        columns.append(columns.empty() ? "" : ",").append(column);
        places.append(places.empty() ? "?" : ",?");
    }
    const Statement statement =
        prepare(database_, fmt::format("INSERT INTO {} ({}) VALUES ({})", table, columns, places));
    int place = 0;
    for (const auto& [column, cell] : row) bind(statement.get(), ++place, cell);
    if (sqlite3_step(statement.get()) != SQLITE_DONE) fail();
    return sqlite3_last_insert_rowid(database_);
}

int64_t PhoneDatabase::number(const std::string& sql) const {
    const Statement statement = prepare(database_, sql);
    return sqlite3_step(statement.get()) == SQLITE_ROW ? sqlite3_column_int64(statement.get(), 0)
                                                       : 0;
}

std::vector<std::string> PhoneDatabase::texts(const std::string& sql) const {
    const Statement statement = prepare(database_, sql);
    std::vector<std::string> found;
    while (sqlite3_step(statement.get()) == SQLITE_ROW) {
        const void* start = sqlite3_column_blob(statement.get(), 0);
        const auto size = static_cast<size_t>(sqlite3_column_bytes(statement.get(), 0));
        found.emplace_back(start == nullptr ? "" : static_cast<const char*>(start), size);
    }
    return found;
}

bool PhoneDatabase::has_table(std::string_view table) const {
    return number(fmt::format("SELECT count(*) FROM sqlite_master WHERE type='table' AND name='{}'",
                              table)) != 0;
}

bool PhoneDatabase::has_column(std::string_view table, std::string_view column) const {
    return number(fmt::format("SELECT count(*) FROM pragma_table_info('{}') WHERE name='{}'", table,
                              column)) != 0;
}

void PhoneDatabase::commit() {
    run("COMMIT; BEGIN IMMEDIATE");
}

void PhoneDatabase::keep_log() {
    run("COMMIT; PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; BEGIN IMMEDIATE");
    sqlite3_db_config(database_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

void make_core_data_tables(PhoneDatabase& database, std::initializer_list<std::string_view> kinds) {
    database.run(
        "CREATE TABLE Z_PRIMARYKEY (Z_ENT INTEGER PRIMARY KEY, Z_NAME VARCHAR, Z_SUPER INTEGER, "
        "Z_MAX INTEGER);"
        "CREATE TABLE Z_METADATA (Z_VERSION INTEGER PRIMARY KEY, Z_UUID VARCHAR(255), Z_PLIST "
        "BLOB);");
    for (const std::string_view kind : kinds) {
        database.insert("Z_PRIMARYKEY", {{"Z_NAME", std::string(kind)}, {"Z_SUPER", 0}});
    }
    database.insert("Z_METADATA",
                    {{"Z_VERSION", 1}, {"Z_UUID", "0F1E2D3C-4B5A-4697-8877-665544332211"}});
}

}  // namespace lifeboat::sim::ios
