// The two streams of the program: results (text, or JSON lines) on standard output, everything else
// on standard error.
#pragma once

#include "app/event_json.h"
#include "app/exit_code.h"
#include "app/failure.h"
#include "cli/style.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace lifeboat::cli {

struct OutputOptions {
    bool json = false;
    bool quiet = false;
    int verbosity = 0;
    Style out{};
    Style err{};
    std::string command{};  // for the summary line
};

// Any thread may write: a line goes out as a whole.
class Output {
public:
    explicit Output(OutputOptions options) : options_(std::move(options)) {}

    // Once the settings are known: how to write from now on.
    void restyle(OutputOptions options) { options_ = std::move(options); }

    bool json() const { return options_.json; }
    bool quiet() const { return options_.quiet; }
    int verbosity() const { return options_.verbosity; }
    const Style& out() const { return options_.out; }
    const Style& err() const { return options_.err; }

    // A line of the result, for people; nothing under --json.
    void line(std::string_view text);
    // A result that is itself the product (a script, a page): as it is.
    void raw(std::string_view text);
    // A line on standard error; not with -q, not under --json.
    void note(std::string_view text);
    // Like note, but also with -q.
    void warn(std::string_view text);
    // As is, on standard error: progress.
    void err_raw(std::string_view text);
    // One JSON line with schema and type added; nothing unless --json.
    void json_line(std::string_view type, nlohmann::json fields);

    // The last line of a run that ended in itself.
    void summary(app::Exit exit, nlohmann::json result);
    // The last line of one that did not: on standard output under --json, else on standard error.
    void failure(const app::Failure& failure);

    // False when a stream could not be written (disk full, reader gone).
    bool written() const { return written_; }

private:
    void write(int fd, std::string_view text);

    OutputOptions options_;
    bool written_ = true;
};

using app::put_path;
using app::valid_utf8;

}  // namespace lifeboat::cli
