// The restic repository, format version 2: encrypted, deduplicated, write-once, verified.
//
// Vocabulary. A *blob* is a piece of a file or a tree, named by the SHA-256 of its plain bytes. A
// *pack* is a file of sealed blobs. The *index* says which pack holds which blob. A *tree* is one
// folder's nodes. A *snapshot* names a root tree: it is written last, and only then does a backup
// exist. A *key* file wraps the one master key in a password. A *lock* tells others what runs.
// Format: docs/formats/repository.md.
//
// Threads: a Repository may be used from several threads, except where a function says otherwise.
#pragma once

#include "base/event.h"
#include "base/id.h"
#include "base/secret.h"
#include "base/time.h"
#include "item/item.h"
#include "parity/sidecar.h"
#include "repository/prune.h"
#include "storage/backend.h"
#include "sys/clock.h"
#include "sys/random.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace lifeboat::repository {

struct NoRepository : Missing {
    using Missing::Missing;
};
struct Locked : Temporary {
    using Temporary::Temporary;
};
struct WrongPassword : Denied {
    using Denied::Denied;
};

using BlobId = Id<struct BlobTag>;
using PackId = Id<struct PackTag>;
using IndexId = Id<struct IndexTag>;
using SnapshotId = Id<struct SnapshotTag>;
using KeyId = Id<struct KeyTag>;
using LockId = Id<struct LockTag>;

struct Snapshot {
    SnapshotId id{};
    TimePoint time{};
    std::chrono::minutes zone{};  // how far ahead of UTC the clock was that told the time
    BlobId tree{};
    std::optional<SnapshotId> parent{};
    std::vector<std::string> paths{};  // absolute, as "/sdcard"
    std::string hostname{};
    std::string username{};
    std::vector<std::string> tags{};
    std::string program_version{};
};

// What a finished backup stored.
struct Receipt {
    SnapshotId snapshot{};
    uint64_t items = 0;  // files, folders and links in the snapshot
    uint64_t files = 0;
    uint64_t files_kept = 0;    // taken over from the parent without reading
    uint64_t bytes = 0;         // content of all files
    uint64_t bytes_new = 0;     // content that the repository did not have
    uint64_t bytes_stored = 0;  // what those cost on disk, sealed
    uint64_t failed = 0;        // unreadable paths
};

// A backup under way: invisible until finish(). Dropped without finish() it leaves finished packs
// and their index (harmless, and reused by the next run) and no snapshot.
class SnapshotBuilder : public ItemSink {
public:
    // Writes what is pending, the trees, the index and last the snapshot file. Call once, with no
    // put under way. `draft` gives time, paths, hostname, username and tags: what they are is known
    // only at the end.
    virtual Receipt finish(const Snapshot& draft, const std::stop_token& stop) = 0;
    // Makes everything put so far durable and indexed, without a snapshot: what a cut cable must
    // not cost again. settle() is the same.
    virtual void checkpoint(const std::stop_token& stop) = 0;
    // The blobs of a file of this backup, for who writes down how to adopt() it later. Throws
    // Missing.
    virtual std::vector<BlobId> content_of(const ItemPath& path) = 0;
    // Puts a file whose blobs are here already. False, with nothing put, when one is not.
    virtual bool adopt(const Item& item, std::vector<BlobId> content) = 0;
    // Counters for progress; any thread.
    virtual uint64_t bytes_stored() const = 0;
};

enum class Verify { on_write, off };

struct Options {
    sys::Clock& clock;
    sys::Random& random;
    std::string hostname{};  // of this computer, for locks and keys
    std::string username{};
    Verify verify = Verify::on_write;
    int compression_level = 1;
    unsigned workers = 0;         // 0: as many as the machine has cores
    nanoseconds lock_wait{};      // how long to wait for a place that others use
    parity::Rate parity{};        // beside what is written; read, where it is, at any rate
    EventSink* events = nullptr;  // told of damage that could be worked around; may be null
};

// What is wrong with one file of the repository, and what that means.
struct Damage {
    std::string file{};       // "data/ab/abcd..."
    std::string problem{};    // "its bytes do not match its name"
    bool repairable = false;  // its parity gives it back whole, and reading does already
};
// A file of a snapshot that cannot be given back whole.
struct AffectedFile {
    SnapshotId snapshot{};
    ItemPath path{};
    std::string problem{};
};

struct CheckOptions {
    bool read_data = false;           // every byte of every pack
    bool find_affected_files = true;  // walk the trees for what damage means
    uint32_t subset_part = 0;         // 1-based; 0 = all
    uint32_t subset_of = 1;
};

struct CheckReport {
    std::vector<Damage> damages{};
    std::vector<std::string> hints{};  // harmless: orphaned packs, a pack in two indexes
    std::vector<AffectedFile> affected{};
    uint64_t packs = 0, blobs = 0, snapshots = 0, bytes_read = 0;
    uint64_t parity_wanting = 0;  // parity files that are missing, cut or damaged: hints, too
    bool clean() const { return damages.empty() && affected.empty(); }
};

struct KeyEntry {
    KeyId id{};
    TimePoint created{};
    std::string username{};
    std::string hostname{};
    uint64_t scrypt_n = 0;
    bool current = false;   // the one this Repository was opened with
    std::string problem{};  // what is wrong with its file; empty: nothing is
};

// A reader tries no more key files than this, in any order: more would not open for sure.
inline constexpr size_t most_keys = 20;

// How much a password is worth against guessing, and why; rules in docs/security.md.
struct PasswordStrength {
    double bits = 0;
    bool sufficient = false;
    std::string reason{};  // code of the main weakness: "too-short", "common", ""
};
PasswordStrength password_strength(std::string_view password);

// While it lives, others see a shared lock: nothing they may do deletes files of the place.
class SharedHold {
public:
    virtual ~SharedHold() = default;
};

class Repository {
public:
    virtual ~Repository() = default;

    // For whoever adds files by other ways than build(): a copy from place to place. Throws Locked.
    virtual std::unique_ptr<SharedHold> hold(const std::stop_token& stop) = 0;
    // For whoever only reads, for long: where no lock can be written (a full disk, one that can
    // only be read) it goes on without, and says so in a note. Throws Locked.
    virtual std::unique_ptr<SharedHold> hold_to_read(const std::stop_token& stop) = 0;

    virtual std::string id() const = 0;  // 64 hex digits from its config

    // Newest last. A snapshot file that cannot be read is a Damage in check(), and left out here
    // with a Noted event.
    virtual std::vector<Snapshot> snapshots(const std::stop_token& stop) = 0;

    // Takes the shared lock until the builder goes. The parent must be of this repository; may be
    // null.
    virtual std::unique_ptr<SnapshotBuilder> build(const Snapshot* parent,
                                                   const std::stop_token& stop) = 0;

    // The tree lives as long as the Repository. Throws Corrupt when its root cannot be read.
    virtual std::unique_ptr<FileTree> read(const Snapshot& snapshot,
                                           const std::stop_token& stop) = 0;

    virtual CheckReport check(const CheckOptions& options, EventSink& events,
                              const std::stop_token& stop) = 0;

    // Removes these backups; their data goes with the next prune(). Under the exclusive lock.
    // Throws Denied, with none removed, when one is on hold; what is not there is no error.
    virtual void forget(const std::vector<SnapshotId>& ids, const std::stop_token& stop) = 0;

    // Removes what no backup needs. Under the exclusive lock. Throws Corrupt, with nothing deleted,
    // when it is not certain what is needed. Broken off at any moment it leaves a correct
    // repository, and the next run goes on.
    virtual PruneReport prune(const PruneOptions& options, EventSink& events,
                              const std::stop_token& stop) = 0;

    // A damaged key file is an entry with a problem.
    virtual std::vector<KeyEntry> keys(const std::stop_token& stop) = 0;
    // Throws Misuse for an empty password, and when there are most_keys already.
    virtual KeyId add_key(const SecretText& password, const std::stop_token& stop) = 0;
    // Throws Misuse for the key that opened this Repository: so the last one always stays. Throws
    // Corrupt when that one's file is no longer whole in the place: the other may be the last that
    // opens it. Throws Missing.
    virtual void remove_key(const KeyId& id, const std::stop_token& stop) = 0;

    virtual storage::Backend& backend() = 0;
};

// True when the place holds a repository's config file.
bool exists(const storage::Backend& backend, const std::stop_token& stop);

// Throws Misuse when there is a repository already, Denied when files of something else are in the
// way.
void create(storage::Backend& backend, const SecretText& password, const Options& options,
            const std::stop_token& stop);

// Makes `backend` a further place of the repository that `like` holds: same id, polynomial and
// keys.
void create_copy(storage::Backend& backend, const storage::Backend& like,
                 const std::stop_token& stop);

// Throws NoRepository, WrongPassword, Corrupt, Unsupported. The backend outlives the Repository.
// Takes no lock: build() and check() take theirs (shared and exclusive) and hold it while they run.
std::unique_ptr<Repository> open(storage::Backend& backend, const SecretText& password,
                                 const Options& options, const std::stop_token& stop);

// Opens a further place of the repository that `like` is with the key that opened `like`: one
// costly key derivation serves all places. The place must hold that very key file (else Corrupt:
// the password would not open it alone) and the same config (else Misuse). Otherwise as open().
std::unique_ptr<Repository> open_copy(storage::Backend& backend, const Repository& like,
                                      const Options& options, const std::stop_token& stop);

}  // namespace lifeboat::repository
