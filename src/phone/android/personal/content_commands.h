// The phone's content tool, as words for its shell, and many of them in one go.
#pragma once

#include "base/bytes.h"
#include "phone/android/personal/content_refused.h"
#include "phone/android/shell.h"
#include "phone/android/storage_scan.h"

#include <cstdint>
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

// One thread uses it. All functions that ask the phone throw Temporary when the connection breaks.
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

    // The bytes at an address. Throws ContentRefused.
    Bytes read(const std::string& uri, uint64_t limit, const std::stop_token& stop);
    // Nothing where the phone refused one.
    std::vector<std::optional<Bytes>> read(std::span<const std::string> uris, uint64_t limit,
                                           const std::stop_token& stop);
    std::optional<ContentError> write(const std::string& uri, ByteView bytes,
                                      const std::stop_token& stop);

    // What a query prints, exactly, and the error that stood beside it.
    struct Answer {
        std::string text{};
        std::optional<ContentError> error{};
    };
    Answer ask(const ContentSelect& select, const std::stop_token& stop);

    // Android's API level: 30 is Android 11.
    uint64_t sdk(const std::stop_token& stop);
    Shell& shell() { return shell_; }

private:
    void run_some(std::span<const std::string> commands, Errors& errors,
                  const std::stop_token& stop);
    bool read_some(std::span<const std::string> uris, uint64_t limit,
                   std::vector<std::optional<Bytes>>& out, const std::stop_token& stop);
    std::string bind_words(std::span<const Bind> binds, const std::stop_token& stop);

    Shell shell_;
    std::string mark_;
    std::optional<uint64_t> sdk_{};
};

}  // namespace lifeboat::phone::android
