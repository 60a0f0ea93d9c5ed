// SQLite databases in memory, as the apps of a simulated phone leave them.
#pragma once

#include "base/bytes.h"

#include <string>

struct sqlite3;

namespace lifeboat::sim {

class DatabaseMaker {
public:
    DatabaseMaker();
    ~DatabaseMaker();
    DatabaseMaker(const DatabaseMaker&) = delete;
    DatabaseMaker& operator=(const DatabaseMaker&) = delete;

    // One or many statements of our own. Throws Misuse with what SQLite says.
    void run(const std::string& sql);
    sqlite3* handle() { return database_; }
    // The file as it would lie on the phone.
    Bytes bytes() const;

private:
    sqlite3* database_ = nullptr;
};

Bytes make_database(const std::string& sql);

}  // namespace lifeboat::sim
