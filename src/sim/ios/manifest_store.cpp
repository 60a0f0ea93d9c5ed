#include "sim/ios/manifest_store.h"

#include "base/error.h"
#include "sim/ios/mb_file_reader.h"

#include <sqlite3.h>

#include <filesystem>

namespace lifeboat::sim::ios {

namespace {

// As in real backups.
constexpr const char* schema =
    "CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain TEXT, relativePath TEXT, flags INTEGER, "
    "file BLOB);"
    "CREATE INDEX FilesDomainIdx ON Files(domain);"
    "CREATE INDEX FilesRelativePathIdx ON Files(relativePath);"
    "CREATE INDEX FilesFlagsIdx ON Files(flags);"
    "CREATE TABLE Properties (key TEXT PRIMARY KEY, value BLOB);";

using Statement = std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)>;

[[noreturn]] void fail(sqlite3* database) {
    throw Corrupt(std::string("Manifest.db: ") + sqlite3_errmsg(database));
}

Statement prepare(sqlite3* database, const char* sql) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(database, sql, -1, &statement, nullptr) != SQLITE_OK) fail(database);
    return {statement, sqlite3_finalize};
}

void bind_text(const Statement& statement, int place, std::string_view text) {
    sqlite3_bind_text(statement.get(), place, text.data(), static_cast<int>(text.size()),
                      SQLITE_STATIC);
}

std::string text_of(const Statement& statement, int column) {
    const auto* start = static_cast<const char*>(sqlite3_column_blob(statement.get(), column));
    const auto size = static_cast<size_t>(sqlite3_column_bytes(statement.get(), column));
    return start == nullptr ? std::string() : std::string(start, size);
}

ByteView blob_of(const Statement& statement, int column) {
    const auto* start = static_cast<const std::byte*>(sqlite3_column_blob(statement.get(), column));
    return {start, static_cast<size_t>(sqlite3_column_bytes(statement.get(), column))};
}

}  // namespace

FileIds file_ids(const ManifestRows& rows) {
    FileIds ids;
    for (const auto& [id, row] : rows) {
        if (row.flags == manifest_flag::file) ids.insert(id);
    }
    return ids;
}

ManifestStore::ManifestStore(const std::string& path, int flags)
    : database_(nullptr, sqlite3_close_v2) {
    sqlite3* opened = nullptr;
    const int code = sqlite3_open_v2(path.c_str(), &opened, flags, nullptr);
    database_.reset(opened);
    if (code != SQLITE_OK) throw Corrupt("Manifest.db cannot be opened");
    sqlite3_db_config(opened, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(opened, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
}

ManifestStore ManifestStore::create(const std::string& path) {
    std::filesystem::remove(path);
    ManifestStore store(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    store.run("PRAGMA synchronous = OFF");
    store.run(schema);
    return store;
}

ManifestStore ManifestStore::open(const std::string& path) {
    ManifestStore store(path, SQLITE_OPEN_READWRITE);
    store.run("PRAGMA synchronous = OFF");
    store.run("SELECT count(*) FROM Files");
    return store;
}

void ManifestStore::run(const char* sql) {
    if (sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
        fail(database_.get());
    }
}

ManifestRows ManifestStore::rows() const {
    ManifestRows rows;
    const auto statement =
        prepare(database_.get(), "SELECT fileID, domain, flags, file FROM Files");
    for (;;) {
        const int code = sqlite3_step(statement.get());
        if (code == SQLITE_DONE) return rows;
        if (code != SQLITE_ROW) fail(database_.get());
        ManifestRow row{.id = text_of(statement, 0),
                        .domain = text_of(statement, 1),
                        .flags = sqlite3_column_int(statement.get(), 2),
                        .facts = read_mb_file_archive(blob_of(statement, 3))};
        if (row.id != backup_file_id(row.domain, row.facts.relative_path)) {
            throw Corrupt("Manifest.db has a row under a wrong name");
        }
        std::string id = row.id;
        rows.insert_or_assign(std::move(id), std::move(row));
    }
}

FileIds ManifestStore::file_ids() const {
    FileIds ids;
    const auto statement = prepare(database_.get(), "SELECT fileID FROM Files WHERE flags = 1");
    for (;;) {
        const int code = sqlite3_step(statement.get());
        if (code == SQLITE_DONE) return ids;
        if (code != SQLITE_ROW) fail(database_.get());
        ids.insert(text_of(statement, 0));
    }
}

void ManifestStore::put(const ManifestRow& row) {
    const auto statement =
        prepare(database_.get(), "INSERT OR REPLACE INTO Files VALUES (?,?,?,?,?)");
    const Bytes archive = mb_file_archive(row.facts);
    bind_text(statement, 1, row.id);
    bind_text(statement, 2, row.domain);
    bind_text(statement, 3, row.facts.relative_path);
    sqlite3_bind_int(statement.get(), 4, row.flags);
    sqlite3_bind_blob(statement.get(), 5, archive.data(), static_cast<int>(archive.size()),
                      SQLITE_STATIC);
    if (sqlite3_step(statement.get()) != SQLITE_DONE) fail(database_.get());
}

void ManifestStore::erase(const std::string& id) {
    const auto statement = prepare(database_.get(), "DELETE FROM Files WHERE fileID = ?");
    bind_text(statement, 1, id);
    if (sqlite3_step(statement.get()) != SQLITE_DONE) fail(database_.get());
}

void ManifestStore::together(const std::function<void()>& work) {
    run("BEGIN");
    struct Commit {
        sqlite3* database;
        ~Commit() { sqlite3_exec(database, "COMMIT", nullptr, nullptr, nullptr); }
    };
    const Commit at_end{database_.get()};
    work();
}

}  // namespace lifeboat::sim::ios
