#include "cli/output.h"

#include "base/text.h"
#include "cli/error_codes.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace lifeboat::cli {
namespace {

constexpr std::string_view schema = "lifeboat/1";

}  // namespace

void Output::write(int fd, std::string_view text) {
    while (!text.empty()) {
        const ssize_t done = ::write(fd, text.data(), text.size());
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) {
            written_ = false;
            return;
        }
        text.remove_prefix(static_cast<size_t>(done));
    }
}

void Output::line(std::string_view text) {
    if (!options_.json) write(STDOUT_FILENO, fmt::format("{}\n", text));
}

void Output::raw(std::string_view text) {
    if (!options_.json) write(STDOUT_FILENO, text);
}

void Output::note(std::string_view text) {
    if (!options_.quiet) warn(text);
}

void Output::warn(std::string_view text) {
    if (!options_.json) write(STDERR_FILENO, fmt::format("{}\n", text));
}

void Output::err_raw(std::string_view text) {
    write(STDERR_FILENO, text);
}

void Output::json_line(std::string_view type, nlohmann::json fields) {
    if (!options_.json) return;
    nlohmann::ordered_json all;
    all["schema"] = schema;
    all["type"] = type;
    for (auto& [key, value] : fields.items()) all[key] = std::move(value);
    constexpr auto lenient = nlohmann::ordered_json::error_handler_t::replace;
    write(STDOUT_FILENO, all.dump(-1, ' ', false, lenient) + "\n");
}

void Output::summary(app::Exit exit, nlohmann::json result) {
    nlohmann::json fields;
    fields["command"] = options_.command;
    fields["exit_code"] = app::number(exit);
    fields["outcome"] = app::word(exit);
    fields["result"] = std::move(result);
    json_line("summary", std::move(fields));
}

void Output::failure(const app::Failure& failure) {
    const ErrorCode& code = error_code(failure.kind);
    const app::Exit exit = app::exit_of(failure.kind);
    if (options_.json) {
        nlohmann::json fields;
        fields["command"] = options_.command;
        fields["exit_code"] = app::number(exit);
        fields["outcome"] = app::word(exit);
        fields["code"] = code.code;
        fields["message"] = valid_utf8(failure.message);
        fields["guidance"] = valid_utf8(guidance_for(failure));
        fields["context"] = nlohmann::json::array();
        for (const std::string& line : failure.context) {
            fields["context"].push_back(valid_utf8(line));
        }
        json_line("error", std::move(fields));
        return;
    }
    warn(error_text(failure, err()));
}

}  // namespace lifeboat::cli
