// The phone's content tool, as words for its shell, and many of them in one go.
#pragma once

#include "base/bytes.h"
#include "phone/android/personal/content_refused.h"
#include "phone/android/shell.h"
#include "phone/android/storage_scan.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::phone::android {

enum class BindType : char { text = 's', whole = 'l', nothing = 'n' };

// A column and its value in an insert or update. What is NULL is left out.
struct Bind {
    std::string column{};
    BindType type = BindType::text;
    std::string value{};
};
Bind bind_text(std::string column, std::string value);
Bind bind_number(std::string column, int64_t value);

struct ContentSelect {
    std::string uri{};
    std::vector<std::string> projection{};
    std::string where{};
    std::string sort{};
};
std::string select_command(const ContentSelect& select);

// "it''s" in quotes, for a condition.
std::string sql_text(std::string_view text);
// "(a) AND (b)"; an empty one does not count.
std::string both_conditions(std::string_view left, std::string_view right);
// A path segment or parameter of an address: everything but letters, digits and "-._" as %XX.
std::string uri_part(std::string_view text);

// Calls `work` for 0 to count - 1, in no order, several at a time: each call of the tool starts a
// program, which takes a phone up to a second and one of its cores. Throws what `work` throws
// first.
void side_by_side(size_t count, const std::function<void(size_t, const std::stop_token&)>& work,
                  const std::stop_token& stop);

// How many files of at most `limit` bytes one stream gives, of `count`: all streams together hold
// no more than 256 MB, for limits up to 64 MB.
size_t reads_in_a_turn(size_t count, uint64_t limit);

// Owners for commands of which none belongs to another.
std::vector<size_t> each_alone(size_t commands);

// One thread uses it; what is const, any thread. All functions that ask the phone throw Temporary
// when the connection breaks.
class ContentCommands {
public:
    explicit ContentCommands(const PhoneLink& link);

    // Words for the phone's shell; run() runs many. Values are passed as this phone's Android reads
    // them (from 11 on, ":" and "\" are escaped). Throws Misuse for what cannot be passed: a NUL;
    // before 11, a colon.
    std::string insert(const std::string& uri, std::span<const Bind> binds,
                       const std::stop_token& stop);
    std::string update(const std::string& uri, std::span<const Bind> binds,
                       const std::string& where, const std::stop_token& stop);
    static std::string remove(const std::string& uri, const std::string& where);

    // The error of each command, nothing where the phone says none: which does not yet mean that
    // anything was written. Some hundred commands share one stream.
    using Errors = std::vector<std::optional<ContentError>>;
    Errors run(std::span<const std::string> commands, const std::stop_token& stop);
    // What the phone's shell gets of them.
    std::string script_of(std::span<const std::string> commands) const;
    // Several at a time. `owners` has a number for each command: those of the same number stand
    // together and run one after another, as the phone may make something of their order. `done`
    // hears, from several threads, of each that is over.
    using Done = std::function<void()>;
    Errors run_side_by_side(std::span<const std::string> commands, std::span<const size_t> owners,
                            const Done& done, const std::stop_token& stop) const;

    // The bytes at an address. Throws ContentRefused, also for a tool that was ended in the middle
    // and for what is longer.
    Bytes read(const std::string& uri, uint64_t limit, const std::stop_token& stop) const;
    // Several at a time. Nothing where one was refused, as above.
    std::vector<std::optional<Bytes>> read(std::span<const std::string> uris, uint64_t limit,
                                           const std::stop_token& stop);
    std::optional<ContentError> write(const std::string& uri, ByteView bytes,
                                      const std::stop_token& stop) const;

    // What a query prints, exactly, and the error that stood beside it.
    struct Answer {
        std::string text{};
        std::optional<ContentError> error{};
    };
    Answer ask(const ContentSelect& select, const std::stop_token& stop) const;

    // Android's API level: 30 is Android 11.
    uint64_t sdk(const std::stop_token& stop);
    Shell& shell() { return shell_; }

private:
    Errors run_some(std::span<const std::string> commands, const Done& done,
                    const std::stop_token& stop) const;
    Errors errors_in(std::string_view rest, size_t count) const;
    std::vector<std::optional<Bytes>> read_each(std::span<const std::string> uris, uint64_t limit,
                                                const std::stop_token& stop) const;
    bool read_some(std::span<const std::string> uris, uint64_t limit,
                   std::vector<std::optional<Bytes>>& out, const std::stop_token& stop) const;
    std::string bind_words(std::span<const Bind> binds, const std::stop_token& stop);

    Shell shell_;
    std::string mark_;
    std::optional<uint64_t> sdk_{};
};

}  // namespace lifeboat::phone::android
