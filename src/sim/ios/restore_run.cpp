#include "sim/ios/restore_run.h"

#include "base/text.h"
#include "sim/ios/backup_conditions.h"
#include "sim/ios/backup_memory.h"
#include "sim/ios/incoming_file.h"
#include "sim/ios/installed_apps.h"
#include "sim/ios/outgoing_file.h"
#include "sim/ios/restore_apply.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

namespace lifeboat::sim::ios {

namespace {

namespace fs = std::filesystem;

constexpr double percent_of_files = 95;

[[noreturn]] void damaged(const std::string& why) {
    throw BackupFailure(MbCode::files_missing, why);
}

// "17.6.1" as numbers; what is none counts as 0.
std::vector<uint64_t> version_numbers(const std::string& version) {
    std::vector<uint64_t> numbers;
    for (const auto part : split(version, '.')) numbers.push_back(parse_u64(part).value_or(0));
    return numbers;
}

// What damages a backup is told as 205.
template <class Work>
auto reading_backup(const std::string& what, Work&& work) {
    try {
        return work();
    } catch (const Corrupt& error) {
        damaged(what + ": " + error.message());
    }
}

}  // namespace

RestoreRun::RestoreRun(Device& device, DeviceLink& link, const PhoneActions& actions,
                       RestoreOptions options)
    : device_(device),
      link_(link),
      actions_(actions),
      options_(std::move(options)),
      faults_(device, link.channel(), actions),
      source_(link, options_.source),
      arrived_(backup_folder(device) + "/arrived") {}

void RestoreRun::run() {
    check_may_be_restored(device_, faults_.plan());
    ask_passcode(device_, faults_);
    check_backup();
    open_keys();
    const auto rows =
        reading_backup("Manifest.db", [&] { return rows_to_restore(read_manifest(), options_); });
    check_room(rows);
    if (options_.copy_first || faults_.plan().copy_item) {
        link_.copy(options_.source, options_.source + "-before-restore");
    }
    fs::remove_all(arrived_);
    fs::create_directories(arrived_);
    fetch(rows);
    reading_backup("putting the files in place",
                   [&] { apply_restore(rows, options_, arrived_, device_.files()); });
    fs::remove_all(arrived_);
    install_apps();
    // The next backup starts anew: what is on the phone is another phone's, or an older one's.
    forget_snapshot(device_);
    device_.post("com.apple.mobile.backup.domain_changed");
}

void RestoreRun::check_backup() {
    const auto bytes = source_.read("Status.plist");
    const auto status = bytes ? parse_backup_status(*bytes) : std::nullopt;
    if (!status || status->state != "finished") {
        throw BackupFailure(MbCode::no_backup, "there is no finished backup");
    }
    if (status->version < backup_version) {
        throw BackupFailure(MbCode::version, "the backup's format is too old");
    }
    const auto info_bytes = source_.read("Info.plist");
    if (!info_bytes) damaged("Info.plist is missing");
    const plist::Value info =
        reading_backup("Info.plist", [&] { return plist::read(*info_bytes); });
    const auto* version = info.dict() == nullptr ? nullptr : info.dict()->text("Product Version");
    if (version == nullptr) damaged("Info.plist does not tell the version of iOS");
    const std::string own = device_.state().who.version;
    if (version_numbers(own) < version_numbers(*version)) {
        throw BackupFailure(
            MbCode::version,
            fmt::format("the backup is of iOS {}, the phone has {}", printable(*version), own));
    }
}

void RestoreRun::open_keys() {
    const auto bytes = source_.read("Manifest.plist");
    if (!bytes) damaged("Manifest.plist is missing");
    keys_ = reading_backup("Manifest.plist", [&] { return read_manifest_plist(*bytes).keys; });
    if (!keys_) return;
    if (options_.password.empty()) {
        throw BackupFailure(MbCode::wrong_password, "the backup needs its password");
    }
    const PasswordRecipe recipe =
        reading_backup("the keybag", [&] { return BackupKeybag::recipe_of(keys_->keybag); });
    const SecretBytes key = recipe.key(options_.password);
    try {
        keybag_ = reading_backup("the keybag",
                                 [&] { return BackupKeybag::open(keys_->keybag, key.reveal()); });
    } catch (const BackupFailure&) {
        throw;
    } catch (const Denied&) {
        throw BackupFailure(MbCode::wrong_password, "the backup's password is wrong");
    }
}

ManifestRows RestoreRun::read_manifest() {
    const std::string database = backup_folder(device_) + "/restored.db";
    if (!source_.read_into("Manifest.db", database)) damaged("Manifest.db is missing");
    if (!keybag_) return ManifestStore::open(database).rows();
    const SecretBytes key = keybag_->unwrap(keys_->manifest_key);
    PlainFile encrypted(database);
    DecryptingSource source(encrypted, key.reveal());
    const std::string decrypted = database + ".open";
    static_cast<void>(write_incoming(source, decrypted, std::nullopt));
    ManifestRows rows = ManifestStore::open(decrypted).rows();
    fs::remove(decrypted);
    return rows;
}

void RestoreRun::check_room(const std::vector<ManifestRow>& rows) const {
    uint64_t bytes = 0;
    for (const ManifestRow& row : rows) bytes += row.facts.size;
    const uint64_t needed = faults_.plan().needs_bytes.value_or(bytes);
    const uint64_t free = device_.state().disk_free;
    if (needed <= free) return;
    throw BackupFailure(
        MbCode::no_space_on_phone,
        fmt::format("the phone has {} bytes free, the backup needs {}", free, needed));
}

void RestoreRun::fetch(const std::vector<ManifestRow>& rows) {
    std::vector<const ManifestRow*> files;
    for (const ManifestRow& row : rows) {
        if (row.flags == manifest_flag::file) files.push_back(&row);
    }
    actions_.note(fmt::format("restore: {} files to fetch", files.size()));
    for (size_t at = 0; at < files.size();) {
        const size_t end = std::min(files.size(), at + faults_.plan().batch);
        fetch_batch({files.begin() + static_cast<std::ptrdiff_t>(at),
                     files.begin() + static_cast<std::ptrdiff_t>(end)});
        at = end;
        link_.set_progress(percent_of_files * static_cast<double>(at) /
                           static_cast<double>(files.size()));
        faults_.batch_sent();
    }
}

void RestoreRun::fetch_batch(const std::vector<const ManifestRow*>& batch) {
    std::map<std::string, const ManifestRow*> by_path;
    std::vector<std::string> paths;
    for (const ManifestRow* row : batch) {
        paths.push_back(source_.file_path(row->id));
        by_path.emplace(paths.back(), row);
    }
    // What is wrong is told when the whole batch has come: until then the computer talks.
    std::string wrong;
    const auto missing = link_.download(paths, [&](const std::string& path, ByteSource& content) {
        const ManifestRow& row = *by_path.at(path);
        try {
            take(row, content);
        } catch (const Corrupt& error) {
            wrong = fmt::format("{}/{}: {}", row.domain, row.facts.relative_path, error.message());
        }
    });
    for (size_t i = 0; i < batch.size(); ++i) faults_.file_sent();
    faults_.check_unlocked();
    if (!missing.empty()) damaged("the computer lacks " + printable(missing.front()));
    if (!wrong.empty()) damaged(printable(wrong));
}

void RestoreRun::take(const ManifestRow& row, ByteSource& content) const {
    const std::string to = arrived_ + "/" + row.id;
    Arrived arrived;
    if (row.facts.encryption_key.empty()) {
        arrived = write_incoming(content, to, std::nullopt);
        if (arrived.size != row.facts.size) throw Corrupt("it has another size");
    } else {
        if (!keybag_) throw Corrupt("it is encrypted in a backup that is not");
        const SecretBytes key = keybag_->unwrap(row.facts.encryption_key);
        DecryptingSource decrypted(content, key.reveal());
        arrived = write_incoming(decrypted, to, row.facts.size);
    }
    const Bytes& digest = row.facts.digest;
    if (!digest.empty() && !std::ranges::equal(digest, arrived.digest)) {
        throw Corrupt("its content is not what was backed up");
    }
}

// The apps that the computer's list names are fetched from the store again.
void RestoreRun::install_apps() {
    const std::string path = device_.media_folder() + "/iTunesRestore/RestoreApplications.plist";
    if (!fs::exists(path)) return;
    PlainFile file(path);
    size_t count = 0;
    try {
        const plist::Value list = plist::read(read_all(file, uint64_t{64} << 20));
        for (const auto& entry : list.dict() == nullptr ? plist::Dict() : *list.dict()) {
            if (install_app(device_, entry.key)) {
                ++count;
            } else {
                actions_.note("restore: the store does not have " + printable(entry.key));
            }
        }
    } catch (const Corrupt& error) {
        actions_.note("RestoreApplications.plist is of no use: " + error.message());
    }
    fs::remove(path);
    actions_.note(fmt::format("restore: {} apps installed again", count));
}

}  // namespace lifeboat::sim::ios
