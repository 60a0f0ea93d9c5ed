#include "sim/ios/backup_target.h"

#include "base/hex.h"

#include <fmt/format.h>

#include <charconv>
#include <fstream>

namespace lifeboat::sim::ios {

namespace {

constexpr uint64_t most_list_bytes = uint64_t{64} << 20;

double number_of(const std::string& text) {
    double number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

std::string below(const std::string& id) {
    return id.substr(0, 2) + "/" + id;
}

}  // namespace

std::optional<BackupStatus> parse_backup_status(ByteView bytes) {
    try {
        const plist::Value list = plist::read(bytes);
        const plist::Dict* dict = list.dict();
        if (dict == nullptr) return std::nullopt;
        const auto* uuid = dict->text("UUID");
        const auto* state = dict->text("SnapshotState");
        const auto* version = dict->text("Version");
        if (state == nullptr || version == nullptr) return std::nullopt;
        return BackupStatus{.uuid = uuid == nullptr ? std::string() : *uuid,
                            .state = *state,
                            .version = number_of(*version),
                            .full = dict->boolean("IsFullBackup").value_or(true)};
    } catch (const Corrupt&) {
        return std::nullopt;
    }
}

Bytes write_backup_status(const BackupStatus& status, plist::Date date) {
    const bool finished = status.state == "finished";
    const char* unfinished = status.full ? "empty" : "old";
    return plist::write_binary(plist::Dict{{"UUID", status.uuid},
                                           {"IsFullBackup", status.full},
                                           {"Version", fmt::format("{:.1f}", status.version)},
                                           {"BackupState", finished ? "new" : unfinished},
                                           {"Date", date},
                                           {"SnapshotState", status.state}});
}

std::string BackupTarget::file_path(const std::string& id) const {
    return path(below(id));
}

std::string BackupTarget::snapshot_path(const std::string& id) const {
    return path("Snapshot/" + below(id));
}

std::optional<Bytes> BackupTarget::read(const std::string& name) {
    Bytes content;
    const auto missing = link_.download({path(name)}, [&](const std::string&, ByteSource& source) {
        content = read_all(source, most_list_bytes);
    });
    if (!missing.empty()) return std::nullopt;
    return content;
}

bool BackupTarget::read_into(const std::string& name, const std::string& host_path) {
    std::ofstream out(host_path, std::ios::binary | std::ios::trunc);
    const auto missing = link_.download({path(name)}, [&](const std::string&, ByteSource& source) {
        Bytes block(size_t{64} << 10);
        while (const size_t size = source.read(block)) {
            out.write(as_chars(block), static_cast<std::streamsize>(size));
        }
    });
    out.close();
    if (!out) throw BackupFailure(MbCode::phone_write, "the phone cannot keep " + name);
    return missing.empty();
}

FileIds BackupTarget::list_below(const std::string& folder) {
    FileIds ids;
    for (const std::string& prefix : file_folders()) {
        for (const wire::DlEntry& entry : link_.list(folder + "/" + prefix)) {
            const bool is_file = entry.kind != wire::DlKind::folder;
            if (is_file && entry.name.starts_with(prefix)) ids.insert(entry.name);
        }
    }
    return ids;
}

FileIds BackupTarget::list_files() {
    static_cast<void>(link_.list(name_));
    return list_below(name_);
}

FileIds BackupTarget::list_snapshot() {
    return list_below(path("Snapshot"));
}

std::vector<std::string> BackupTarget::snapshot_names() {
    std::vector<std::string> names;
    for (const wire::DlEntry& entry : link_.list(path("Snapshot"))) {
        if (entry.kind != wire::DlKind::folder) names.push_back(entry.name);
    }
    return names;
}

void BackupTarget::make_folders() {
    link_.create_folder(name_);
    for (const std::string& prefix : file_folders()) link_.create_folder(path(prefix));
    link_.create_folder(path("Snapshot"));
    for (const std::string& prefix : file_folders()) {
        link_.create_folder(path("Snapshot/" + prefix));
    }
}

const std::vector<std::string>& file_folders() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> all;
        for (int i = 0; i < 256; ++i) all.push_back(fmt::format("{:02x}", i));
        return all;
    }();
    return names;
}

}  // namespace lifeboat::sim::ios
