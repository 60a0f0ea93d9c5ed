// What a backup that the phone drives has done so far, on this computer's disk: so that after a
// kill or a power cut the next run finds everything of which the phone was told that it is safe.
//
// Lines of JSON: first whose backup it is, then what was done, and a line that closes each batch.
// Only closed batches count. The bytes themselves are in the repository: a line names their blobs.
#pragma once

#include "engine/manifest.h"
#include "repository/repository.h"
#include "storage/file_descriptor.h"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace lifeboat::engine {

// A journal belongs to one phone and one repository, and goes on from one snapshot.
struct JournalOwner {
    std::string repository{};  // its id
    std::string device_key{};
    std::optional<repository::SnapshotId> parent{};
    bool operator==(const JournalOwner&) const = default;
};

struct KeptAll {
    bool operator==(const KeptAll&) const = default;
};
struct PutFile {
    ItemPath path{};
    ManifestEntry entry{};
    std::vector<repository::BlobId> blobs{};
    bool operator==(const PutFile&) const = default;
};
struct PutFolder {
    ItemPath path{};
    bool operator==(const PutFolder&) const = default;
};
struct Moved {
    ItemPath from{}, to{};
    bool operator==(const Moved&) const = default;
};
struct Removed {
    ItemPath path{};
    bool operator==(const Removed&) const = default;
};
using JournalStep = std::variant<KeptAll, PutFile, PutFolder, Moved, Removed>;

struct StoredJournal {
    JournalOwner owner{};
    std::vector<JournalStep> steps{};  // of all closed batches
};

// One thread. Throws as throw_system_error does.
class BackupJournal {
public:
    // Begins anew at `path`; makes the folders above, for this user only.
    BackupJournal(std::string path, const JournalOwner& owner);

    void add(const JournalStep& step);
    // Closes the batch: what was added is on the disk when this returns.
    void settle();
    size_t waiting() const { return waiting_steps_; }  // steps of the batch that is open

private:
    void append(std::string_view text);

    std::string path_;
    storage::FileDescriptor file_;
    std::string waiting_{};
    size_t waiting_steps_ = 0;
};

// Where the journal of a phone's backup into a repository lies below `folder`.
std::string journal_path(const std::string& folder, const JournalOwner& owner);

// Nothing when there is none, or not even its first line is whole: no phone was told anything then.
std::optional<StoredJournal> read_journal(const std::string& path);
StoredJournal decode_journal(ByteView text);  // throws Corrupt when the first line is not whole
void remove_journal(const std::string& path);

}  // namespace lifeboat::engine
