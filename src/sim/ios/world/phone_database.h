// An SQLite database on the simulated phone's disk, opened for writing as an app of the phone does.
#pragma once

#include "base/bytes.h"

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

struct sqlite3;

namespace lifeboat::sim::ios {

// What stands in one column.
class Cell {
public:
    using Variant = std::variant<std::nullptr_t, int64_t, double, std::string, Bytes>;

    Cell(std::nullptr_t) : variant_(nullptr) {}
    template <std::integral T>
    Cell(T number) : variant_(static_cast<int64_t>(number)) {}
    Cell(double number) : variant_(number) {}
    Cell(std::string text) : variant_(std::move(text)) {}
    Cell(const char* text) : variant_(std::string(text)) {}
    Cell(Bytes bytes) : variant_(std::move(bytes)) {}

    const Variant& variant() const { return variant_; }

private:
    Variant variant_;
};

using Row = std::initializer_list<std::pair<std::string_view, Cell>>;

// One thread. Everything throws Misuse with what SQLite says.
class PhoneDatabase {
public:
    // Makes the file, and the folders above it, when they are missing. All that is done until
    // commit() happens at once or not at all.
    explicit PhoneDatabase(const std::string& path);
    ~PhoneDatabase();
    PhoneDatabase(const PhoneDatabase&) = delete;
    PhoneDatabase& operator=(const PhoneDatabase&) = delete;

    void run(const std::string& sql);
    // The row's number. Table and columns are words of ours, never of others.
    int64_t insert(std::string_view table, Row row);
    // The first column of the first row; 0 when there is none.
    int64_t number(const std::string& sql) const;
    std::vector<std::string> texts(const std::string& sql) const;
    bool has_table(std::string_view table) const;
    bool has_column(std::string_view table, std::string_view column) const;
    void commit();

    // The newest rows stay in the log beside the file when it is closed, as on a phone in use: who
    // copies only the file loses them.
    void keep_log();

private:
    [[noreturn]] void fail() const;

    sqlite3* database_ = nullptr;
    std::string path_;
};

// The tables that every Core Data store has: which number stands for which kind of object.
void make_core_data_tables(PhoneDatabase& database, std::initializer_list<std::string_view> kinds);

}  // namespace lifeboat::sim::ios
