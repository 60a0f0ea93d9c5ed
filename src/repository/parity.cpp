#include "repository/parity.h"

#include "base/error.h"
#include "crypto/sha256.h"
#include "parity/parity.h"

#include <algorithm>
#include <array>

namespace lifeboat::repository {

namespace {

constexpr std::string_view parity_folder = "parity/";
constexpr std::string_view data_folder = "data/";
constexpr std::array<std::string_view, 3> document_folders = {"keys/", "snapshots/", "index/"};
// What is read in one go before the sectors of it are tried one by one.
constexpr uint64_t piece_size = uint64_t{64} << 10;
// Larger than the parity of any pack that we or restic (at most 128 MiB) write, at any rate.
constexpr uint64_t parity_limit = uint64_t{512} << 20;
// How much may have been put into a file that is still looked at for its own bytes.
constexpr uint64_t most_inserted = uint64_t{1} << 20;

bool is_id(std::string_view text) {
    return Digest::parse(text).has_value();
}

// "ab/abcd..."
bool is_pack_path(std::string_view path) {
    return path.size() == 67 && path[2] == '/' && path.substr(0, 2) == path.substr(3, 2) &&
           is_id(path.substr(3));
}

bool is_document(std::string_view file) {
    return std::ranges::any_of(document_folders, [&](std::string_view folder) {
        return file.starts_with(folder) && is_id(file.substr(folder.size()));
    });
}

// False when the disk cannot read it.
bool read_piece(const storage::Backend& backend, const std::string& file, uint64_t offset,
                MutableByteView to, const std::stop_token& stop) {
    try {
        const Bytes bytes = backend.load(file, {offset, to.size()}, stop);
        std::copy_n(bytes.begin(), std::min(bytes.size(), to.size()), to.begin());
        return true;
    } catch (const Corrupt&) {
        return false;
    }
}

Bytes read_in_pieces(const storage::Backend& backend, const std::string& file, uint64_t size,
                     const std::stop_token& stop) {
    Bytes bytes(static_cast<size_t>(size));
    for (size_t at = 0; at < bytes.size(); at += piece_size) {
        const MutableByteView piece =
            MutableByteView(bytes).subspan(at, std::min<size_t>(piece_size, bytes.size() - at));
        if (read_piece(backend, file, at, piece, stop)) continue;
        for (size_t in = 0; in < piece.size(); in += parity::sector_size) {
            const size_t length = std::min<size_t>(parity::sector_size, piece.size() - in);
            read_piece(backend, file, at + in, piece.subspan(in, length), stop);
        }
    }
    return bytes;
}

// The hash that a file's name promises.
std::optional<Digest> hash_in_name(std::string_view file) {
    return Digest::parse(file.substr(file.rfind('/') + 1));
}

}  // namespace

std::string parity_name(std::string_view file) {
    if (file.starts_with(data_folder) && is_pack_path(file.substr(data_folder.size()))) {
        return std::string(parity_folder) + std::string(file.substr(data_folder.size()));
    }
    if (file != "config" && !is_document(file)) return {};
    return std::string(parity_folder) + std::string(file);
}

std::string file_of_parity(std::string_view parity) {
    if (!parity.starts_with(parity_folder)) return {};
    const std::string_view path = parity.substr(parity_folder.size());
    if (is_pack_path(path)) return std::string(data_folder) + std::string(path);
    return path == "config" || is_document(path) ? std::string(path) : std::string();
}

parity::Rate parity_rate_of(std::string_view file, parity::Rate rate) {
    const bool precious = !file.starts_with("data/") && !file.starts_with("index/");
    return rate.on() && precious ? parity::rate_limit : rate;
}

void save_parity(storage::Backend& backend, const ProtectedFile& file, parity::Rate rate,
                 const std::stop_token& stop) {
    const std::string name = parity_name(file.name);
    if (!rate.on() || name.empty() || file.content.empty()) return;
    const parity::Rate own = parity_rate_of(file.name, rate);
    backend.save(name, parity::protect(file.content, file.hash, own), stop);
}

Bytes read_what_can_be(const storage::Backend& backend, const std::string& file, uint64_t limit,
                       const std::stop_token& stop) {
    try {
        try {
            return backend.load(file, {0, limit}, stop);
        } catch (const Corrupt&) {
            const auto size = backend.size(file, stop);
            return read_in_pieces(backend, file, std::min(limit, size.value_or(0)), stop);
        }
    } catch (const Missing&) {
        return {};
    }
}

Rebuilt try_parity(const storage::Backend& backend, const std::string& file,
                   const std::stop_token& stop) {
    const std::string name = parity_name(file);
    if (name.empty()) return {.problem = "such files have no parity"};
    const Bytes sidecar = read_what_can_be(backend, name, parity_limit, stop);
    if (sidecar.empty()) return {.problem = "it has no parity"};
    const auto parsed = parity::Sidecar::parse(sidecar);
    if (!parsed) return {.problem = "its parity file is damaged"};
    const uint64_t size = parsed->header().layout.file_size;
    const Bytes found = read_what_can_be(backend, file, size + most_inserted, stop);
    parity::Repair repair = parity::repair(found, sidecar, hash_in_name(file));
    return {.file = std::move(repair.file), .problem = std::move(repair.problem)};
}

std::optional<Bytes> rebuild_from_parity(const storage::Backend& backend, const std::string& file,
                                         const std::stop_token& stop) {
    return try_parity(backend, file, stop).file;
}

bool parity_is_whole(const storage::Backend& backend, const std::string& file,
                     const std::stop_token& stop) {
    const Bytes sidecar = read_what_can_be(backend, parity_name(file), parity_limit, stop);
    const auto parsed = parity::Sidecar::parse(sidecar);
    if (!parsed || !parsed->whole()) return false;
    const auto hash = hash_in_name(file);
    return !hash || parsed->header().file == *hash;
}

Bytes load_config(const storage::Backend& backend, const std::stop_token& stop) {
    try {
        return backend.load("config", {}, stop);
    } catch (const Corrupt&) {
        if (auto rebuilt = rebuild_from_parity(backend, "config", stop)) return std::move(*rebuilt);
        throw;
    } catch (const Missing&) {
        if (auto rebuilt = rebuild_from_parity(backend, "config", stop)) return std::move(*rebuilt);
        throw;
    }
}

std::optional<Bytes> rebuild_from_parity(const storage::Backend& backend, const PackId& pack,
                                         const std::stop_token& stop) {
    return rebuild_from_parity(backend, pack_name(pack), stop);
}

}  // namespace lifeboat::repository
