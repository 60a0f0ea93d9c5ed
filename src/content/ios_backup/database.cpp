#include "content/ios_backup/database.h"

#include "base/error.h"
#include "base/text.h"

#include <fmt/core.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>

namespace lifeboat::content {
namespace {

constexpr std::string_view magic("SQLite format 3\0", 16);
constexpr size_t header_size = 100;
constexpr size_t write_version_at = 18;  // and the read version behind it: 2 means WAL

// A copy without its log: nothing in it waits for the log any more (the phone sends compacted
// copies), but SQLite would insist on a place to put one.
void forget_log(MutableByteView start) {
    if (start.size() < header_size || !Database::looks_like_one(start)) return;
    for (const size_t at : {write_version_at, write_version_at + 1}) {
        if (start[at] == std::byte{2}) start[at] = std::byte{1};
    }
}

size_t fill(ByteSource& content, MutableByteView to) {
    size_t filled = 0;
    while (filled < to.size()) {
        const size_t size = content.read(to.subspan(filled));
        if (size == 0) break;
        filled += size;
    }
    return filled;
}

void check_size(uint64_t found, uint64_t wanted) {
    if (found == wanted) return;
    throw Corrupt(fmt::format("a database has not the {} bytes that it should have", wanted));
}

std::string message_of(sqlite3* database) {
    return printable(sqlite3_errmsg(database));
}

int stop_requested(void* stop) {
    return static_cast<std::stop_token*>(stop)->stop_requested() ? 1 : 0;
}

}  // namespace

Rows::Rows(sqlite3* database, std::string_view sql) : database_(database) {
    const int code = sqlite3_prepare_v2(database, sql.data(), static_cast<int>(sql.size()),
                                        &statement_, nullptr);
    if (code != SQLITE_OK) fail(code);
}

Rows::~Rows() {
    sqlite3_finalize(statement_);
}

void Rows::fail(int code) const {
    if (code == SQLITE_INTERRUPT) throw Cancelled();
    throw Corrupt("a database of this backup cannot be read: " + message_of(database_));
}

void Rows::bind(int place, std::string_view text) {
    const int code = sqlite3_bind_text(statement_, place, text.data(),
                                       static_cast<int>(text.size()), SQLITE_STATIC);
    if (code != SQLITE_OK) fail(code);
}

bool Rows::next() {
    const int code = sqlite3_step(statement_);
    if (code != SQLITE_ROW && code != SQLITE_DONE) fail(code);
    return code == SQLITE_ROW;
}

bool Rows::is_null(int column) const {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

int64_t Rows::integer(int column) const {
    return sqlite3_column_int64(statement_, column);
}

std::string_view Rows::text(int column) const {
    return as_text(blob(column));
}

ByteView Rows::blob(int column) const {
    const void* start = sqlite3_column_blob(statement_, column);
    const int size = sqlite3_column_bytes(statement_, column);
    if (start == nullptr || size <= 0) return {};
    return {static_cast<const std::byte*>(start), static_cast<size_t>(size)};
}

Database::Database(ByteSource& content, uint64_t size, const std::stop_token& stop,
                   uint64_t in_memory)
    : stop_(stop) {
    // The destructor does not run for a constructor that throws.
    struct Close {
        void operator()(Database* self) const {
            sqlite3_close_v2(self->database_);
            self->database_ = nullptr;
        }
    };
    std::unique_ptr<Database, Close> undo(this);
    if (size <= in_memory) {
        load_into_memory(content, size);
    } else {
        load_into_file(content, size);
    }
    harden();
    undo.release();
}

Database::~Database() {
    sqlite3_close_v2(database_);
}

bool Database::looks_like_one(ByteView start) {
    return start.size() >= magic.size() && as_text(start.first(magic.size())) == magic;
}

void Database::load_into_memory(ByteSource& content, uint64_t size) {
    memory_ = SecretBytes(static_cast<size_t>(size));
    const size_t filled = fill(content, memory_.storage());
    std::array<std::byte, 1> more{};
    check_size(filled + content.read(more), size);
    if (!looks_like_one(memory_.reveal())) throw Corrupt("this is no database");
    forget_log(memory_.storage());
    const MutableByteView all = memory_.storage();
    if (sqlite3_open_v2(":memory:", &database_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
                        nullptr) != SQLITE_OK ||
        sqlite3_deserialize(database_, "main", as_uchar(all), static_cast<sqlite3_int64>(size),
                            static_cast<sqlite3_int64>(size),
                            SQLITE_DESERIALIZE_READONLY) != SQLITE_OK) {
        throw Corrupt("a database of this backup cannot be opened: " + message_of(database_));
    }
}

void Database::load_into_file(ByteSource& content, uint64_t size) {
    sys::PrivateFile file;
    file.resize(size);
    // Immutable: SQLite then takes no locks and looks for no log, which would have a name. When it
    // opens the file it asks for its length only; it looks at pages with the first query, when the
    // bytes are there.
    const std::string uri = "file:" + file.path() + "?immutable=1";
    if (sqlite3_open_v2(uri.c_str(), &database_,
                        SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI,
                        nullptr) != SQLITE_OK) {
        throw Corrupt("a temporary file cannot be opened: " + message_of(database_));
    }
    file.hide();
    SecretBytes part(size_t{1} << 20);
    uint64_t filled = 0;
    while (const size_t got = fill(content, part.storage())) {
        if (stop_.stop_requested()) throw Cancelled();
        const MutableByteView bytes = part.storage().first(got);
        if (filled == 0 && !looks_like_one(bytes)) throw Corrupt("this is no database");
        if (filled == 0) forget_log(bytes);
        filled += got;
        if (filled > size) break;
        file.append(bytes);
    }
    check_size(filled, size);
    if (filled == 0) throw Corrupt("this is no database");
}

void Database::harden() {
    const auto set = [this](int option, int value) {
        sqlite3_db_config(database_, option, value, nullptr);
    };
    set(SQLITE_DBCONFIG_DEFENSIVE, 1);
    set(SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0);
    set(SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0);
    set(SQLITE_DBCONFIG_ENABLE_TRIGGER, 0);
    set(SQLITE_DBCONFIG_ENABLE_VIEW, 0);
    sqlite3_limit(database_, SQLITE_LIMIT_LENGTH, 256 << 20);  // a note with pictures has megabytes
    sqlite3_limit(database_, SQLITE_LIMIT_SQL_LENGTH, 1 << 20);  // also of the schema's sentences
    sqlite3_limit(database_, SQLITE_LIMIT_EXPR_DEPTH, 100);
    sqlite3_limit(database_, SQLITE_LIMIT_VDBE_OP, 10'000'000);
    sqlite3_limit(database_, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_limit(database_, SQLITE_LIMIT_WORKER_THREADS, 0);
    constexpr int steps_between_looks = 10'000;  // well below a millisecond
    sqlite3_progress_handler(database_, steps_between_looks, stop_requested, &stop_);
    // Sorting must not spill what was decrypted into files of SQLite's own.
    for (const char* pragma :
         {"PRAGMA temp_store=MEMORY", "PRAGMA cell_size_check=ON", "PRAGMA query_only=ON"}) {
        query(pragma).next();
    }
    query("SELECT count(*) FROM sqlite_schema").next();  // reads the schema: throws when it is none
}

bool Database::has_table(std::string_view name) const {
    Rows rows = query("SELECT 1 FROM sqlite_schema WHERE type='table' AND lower(name)=lower(?1)");
    rows.bind(1, name);
    return rows.next();
}

bool Database::has_column(std::string_view table, std::string_view column) const {
    Rows rows = query("SELECT 1 FROM pragma_table_info(?1) WHERE lower(name)=lower(?2)");
    rows.bind(1, table);
    rows.bind(2, column);
    return rows.next();
}

IntegrityAnswer Database::check() const {
    // Prepared and stepped by hand: here an error is an answer.
    sqlite3_stmt* statement = nullptr;
    int code = sqlite3_prepare_v2(database_, "PRAGMA integrity_check(1)", -1, &statement, nullptr);
    const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> owner(statement, sqlite3_finalize);
    if (code == SQLITE_OK) code = sqlite3_step(statement);
    if (code == SQLITE_INTERRUPT) throw Cancelled();
    if (code == SQLITE_ROW) {
        const auto* text = static_cast<const char*>(sqlite3_column_blob(statement, 0));
        const std::string answer =
            text == nullptr ? "" : std::string(text, size_t(sqlite3_column_bytes(statement, 0)));
        if (answer == "ok") return {};
        return {.integrity = Integrity::damaged, .why = printable(answer)};
    }
    // Its own sorting orders and functions live in the phone's programs.
    const bool unknown_word = code == SQLITE_ERROR;
    return {.integrity = unknown_word ? Integrity::not_checkable : Integrity::damaged,
            .why = message_of(database_)};
}

}  // namespace lifeboat::content
