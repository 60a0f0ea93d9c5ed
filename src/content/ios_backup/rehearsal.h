// The rehearsal of a restore from an iPhone backup: can what is stored be opened, and is it what
// the phone sent?
#pragma once

#include "content/ios_backup/ios_backup.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace lifeboat::content {

struct RehearsalOptions {
    bool deep = false;               // every file; else a sample of every protection class
    uint64_t sample_per_class = 50;  // spread evenly over the files of the class
};

struct RehearsalProgress {
    uint64_t files_done = 0, files = 0;
    uint64_t bytes_done = 0, bytes = 0;
};

struct WrongFile {
    std::string path{};  // printable
    std::string why{};
    std::optional<ItemPath> stored{};  // where its bytes are in the raw tree, or should be
};

struct RehearsalReport {
    bool encrypted = false;
    bool finished = true;          // what Status.plist says
    uint64_t files_in_backup = 0;  // that Manifest.db names
    uint64_t files_missing = 0;    // of all, not of the sample: named below
    uint64_t files_checked = 0, bytes_checked = 0;
    uint64_t digests_compared = 0;
    uint64_t databases_whole = 0, databases_not_checkable = 0;
    std::map<uint32_t, uint64_t> checked_by_class{};
    std::vector<WrongFile> wrong{};  // every one of them

    bool passed() const { return finished && wrong.empty(); }
};

// Asks for the presence and stored size of every file, deep or not; decrypts, unpads, measures and,
// where the phone gave one, compares the digest of those chosen; asks databases for their
// integrity. A wrong file is an entry of the report; throws only Cancelled and what the place
// throws for all files alike (Temporary, NeedsPerson). `progress` is called from several threads,
// one at a time.
RehearsalReport rehearse(const IosBackup& backup, const RehearsalOptions& options,
                         const std::function<void(const RehearsalProgress&)>& progress,
                         const std::stop_token& stop);

}  // namespace lifeboat::content
