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

std::string base64(std::string_view bytes) {
    constexpr std::string_view letters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (size_t i = 0; i < bytes.size(); i += 3) {
        uint32_t group = 0;
        for (size_t j = 0; j < 3; ++j) {
            const auto byte = i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0U;
            group = (group << 8U) | byte;
        }
        for (size_t j = 0; j < 4; ++j) {
            const size_t at = (group >> (18 - 6 * j)) & 0x3FU;
            out += i + j <= bytes.size() ? letters[at] : '=';
        }
    }
    return out;
}

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

std::string valid_utf8(std::string_view text) {
    if (is_valid_utf8(text)) return std::string(text);
    std::string out;
    for (size_t at = 0; at < text.size();) {
        size_t length = 0;
        for (size_t tried = 1; tried <= 4 && at + tried <= text.size(); ++tried) {
            if (is_valid_utf8(text.substr(at, tried))) {
                length = tried;
                break;
            }
        }
        out += length == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(at, length);
        at += length == 0 ? 1 : length;
    }
    return out;
}

void put_path(nlohmann::json& into, std::string_view path) {
    into["path"] = valid_utf8(path);
    if (!is_valid_utf8(path)) into["path_raw"] = base64(path);
}

}  // namespace lifeboat::cli
