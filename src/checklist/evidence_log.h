// The append-only log of evidence: JSON lines chained by SHA-256, so that an edited, deleted or
// moved line shows. Pure: text in, text out; the file itself belongs to the caller.
//
// Whoever writes the file: one appender at a time; read it, `inspect_log`, cut it to `valid_bytes`
// when its end is torn, and go on with a LogWriter from `last_hash`.
#pragma once

#include "checklist/evidence.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::checklist {

// One line. Bytes that are no UTF-8 are written as \xNN.
struct LogRecord {
    Evidence evidence{};
    std::string device_key{};
    std::string threshold{};     // what the value was held against, as text; may be empty
    std::string rule_version{};  // of the checks; empty: those of this program
    std::string tool_version{};
    nanoseconds monotonic{};  // beside the time of day: shows when a clock was set
    bool operator==(const LogRecord&) const = default;
};

// Of the checks in this program: raised when a rule changes its meaning.
inline constexpr std::string_view rule_version = "1";

// What stands before the first line.
inline constexpr std::string_view log_genesis =
    "0000000000000000000000000000000000000000000000000000000000000000";

class LogWriter {
public:
    // `last_hash`: of the line to go on from; log_genesis for a new log.
    explicit LogWriter(std::string last_hash = std::string(log_genesis));
    // The next line, with its line end: append it whole, in one write.
    std::string line(const LogRecord& record);
    const std::string& last_hash() const { return last_hash_; }

private:
    std::string last_hash_;
};

// What a verdict remembers of the log it rests on: a log that lost its end is shorter than that.
struct LogAnchor {
    uint64_t lines = 0;
    std::string hash{};
};

struct LogState {
    uint64_t lines = 0;        // whole lines that fit the chain
    uint64_t valid_bytes = 0;  // of those lines
    std::string last_hash{log_genesis};
    // The last line has no line end: a write was cut off. No fault of the log, but not part of it.
    bool torn = false;
    std::optional<uint64_t> broken_line{};  // the first that does not fit, counted from 1
    std::string problem{};                  // "edited", "not-in-chain", "malformed", "lost-end"

    bool sound() const { return !broken_line; }
    LogAnchor anchor() const { return {.lines = lines, .hash = last_hash}; }
};

// Reads to the first line that does not fit. With an anchor also sees whether that line is still
// what it was.
LogState inspect_log(std::string_view text, const std::optional<LogAnchor>& anchor = {});

// All records of a sound log, a torn end left out. Throws Corrupt naming the line.
std::vector<LogRecord> read_log(std::string_view text);

// The book that the records of `device_key` give: what is later replaces what is earlier. Nothing
// when a line does not fit.
std::optional<EvidenceBook> book_in_log(std::string_view text, std::string_view device_key);

}  // namespace lifeboat::checklist
