#include "sim/ios/backup_run.h"

#include "sim/ios/backup_conditions.h"
#include "sim/ios/incoming_file.h"
#include "sim/ios/outgoing_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace lifeboat::sim::ios {

namespace {

constexpr uint64_t reserve = uint64_t{128} << 20;  // beyond what is sent
constexpr uint64_t purge_more = uint64_t{2} << 30;

constexpr uint64_t first_with_purge = 400;  // of DeviceLink
constexpr size_t batch_size = 128;
constexpr size_t key_size = 32;
constexpr uint32_t manifest_class = 3;

bool is_commit(const std::string& state) {
    return state == "moving" || state == "removing";
}

BackupCommit::Work work_of(const std::vector<PhoneEntry>& entries, const BackupPlan& plan,
                           const KnownBackup& known, const FileIds& files) {
    BackupCommit::Work work{.moves = plan.waiting,
                            .removals = vanished_files(files, known.in_backup)};
    for (const size_t i : plan.send) {
        if (files.contains(entries[i].id)) work.moves.push_back(entries[i].id);
    }
    std::ranges::sort(work.moves);
    return work;
}

}  // namespace

BackupRun::BackupRun(Device& device, DeviceLink& link, const PhoneActions& actions)
    : device_(device),
      link_(link),
      actions_(actions),
      faults_(device, link.channel(), actions),
      target_(link, device.udid()),
      secrets_(backup_folder(device)) {}

void BackupRun::run(bool force_full) {
    ask_passcode(device_, faults_);
    check_may_back_up(device_, faults_.plan());
    faults_.before_backup();
    open_keys(false);
    const auto bytes = target_.read("Status.plist");
    const auto status = bytes ? parse_backup_status(*bytes) : std::nullopt;
    const auto cached = own_snapshot();
    const bool own = status && cached && status->uuid == cached->uuid;
    if (own && is_commit(status->state) && !force_full) {
        resume_commit(*status);
    } else {
        start(force_full || faults_.plan().force_full, status);
    }
    device_.remember("LastBackup", {{"Seconds", now().seconds}});
    device_.post("com.apple.mobile.backup.domain_changed");
}

// What was sent before an interruption. Under the keys of another password it is of no use any
// more.
std::optional<CachedSnapshot> BackupRun::own_snapshot() const {
    auto cached = cached_snapshot(device_);
    if (cached && cached->keybag != keybag_bytes()) cached.reset();
    return cached;
}

void BackupRun::resume_commit(BackupStatus status) {
    actions_.note("the phone finishes the backup that was interrupted in " + status.state);
    commit(ManifestStore::open(draft_path(device_)).file_ids(), std::move(status), {});
}

void BackupRun::start(bool force_full, const std::optional<BackupStatus>& status) {
    const auto cached = own_snapshot();
    const bool usable = status && status->version >= backup_version && !force_full;
    const bool resumes =
        usable && cached && status->state == "uploading" && status->uuid == cached->uuid;
    const auto entries = scan();
    KnownBackup known;
    const bool incremental = usable &&
                             (status->state == "finished" || (resumes && !cached->full)) &&
                             read_previous(known);
    // A resumed incremental whose base was lost starts anew as a full one.
    const bool goes_on = resumes && (cached->full || incremental);
    // Leftovers of another backup go at the end.
    if (status && !incremental) known.in_backup = target_.list_files();
    if (!incremental && !goes_on) open_keys(true);
    const CachedSnapshot snapshot =
        goes_on
            ? *cached
            : CachedSnapshot{.uuid = random_uuid(), .full = !incremental, .keybag = keybag_bytes()};
    ManifestStore draft = open_draft(snapshot, goes_on, known);
    const BackupPlan plan = plan_backup(entries, known);
    actions_.note(fmt::format("{} backup: {} of {} entries to send, {} there from before",
                              snapshot.full ? "full" : "incremental", plan.send.size(),
                              entries.size(), plan.waiting.size()));
    draft.together([&] {
        for (const ManifestRow& row : plan.rows) draft.put(row);
    });
    make_room(plan.bytes);
    target_.make_folders();
    remove_stale(plan, known);
    BackupStatus going{.uuid = snapshot.uuid,
                       .state = "uploading",
                       .version = backup_version,
                       .full = snapshot.full};
    upload_->send_list("Status.plist", write_backup_status(going, now()));
    upload_->send_files(entries, plan, draft);
    send_manifest();
    const FileIds files = draft.file_ids();
    commit(files, std::move(going), work_of(entries, plan, known, files));
}

// Dates have whole seconds. What changed in this very second may change again in it, unseen by the
// next backup: so the phone looks once more when the second is over.
std::vector<PhoneEntry> BackupRun::scan() {
    const bool encrypted = device_.state().will_encrypt;
    const auto second = [&] {
        return std::chrono::floor<std::chrono::seconds>(device_.clock().now())
            .time_since_epoch()
            .count();
    };
    const int64_t began = second();
    auto entries = scan_phone(device_.files(), encrypted);
    const bool fresh = std::ranges::any_of(entries, [&](const PhoneEntry& entry) {
        return entry.kind == ItemKind::file && entry.facts.modified >= began;
    });
    if (!fresh) return entries;
    link_.channel().pause(std::chrono::milliseconds(1000));
    return scan_phone(device_.files(), encrypted);
}

// The finished backup, if it is whole; false: everything is sent again, and nobody is told.
bool BackupRun::read_previous(KnownBackup& known) {
    const auto list = target_.read("Manifest.plist");
    const std::string database = backup_folder(device_) + "/previous.db";
    if (!list || !target_.read_into("Manifest.db", database)) return false;
    try {
        if (!read_manifest(*list, database, known)) return false;
    } catch (const Corrupt& error) {
        actions_.note("the phone cannot read the backup's manifest: " + error.full_text());
        return false;
    }
    known.in_backup = target_.list_files();
    if (faults_.plan().overlook_file && !known.in_backup.empty()) {
        known.in_backup.erase(known.in_backup.begin());
    }
    if (!lacks_files(file_ids(known.previous), known.in_backup)) return true;
    actions_.note("the phone misses files of the backup and sends everything");
    known = {};
    return false;
}

// False when it was made under other keys, or without any.
bool BackupRun::read_manifest(const Bytes& list, const std::string& database, KnownBackup& known) {
    const ReadManifestPlist manifest = read_manifest_plist(list);
    if (manifest.keys.has_value() != keybag_.has_value()) return false;
    if (!keybag_) {
        known.previous = ManifestStore::open(database).rows();
        return true;
    }
    if (manifest.keys->keybag != keybag_->bytes()) return false;
    const SecretBytes key = keybag_->unwrap(manifest.keys->manifest_key);
    PlainFile encrypted(database);
    DecryptingSource source(encrypted, key.reveal());
    const std::string decrypted = database + ".open";
    static_cast<void>(write_incoming(source, decrypted, std::nullopt));
    known.previous = ManifestStore::open(decrypted).rows();
    std::filesystem::remove(decrypted);
    return true;
}

// A full backup has keys of its own; every other one must go on with those it has.
void BackupRun::open_keys(bool fresh) {
    if (fresh) secrets_.renew();
    const bool encrypts = device_.state().will_encrypt;
    keybag_ = encrypts ? secrets_.keybag() : std::nullopt;
    if (encrypts && !keybag_) {
        throw BackupFailure(MbCode::failed, "the phone lost the keys of its backups");
    }
    upload_.emplace(BackupUpload::Tools{.link = link_,
                                        .faults = faults_,
                                        .target = target_,
                                        .keybag = keybag_ ? &*keybag_ : nullptr,
                                        .scratch = backup_folder(device_)});
}

ManifestStore BackupRun::open_draft(const CachedSnapshot& snapshot, bool resumes,
                                    KnownBackup& known) {
    if (!resumes) {
        forget_snapshot(device_);
        ManifestStore draft = ManifestStore::create(draft_path(device_));
        cache_snapshot(device_, snapshot);
        return draft;
    }
    ManifestStore before = ManifestStore::open(draft_path(device_));
    known.draft = before.rows();
    known.in_snapshot = target_.list_snapshot();
    // The rows of what is there already come back with the plan.
    before.together([&] {
        for (const auto& [id, row] : known.draft) before.erase(id);
    });
    return before;
}

// What was sent before the interruption and is of no use now must not be moved by somebody who
// finishes this backup later.
void BackupRun::remove_stale(const BackupPlan& plan, const KnownBackup& known) {
    const FileIds wanted(plan.waiting.begin(), plan.waiting.end());
    std::vector<std::string> batch;
    for (const std::string& id : vanished_files(wanted, known.in_snapshot)) {
        batch.push_back(target_.snapshot_path(id));
        if (batch.size() == batch_size) link_.remove(std::exchange(batch, {}));
    }
    if (!batch.empty()) link_.remove(std::move(batch));
}

void BackupRun::make_room(uint64_t bytes) {
    const FaultPlan plan = faults_.plan();
    const uint64_t needed = plan.needs_bytes.value_or(bytes + reserve);
    uint64_t free = link_.free_bytes();
    if (free < needed && plan.purge && link_.version() >= first_with_purge) {
        static_cast<void>(link_.purge(needed - free + purge_more));
        free = link_.free_bytes();
    }
    if (free >= needed) return;
    throw BackupFailure(
        MbCode::no_space_on_computer,
        fmt::format("Insufficient free disk space on drive to back up: {} needed, {} available",
                    needed, free));
}

void BackupRun::send_manifest() {
    PlainFile database(draft_path(device_));
    const uint64_t size = std::filesystem::file_size(draft_path(device_));
    if (!keybag_) {
        upload_->send_list("Snapshot/Manifest.plist",
                           write_manifest_plist(device_, std::nullopt, now()));
        upload_->send_list("Snapshot/Manifest.db", database, size);
        return;
    }
    SecretBytes key(key_size);
    sys::SystemRandom().fill(key.storage());
    const BackupKeys keys{.keybag = keybag_->bytes(),
                          .manifest_key = keybag_->wrap(manifest_class, key.reveal())};
    upload_->send_list("Snapshot/Manifest.plist", write_manifest_plist(device_, keys, now()));
    EncryptingSource encrypted(database, key.reveal(), Padding::none);
    upload_->send_list("Snapshot/Manifest.db", encrypted, size);
}

void BackupRun::commit(const FileIds& files, BackupStatus status,
                       std::optional<BackupCommit::Work> work) {
    BackupCommit({.link = link_,
                  .faults = faults_,
                  .target = target_,
                  .upload = *upload_,
                  .clock = device_.clock()},
                 files, std::move(status), std::move(work))
        .run();
    forget_snapshot(device_);
}

}  // namespace lifeboat::sim::ios
