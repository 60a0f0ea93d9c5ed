#include "checklist/evidence_log.h"

#include "base/error.h"
#include "base/hex.h"
#include "base/text.h"
#include "crypto/sha256.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <functional>
#include <utility>

namespace lifeboat::checklist {
namespace {

using Json = nlohmann::ordered_json;

// A line is the record, then its hash: ...,"hash":"<64 digits>"}. What is hashed is the line with
// this tail replaced by a bracket, so that no reader has to write JSON the way this one does.
constexpr std::string_view tail_start = R"(,"hash":")";
constexpr std::string_view tail_end = R"("})";
constexpr size_t hash_digits = 64;
constexpr size_t tail_size = tail_start.size() + hash_digits + tail_end.size();

// No record comes near this; a longer line is garbage and is not worth a parser's time.
constexpr size_t max_line = size_t{1} << 20;

std::string hash_of(std::string_view body) {
    return to_hex(crypto::sha256(as_bytes(body)));
}

std::string utf8(const std::string& text) {
    return is_valid_utf8(text) ? text : printable(text);
}

Json body_of(const LogRecord& record, const std::string& prev_hash) {
    const Evidence& evidence = record.evidence;
    Json line;
    line["id"] = utf8(evidence.id);
    line["rule_version"] =
        record.rule_version.empty() ? std::string(rule_version) : utf8(record.rule_version);
    line["device_key"] = utf8(record.device_key);
    line["fact"] = utf8(evidence.fact);
    line["subject"] = utf8(evidence.subject);
    line["method"] = utf8(evidence.method);
    line["raw_sha256"] = utf8(evidence.raw_sha256);
    line["value"] = evidence.value ? Json(utf8(*evidence.value)) : Json(nullptr);
    line["why_unknown"] = utf8(evidence.why_unknown);
    line["threshold"] = utf8(record.threshold);
    line["grade"] = to_text(evidence.grade);
    line["at"] = to_rfc3339(evidence.observed);
    line["monotonic"] = record.monotonic.count();
    line["tool_version"] = utf8(record.tool_version);
    line["prev_hash"] = prev_hash;
    return line;
}

struct Parts {
    std::string body{};
    std::string hash{};
};

std::optional<Parts> parts_of(std::string_view line) {
    if (line.size() <= tail_size || line.size() > max_line) return std::nullopt;
    const std::string_view tail = line.substr(line.size() - tail_size);
    if (!tail.starts_with(tail_start) || !tail.ends_with(tail_end)) return std::nullopt;
    return Parts{.body = std::string(line.substr(0, line.size() - tail_size)) + "}",
                 .hash = std::string(tail.substr(tail_start.size(), hash_digits))};
}

std::optional<std::string> text_in(const Json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end() || !found->is_string()) return std::nullopt;
    return found->get<std::string>();
}

// Reads every text field or none: a record that lacks one is no record.
bool read_texts(const Json& object,
                std::initializer_list<std::pair<const char*, std::string*>> wanted) {
    for (const auto& [name, to] : wanted) {
        auto text = text_in(object, name);
        if (!text) return false;
        *to = std::move(*text);
    }
    return true;
}

struct ParsedLine {
    LogRecord record{};
    std::string prev_hash{};
};

std::optional<ParsedLine> parse_body(const std::string& body) {
    const Json object = Json::parse(body, nullptr, false);
    if (!object.is_object()) return std::nullopt;
    ParsedLine line;
    LogRecord& record = line.record;
    Evidence& evidence = record.evidence;
    std::string grade;
    std::string at;
    if (!read_texts(object, {{"id", &evidence.id},
                             {"rule_version", &record.rule_version},
                             {"device_key", &record.device_key},
                             {"fact", &evidence.fact},
                             {"subject", &evidence.subject},
                             {"method", &evidence.method},
                             {"raw_sha256", &evidence.raw_sha256},
                             {"why_unknown", &evidence.why_unknown},
                             {"threshold", &record.threshold},
                             {"grade", &grade},
                             {"at", &at},
                             {"tool_version", &record.tool_version},
                             {"prev_hash", &line.prev_hash}})) {
        return std::nullopt;
    }
    const auto known_grade = grade_from_text(grade);
    const auto instant = from_rfc3339(at);
    const auto value = object.find("value");
    const auto monotonic = object.find("monotonic");
    if (!known_grade || !instant || value == object.end() || monotonic == object.end() ||
        !monotonic->is_number_integer() || !(value->is_null() || value->is_string())) {
        return std::nullopt;
    }
    evidence.grade = *known_grade;
    evidence.observed = *instant;
    if (value->is_string()) evidence.value = value->get<std::string>();
    record.monotonic = nanoseconds(monotonic->get<int64_t>());
    return line;
}

// Walks the whole lines of a log until one does not fit.
LogState walk_log(std::string_view text, const std::optional<LogAnchor>& anchor,
                  const std::function<void(LogRecord)>& each) {
    LogState state;
    const auto broken = [&](const char* problem) {
        state.broken_line = state.lines + 1;
        state.problem = problem;
        return state;
    };
    while (state.valid_bytes < text.size()) {
        const std::string_view rest = text.substr(state.valid_bytes);
        const size_t end = rest.find('\n');
        if (end == std::string_view::npos) {
            state.torn = true;
            break;
        }
        const auto parts = parts_of(rest.substr(0, end));
        if (!parts) return broken("malformed");
        if (hash_of(parts->body) != parts->hash) return broken("edited");
        auto line = parse_body(parts->body);
        if (!line) return broken("malformed");
        if (line->prev_hash != state.last_hash) return broken("not-in-chain");
        if (anchor && anchor->lines == state.lines + 1 && anchor->hash != parts->hash) {
            return broken("edited");
        }
        ++state.lines;
        state.valid_bytes += end + 1;
        state.last_hash = parts->hash;
        each(std::move(line->record));
    }
    if (anchor && anchor->lines > state.lines) return broken("lost-end");
    return state;
}

}  // namespace

LogWriter::LogWriter(std::string last_hash) : last_hash_(std::move(last_hash)) {}

std::string LogWriter::line(const LogRecord& record) {
    std::string body = body_of(record, last_hash_).dump();
    last_hash_ = hash_of(body);
    body.pop_back();
    return fmt::format("{}{}{}{}\n", body, tail_start, last_hash_, tail_end);
}

LogState inspect_log(std::string_view text, const std::optional<LogAnchor>& anchor) {
    return walk_log(text, anchor, [](const LogRecord&) {});
}

std::vector<LogRecord> read_log(std::string_view text) {
    std::vector<LogRecord> records;
    const LogState state =
        walk_log(text, {}, [&](LogRecord record) { records.push_back(std::move(record)); });
    if (state.broken_line) {
        throw Corrupt(
            fmt::format("line {} of the evidence log does not fit the others ({})",
                        *state.broken_line, state.problem),
            "Your copies are not affected. Keep the file as it is for whoever asks, move it away, "
            "and check the phone again: a new log begins.");
    }
    return records;
}

std::optional<EvidenceBook> book_in_log(std::string_view text, std::string_view device_key) {
    EvidenceBook book;
    const LogState state = walk_log(text, {}, [&](LogRecord record) {
        if (record.device_key == device_key) book.add(std::move(record.evidence));
    });
    return state.sound() ? std::optional(std::move(book)) : std::nullopt;
}

}  // namespace lifeboat::checklist
