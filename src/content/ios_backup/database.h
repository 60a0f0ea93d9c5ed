// An SQLite database out of a backup, opened for reading although everything in it is hostile.
#pragma once

#include "base/bytes.h"
#include "base/secret.h"
#include "item/item.h"
#include "sys/private_file.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace lifeboat::content {

// The rows of one query. Lives no longer than its database.
class Rows {
public:
    Rows(sqlite3* database, std::string_view sql);
    ~Rows();
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;

    void bind(int place, std::string_view text);  // from 1; `text` outlives the rows
    bool next();                                  // throws Corrupt or Cancelled
    bool is_null(int column) const;
    int64_t integer(int column) const;
    // Valid until next(). Of whatever type the row has there.
    std::string_view text(int column) const;
    ByteView blob(int column) const;

private:
    [[noreturn]] void fail(int code) const;

    sqlite3* database_;
    sqlite3_stmt* statement_ = nullptr;
};

enum class Integrity {
    whole,
    damaged,
    not_checkable,  // it uses functions or collations that only the phone has
};
struct IntegrityAnswer {
    Integrity integrity = Integrity::whole;
    std::string why{};
};

// Nothing of it ever lies readable on disk: in memory up to a limit, above that in a file without a
// name. No extension, no view, no trigger, no attached file; one thread at a time.
class Database {
public:
    static constexpr uint64_t memory_limit = uint64_t{64} << 20;

    // Reads `content` to its end; `size` is what is expected. Throws Corrupt when it is no
    // database.
    Database(ByteSource& content, uint64_t size, const std::stop_token& stop,
             uint64_t in_memory = memory_limit);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    Rows query(std::string_view sql) const { return Rows(database_, sql); }
    bool has_table(std::string_view name) const;
    bool has_column(std::string_view table, std::string_view column) const;
    IntegrityAnswer check() const;

    static bool looks_like_one(ByteView start);  // the first 16 bytes

private:
    void load_into_memory(ByteSource& content, uint64_t size);
    void load_into_file(ByteSource& content, uint64_t size);
    void harden();

    SecretBytes memory_;
    sqlite3* database_ = nullptr;
    std::stop_token stop_;
};

}  // namespace lifeboat::content
