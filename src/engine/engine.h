// The operations: where phone, repository, content and checklist meet. Each is a short function
// that joins two of them and returns a report of plain values; nothing here asks, prints, or knows
// where places come from.
//
// Threads: an operation runs on the caller's thread and owns what it starts. Its events come from
// any thread.
#pragma once

#include "base/event.h"
#include "checklist/completeness.h"
#include "checklist/evidence.h"
#include "checklist/verdict.h"
#include "content/ios_backup/inventory.h"
#include "engine/iphone_proof.h"
#include "engine/manifest.h"
#include "personal/collection.h"
#include "personal/restore_outcome.h"
#include "phone/phone.h"
#include "repository/repository.h"
#include "sys/clock.h"

#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace lifeboat::engine {

// A place the person chose: an opened repository, or the reason why it could not be opened.
struct Place {
    std::string name{};
    repository::Repository* repository = nullptr;  // null: unreachable now; outlives the operation
    std::string problem{};                         // why it is null
    std::string location{};                        // where it is, links resolved
    std::string device{};  // which disk or server it is on, as far as the system tells
};

struct OperationContext {
    EventSink& events;
    sys::Clock& clock;
    std::stop_token stop{};
    std::string program_version{};
    // A folder for the journals of backups under way; empty: none are written.
    std::string journal_folder{};
};

// A path with what is to be said about it.
struct PathNote {
    ItemPath path{};
    std::string note{};
};

// ---- inspect: facts become evidence; nothing is written

// Every reading of the phone as evidence: proven with its value, or unknown with the reason.
checklist::EvidenceBook inspect(const phone::Facts& facts, const OperationContext& context);

// ---- backup

// What is asked of a phone whose backups have a password of their own.
struct BackupOptions {
    const SecretText* phone_password = nullptr;  // null: not known; outlives the operation
    bool deep_rehearsal = false;                 // every file of the phone's backup, not a sample
    bool for_audit = false;                      // made only to look at the phone: see tag_audit
};

// An iPhone of which that is known.
bool encrypts_its_backups(const phone::Facts& facts);

struct BackupReport {
    repository::Receipt receipt{};
    bool complete = false;  // nothing was unreadable
    std::vector<PathNote> unreadable{};
    Manifest manifest{};                  // what the snapshot holds
    std::optional<IphoneProof> iphone{};  // of an iPhone's backup
    // What an Android phone's databases held; empty for an iPhone, whose backup holds them as
    // files.
    std::vector<personal::Collection> records{};
    TimePoint finished{};
    // Of the last finished backup of this phone.
    bool has_previous = false;
    uint64_t previous_files = 0, previous_bytes = 0;
};

// Of an iPhone: throws Corrupt, with no snapshot made, when what it calls finished is not whole.
// Streams the phone into the repository; unchanged files are taken over from the newest snapshot of
// this phone. When the phone vanishes, what was copied becomes an "interrupted" snapshot, so that
// the next run does not send it again, and the Temporary goes on to the caller.
BackupReport backup(phone::Phone& phone, const phone::Facts& facts,
                    repository::Repository& repository, const OperationContext& context,
                    const BackupOptions& options = {});

// Takes a backup in that Finder, iTunes or idevicebackup2 made, with its own date, under the name
// of its phone; every file is compared when it can be opened. Throws content::NoIosBackup; Corrupt,
// with nothing taken in, when it is unfinished or not whole.
BackupReport import_iphone(const FileTree& folder, repository::Repository& repository,
                           const BackupOptions& options, const OperationContext& context);

// ---- copies in further places

struct CopyReport {
    uint64_t files_copied = 0;  // of the repository: packs, indexes, snapshots
    uint64_t bytes_copied = 0;
};

// Makes `to` hold every file of the repository that `from` holds; both must be places of the same
// repository. Harmless to repeat and to break off.
CopyReport copy_place(const Place& from, const Place& to, const OperationContext& context);

// ---- verify

struct VerifyReport {
    std::string place{};
    repository::SnapshotId snapshot{};
    uint64_t files = 0;  // read back and compared
    uint64_t bytes = 0;
    std::vector<PathNote> wrong{};  // damaged, missing, or other content than the manifest says
    std::vector<repository::Damage> damages{};          // of the repository's own files
    std::vector<repository::AffectedFile> elsewhere{};  // what the damage means for other snapshots
    std::vector<std::string> hints{};
    uint64_t parity_wanting = 0;  // no damage, but the next damage would be less easily mended
    TimePoint finished{};
    bool clean() const { return wrong.empty() && damages.empty() && elsewhere.empty(); }
};

enum class Depth {
    files,      // every file of the snapshot
    structure,  // and the repository's keys, indexes, trees and pack sizes, of all snapshots
    deep,       // and every byte of every pack
};              // deep also checks the whole repository: every pack, every snapshot

// Reads every file of a snapshot back out of a place and compares its SHA-256 with the manifest.
VerifyReport verify(const std::string& place, repository::Repository& repository,
                    const repository::Snapshot& snapshot, Depth depth,
                    const OperationContext& context);

// ---- ready

struct ReadyOptions {
    std::string single_place_waiver{};  // the person's typed reason; empty: two places are needed
    // Why photos that are only in a cloud may stay there; empty: they block.
    std::string cloud_only_waiver{};
    std::vector<checklist::Evidence> told{};  // what the person saw by themselves, of that time
    std::optional<repository::PasswordStrength>
        password{};                  // of the password the places were opened with
    std::vector<ItemPath> pinned{};  // "must not lose"
    BackupOptions backup{};
    // Called when the phone was looked at and before anything is copied: what exists only on the
    // phone.
    std::function<void(const checklist::Completeness&, const checklist::EvidenceBook&)>
        before_copy{};
};

struct ReadyReport {
    phone::Facts facts{};
    checklist::Completeness before{};  // counted before the copy
    checklist::Completeness after{};
    std::optional<BackupReport> backup{};
    std::vector<VerifyReport> verified{};  // one a reachable place
    std::vector<PathNote>
        place_problems{};  // path is empty; note = "place-2: why it does not count"
    std::vector<PathNote>
        proof_mismatches{};  // hash on the phone differs from the copy, or could not be taken
    std::vector<PathNote> new_since_copy{};  // taken or changed while the copy was made
    checklist::EvidenceBook evidence{};
    checklist::Verdict verdict{};
};

// Check, back up, replicate, read back every place, prove by hashes computed on the phone, look
// again, judge. Problems of single places and files are findings; a phone that vanishes is thrown
// (after what was copied is safe).
ReadyReport ready(phone::Phone& phone, std::span<Place> places, const ReadyOptions& options,
                  const OperationContext& context);

// ---- audit

struct AuditItem {
    ItemPath path{};
    uint64_t size = 0;
    std::string media_class{};
    std::string note{};    // changed: what differs; moved: where it is now
    ItemPath in_backup{};  // of an iPhone: as its backup names it, and so all other commands
    const ItemPath& name() const { return in_backup.is_root() ? path : in_backup; }
};

// What became of the messages, contacts, notes ... in an iPhone's databases.
struct ClassChange {
    std::string id{};  // "messages"
    bool was_counted = false;
    content::InventoryChange change{};
    bool lost_something() const;
};

struct AuditReport {
    phone::Facts facts{};
    repository::Snapshot baseline{};
    std::string build_before{};  // of the phone when the baseline was made
    uint64_t same = 0;
    std::vector<AuditItem> lost{}, damaged{}, changed{}, moved{}, added{};
    std::vector<PathNote> unreadable{};
    std::vector<ClassChange> classes{};                   // of an iPhone
    std::vector<personal::Change> records{};              // of an Android phone's databases
    std::optional<repository::Snapshot> compared_with{};  // of an iPhone: the backup made for it
    checklist::EvidenceBook evidence{};
    bool lost_something() const;
    // Classes that the baseline counted and nobody can count now: not lost for certain, and not
    // here for certain.
    uint64_t not_comparable() const;
};

// Compares the phone as it is with the last finished backup (or `baseline`): by path, date, size
// and SHA-256.
AuditReport audit(phone::Phone& phone, repository::Repository& repository,
                  const repository::Snapshot& baseline, const OperationContext& context);

// Of an iPhone: makes a backup in `repository`, and holds it against the baseline. Both must have
// been opened: throws Denied otherwise.
AuditReport audit_iphone(phone::Phone& phone, repository::Repository& repository,
                         const repository::Snapshot& baseline, const BackupOptions& options,
                         const OperationContext& context);

// ---- restore

struct RestoreReport {
    repository::SnapshotId snapshot{};
    uint64_t files = 0, bytes = 0;  // written
    uint64_t compared_equal = 0;    // read back from the target and hashed
    uint64_t already_there = 0;     // same content was there, not written again
    std::vector<PathNote> failed{};
    std::vector<PathNote> conflicts{};  // dry run or refusal: something else is there
};

enum class Overwrite { refuse, replace };

// Of an iPhone's backup the paths are the phone's ("CameraRollDomain/Media/DCIM", or "DCIM").
// `only` empty: everything but Lifeboat's own records. Paths may name files or folders, with or
// without the leading storage name ("DCIM/Camera" finds "sdcard/DCIM/Camera").
struct RestoreRequest {
    std::vector<ItemPath> only{};
    Overwrite overwrite = Overwrite::refuse;
    bool dry_run = false;
    // Of an iPhone's backup; null: not known. Then its files come back as they are stored.
    const SecretText* phone_password = nullptr;
    // Of the data of an Android phone's apps; null: not known. Then it comes back as one file.
    const SecretText* app_password = nullptr;
    bool as_stored = false;  // such a backup in its own form, for programs that read it
};

RestoreReport restore_to_folder(repository::Repository& repository,
                                const repository::Snapshot& snapshot, const std::string& folder,
                                const RestoreRequest& request, const OperationContext& context);
RestoreReport restore_to_phone(repository::Repository& repository,
                               const repository::Snapshot& snapshot, phone::Phone& phone,
                               const RestoreRequest& request, const OperationContext& context);

// Puts messages, contacts, apps ... of a backup back into an Android phone's databases: what is
// there already is not written again; the rest is read back and compared. Throws Missing for a
// backup without them, Unsupported for an iPhone.
std::vector<personal::RestoreOutcome> restore_records(repository::Repository& repository,
                                                      const repository::Snapshot& snapshot,
                                                      phone::Phone& phone,
                                                      const personal::RestoreRequest& request,
                                                      const OperationContext& context);

// ---- choosing snapshots

// Tags Lifeboat puts on its snapshots.
inline constexpr std::string_view tag_lifeboat = "lifeboat";
inline constexpr std::string_view tag_complete = "complete";  // nothing was unreadable
inline constexpr std::string_view tag_partial = "partial";  // finished; some paths were unreadable
inline constexpr std::string_view tag_interrupted = "interrupted";  // a journal, not a backup
inline constexpr std::string_view tag_imported = "imported";        // made by another program
// Made to see what an update left: the phone may have lost things by then, so this is never what
// "latest" means, nor what the next audit compares with.
inline constexpr std::string_view tag_audit = "audit";
bool has_tag(const repository::Snapshot& snapshot, std::string_view tag);
std::string tag_phone(const std::string& device_key);  // "phone:KEY", without commas

bool is_finished(const repository::Snapshot& snapshot);

// Which of two finished backups is the newer one. What another program made stands behind every
// backup of our own, whatever date it gives itself; of equal ones the second.
bool is_newer_backup(const repository::Snapshot& one, const repository::Snapshot& than);

// Newest finished backup of this phone (any phone when the key is empty); nothing when there is
// none.
std::optional<repository::Snapshot> newest_backup(
    const std::vector<repository::Snapshot>& snapshots, const std::string& device_key);

// "latest" or at least four leading digits of an id. Throws Missing, or Misuse when several fit.
repository::Snapshot choose_snapshot(const std::vector<repository::Snapshot>& snapshots,
                                     const std::string& wanted, const std::string& device_key);

}  // namespace lifeboat::engine
