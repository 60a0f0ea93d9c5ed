// Parity files in a place: written beside the repository's files, and what gives damaged ones back.
//
// "parity/ab/<pack id>" belongs to "data/ab/<pack id>"; "parity/config", "parity/keys/<id>",
// "parity/snapshots/<id>" and "parity/index/<id>" to the files of those names. restic looks into
// none of them. Format: docs/formats/parity.md.
#pragma once

#include "parity/sidecar.h"
#include "repository/pack.h"

#include <optional>
#include <string>
#include <vector>

namespace lifeboat::repository {

// Empty for files that have none: locks, parity itself, and what is no file of a repository.
std::string parity_name(std::string_view file);
// The other way round: "data/ab/abcd..." of "parity/ab/abcd...". Empty when it is no such name.
std::string file_of_parity(std::string_view parity);

// How much a file gets when packs get `rate`. Without config, a key or its snapshot file a backup
// is lost, and they are small: they are kept twice. An index can be made anew from the packs.
parity::Rate parity_rate_of(std::string_view file, parity::Rate rate);

struct ProtectedFile {
    const std::string& name;
    ByteView content{};
    const Digest& hash;  // of the content
};
// Writes the file's parity. Does nothing at rate 0 and for files that have none.
void save_parity(storage::Backend& backend, const ProtectedFile& file, parity::Rate rate,
                 const std::stop_token& stop);

// What can be read of a file that a disk no longer reads everywhere: zeros where it does not, and
// nothing when there is no such file. At most `limit` bytes.
Bytes read_what_can_be(const storage::Backend& backend, const std::string& file, uint64_t limit,
                       const std::stop_token& stop);

struct Rebuilt {
    std::optional<Bytes> file{};  // whole: its hash is right
    std::string problem{};        // why not: "it has no parity"
};
// Reads what is left of the file and of its parity, and computes the rest. Writes nothing. The
// file's own hash is asked of its name; "config" has none, and is only as right as its parity says.
// Throws what the backend throws, except Missing and Corrupt.
Rebuilt try_parity(const storage::Backend& backend, const std::string& file,
                   const std::stop_token& stop);
// The same, without the reason.
std::optional<Bytes> rebuild_from_parity(const storage::Backend& backend, const std::string& file,
                                         const std::stop_token& stop);
std::optional<Bytes> rebuild_from_parity(const storage::Backend& backend, const PackId& pack,
                                         const std::stop_token& stop);

// Whether every byte of a file's parity is as it was written, for a file of that hash.
bool parity_is_whole(const storage::Backend& backend, const std::string& file,
                     const std::stop_token& stop);

// The sealed config; from its parity when it is unreadable or gone. Throws Missing.
Bytes load_config(const storage::Backend& backend, const std::stop_token& stop);

// What follows writes at the rate of the repository's options, and does nothing at rate 0.

// The parity of a file that another program or a copy has put into the place; `content` hashes to
// its name.
void protect_file(Repository& repository, const std::string& file, ByteView content,
                  const std::stop_token& stop);
// That of its config and keys, where it is missing.
void protect_keys(Repository& repository, const std::stop_token& stop);

struct ParityOptions {
    bool dry_run = false;  // counts, with the bytes that would be written
    // Reads those that are there too. A flipped sector in one is found only so; otherwise only what
    // is missing, or shorter than its two headers, is written.
    bool read_sidecars = true;
};

struct ParityReport {
    uint64_t present = 0;  // had theirs already
    uint64_t written = 0;
    uint64_t mended = 0;  // of those written: were there, but cut or damaged
    uint64_t bytes_written = 0;
    uint64_t bytes_read = 0;
    std::vector<Damage> damages{};  // files that got none because their own bytes are wrong
};
// Reads every file of the place whose parity is missing or damaged, and writes it: for repositories
// that were made without, or by restic, and after damage. What protects a file that is damaged
// itself is left as it is: it may be what mends it. Holds a shared lock. Throws Misuse at rate 0,
// Locked, and what the place throws.
ParityReport write_missing_parity(Repository& repository, const ParityOptions& options,
                                  EventSink& events, const std::stop_token& stop);

}  // namespace lifeboat::repository
