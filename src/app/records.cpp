#include "app/records.h"

#include "app/files.h"
#include "base/hex.h"
#include "base/text.h"
#include "checklist/evidence_log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace lifeboat::app {
namespace {

namespace fs = std::filesystem;

constexpr size_t log_limit = size_t{1} << 30;
constexpr size_t audit_limit = size_t{1} << 30;

// Appends in one write, so that a run that is killed leaves at most a torn last line.
void append_to(const std::string& path, const std::string& text, uint64_t at) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) throw Denied(fmt::format("Cannot write {}: {}", path, std::strerror(errno)));
    const auto offset = static_cast<off_t>(at);
    const bool written =
        ::ftruncate(fd, offset) == 0 &&
        ::pwrite(fd, text.data(), text.size(), offset) == static_cast<ssize_t>(text.size()) &&
        ::fsync(fd) == 0;
    const int error = errno;
    ::close(fd);
    if (!written) throw NoSpace(fmt::format("Cannot write {}: {}", path, std::strerror(error)));
}

// One appender at a time: a watch over an update runs beside other commands, for hours.
class LogTurn {
public:
    explicit LogTurn(const std::string& folder) {
        const std::string path = folder + "/evidence.lock";
        fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd_ < 0) throw Denied(fmt::format("Cannot write {}: {}", path, std::strerror(errno)));
        while (::flock(fd_, LOCK_EX) != 0 && errno == EINTR) {
        }
    }
    ~LogTurn() { ::close(fd_); }
    LogTurn(const LogTurn&) = delete;
    LogTurn& operator=(const LogTurn&) = delete;

private:
    int fd_ = -1;
};

checklist::LogState usable_log(World& world, const std::string& path) {
    const std::string text = read_file_if_there(path, log_limit).value_or("");
    const checklist::LogState state = checklist::inspect_log(text);
    if (state.sound()) return state;
    const std::string aside = fmt::format("{}.broken-{}", path, to_rfc3339(world.clock().now()));
    fs::rename(path, aside);
    world.events().on(Noted{
        Severity::warning,
        fmt::format("The evidence log was changed from outside (line {}, {}). It is kept as {}; a "
                    "new one begins.",
                    *state.broken_line, state.problem, printable(aside))});
    return {};
}

std::string audit_folder(const World& world) {
    return world.paths().state + "/audits";
}

// A device key is a phone's own word: as hex it cannot lead out of the folder.
std::string audit_file(const World& world, const std::string& device_key) {
    return fmt::format("{}/{}.json", audit_folder(world), to_hex(as_bytes(device_key)));
}

LastAudit read_audit(const std::string& path) {
    const Corrupt damaged(fmt::format("{} is not what an audit wrote", printable(path)),
                          "Audit the phone again: lifeboat audit");
    const auto json =
        nlohmann::json::parse(read_file_if_there(path, audit_limit).value_or(""), nullptr, false);
    if (!json.is_object()) throw damaged;
    LastAudit audit;
    const auto key = from_hex(json.value("device_key_hex", ""));
    const auto baseline = repository::SnapshotId::parse(json.value("baseline", ""));
    const auto at = from_rfc3339(json.value("at", ""));
    if (!key || !baseline || !at || !json.contains("missing_hex")) throw damaged;
    audit.device_key = lifeboat::to_text(*key);
    audit.baseline = *baseline;
    audit.at = *at;
    for (const auto& entry : json["missing_hex"]) {
        const auto bytes = entry.is_string() ? from_hex(entry.get<std::string>()) : std::nullopt;
        const auto item = bytes ? ItemPath::parse(as_text(*bytes)) : std::nullopt;
        if (!item) throw damaged;
        audit.missing.push_back(*item);
    }
    for (const auto& id : json.value("missing_records", nlohmann::json::array())) {
        if (!id.is_string()) throw damaged;
        audit.missing_records.push_back(id.get<std::string>());
    }
    return audit;
}

}  // namespace

void record_evidence(World& world, const checklist::EvidenceBook& book,
                     const std::string& device_key) {
    make_private_folder(world.paths().state);
    const LogTurn turn(world.paths().state);
    const std::string path = world.paths().state + "/evidence.jsonl";
    const checklist::LogState state = usable_log(world, path);
    checklist::LogWriter writer(state.last_hash);
    std::string text;
    for (const checklist::Evidence& evidence : book.entries()) {
        text += writer.line({.evidence = evidence,
                             .device_key = device_key,
                             .tool_version = program_version(),
                             .monotonic = world.clock().monotonic()});
    }
    append_to(path, text, state.valid_bytes);
}

checklist::EvidenceBook recorded_evidence(const World& world, const std::string& device_key) {
    const std::string path = world.paths().state + "/evidence.jsonl";
    const std::string text = read_file_if_there(path, log_limit).value_or("");
    return checklist::book_in_log(text, device_key).value_or(checklist::EvidenceBook{});
}

void record_audit(World& world, const engine::AuditReport& report) {
    nlohmann::json json;
    json["device_key_hex"] = to_hex(as_bytes(report.facts.device_key));
    json["baseline"] = report.baseline.id.hex();
    json["at"] = to_rfc3339(world.clock().now());
    json["missing_hex"] = nlohmann::json::array();
    for (const auto* list : {&report.lost, &report.damaged}) {
        for (const engine::AuditItem& item : *list) {
            json["missing_hex"].push_back(to_hex(as_bytes(item.path.text())));
        }
    }
    json["missing_records"] = nlohmann::json::array();
    for (const personal::Change& change : report.records) {
        if (change.lost_something()) json["missing_records"].push_back(change.id);
    }
    write_file_atomically(audit_file(world, report.facts.device_key), json.dump());
}

std::optional<LastAudit> last_audit(const World& world, const std::string& device_key) {
    std::error_code no_folder;
    std::optional<LastAudit> newest;
    for (const auto& entry : fs::directory_iterator(audit_folder(world), no_folder)) {
        const std::string path = entry.path().string();
        if (entry.path().extension() != ".json") continue;
        if (!device_key.empty() && path != audit_file(world, device_key)) continue;
        LastAudit audit = read_audit(path);
        if (!newest || audit.at > newest->at) newest = std::move(audit);
    }
    return newest;
}

}  // namespace lifeboat::app
