#include "sim/ios/database_maker.h"

#include "base/error.h"

#include <sqlite3.h>

#include <memory>

namespace lifeboat::sim {

DatabaseMaker::DatabaseMaker() {
    if (sqlite3_open(":memory:", &database_) != SQLITE_OK) {
        sqlite3_close_v2(database_);
        throw Unsupported("SQLite gives no database in memory");
    }
}

DatabaseMaker::~DatabaseMaker() {
    sqlite3_close_v2(database_);
}

void DatabaseMaker::run(const std::string& sql) {
    if (sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
        throw Misuse(std::string("SQLite refuses: ") + sqlite3_errmsg(database_));
    }
}

Bytes DatabaseMaker::bytes() const {
    sqlite3_int64 size = 0;
    const std::unique_ptr<unsigned char, void (*)(void*)> all(
        sqlite3_serialize(database_, "main", &size, 0), sqlite3_free);
    const auto* start = static_cast<const void*>(all.get());
    const auto* bytes = static_cast<const std::byte*>(start);
    return {bytes, bytes + size};
}

Bytes make_database(const std::string& sql) {
    DatabaseMaker maker;
    maker.run(sql);
    return maker.bytes();
}

}  // namespace lifeboat::sim
